from __future__ import annotations

import io
import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from conductdesk.policy import Viewer
from conductdesk.web.face import Face
from conductdesk.web.gate import GateMissingError, require_gates
from conductdesk.web.page import safe_return
from conductdesk.web.state import Services
from tests.web.small_face import OFFICER, SITE, make_face, post, token

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def public(web_services: Services) -> FlaskClient:
    return make_face(Face.PUBLIC, web_services).test_client()


@pytest.fixture
def desk(web_services: Services) -> FlaskClient:
    return make_face(Face.DESK, web_services).test_client()


def test_a_fragment_is_its_block_alone_and_the_page_is_whole(desk: FlaskClient) -> None:
    whole = desk.get("/part", base_url=SITE)
    part = desk.get("/part", base_url=SITE, headers=FRAGMENT)

    assert part.text == '<div id="part">hello</div>'
    assert part.text in whole.text
    assert "<html" in whole.text
    assert whole.headers["Vary"] == part.headers["Vary"]
    assert "HX-Request" in part.headers["Vary"]


def test_restoring_history_gets_the_whole_page(desk: FlaskClient) -> None:
    restored = {**FRAGMENT, "HX-History-Restore-Request": "true"}

    assert "<html" in desk.get("/part", base_url=SITE, headers=restored).text


@pytest.mark.parametrize("face", list(Face))
def test_a_layout_has_its_live_regions_when_it_loads(web_services: Services, face: Face) -> None:
    text = make_face(face, web_services).test_client().get("/", base_url=SITE).text

    assert text.count('role="status"') == 1
    assert text.count('role="alert"') == 1
    assert '<html lang="en-GB"' in text
    assert "<title>Tell us – " in text


def test_the_public_face_has_help_and_the_way_out_on_top(public: FlaskClient) -> None:
    text = public.get("/", base_url=SITE).text

    assert 'href="tel:999"' in text
    assert text.count('href="/exit"') == 2
    assert text.index("Exit this page") < text.index("<main")
    assert "htmx" not in text


def test_an_error_is_summed_up_beside_its_field_and_in_the_title(public: FlaskClient) -> None:
    answer = post(public, "/form", account="")

    assert answer.status_code == 422
    assert "<title>Error: Question – Larkmoor</title>" in answer.text
    assert '<a href="#account">Tell us what happened</a>' in answer.text
    assert answer.text.index("There is a problem") < answer.text.index("<textarea")
    assert " required" not in answer.text


@pytest.mark.parametrize(
    "words", ["<script>x</script>", "\u202eright to left", "\U0001f600", "a\x00b", "\r\n" * 50]
)
def test_no_words_break_a_form(public: FlaskClient, words: str) -> None:
    assert post(public, "/form", account=words).status_code in (303, 422)


def test_a_post_without_its_token_is_refused_in_words(public: FlaskClient) -> None:
    answer = public.post("/form", base_url=SITE, data={"account": "words"})

    assert answer.status_code == 400
    assert "open for too long" in answer.text


def test_a_post_from_another_site_is_refused(public: FlaskClient) -> None:
    known = token(public)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        answer = public.post(
            "/form", base_url=SITE, data={"csrf_token": known, "account": "x"}, headers=headers
        )
        assert answer.status_code == 400


def test_a_form_that_begins_a_session_needs_no_token_but_the_right_origin(
    public: FlaskClient,
) -> None:
    other = {"Sec-Fetch-Site": "same-site"}

    assert public.post("/begin", base_url=SITE).status_code == 303
    assert public.post("/begin", base_url=SITE, headers=other).status_code == 400


def test_a_refusal_is_the_sentence_and_nothing_else(public: FlaskClient) -> None:
    refused, stale = post(public, "/refuse"), post(public, "/stale")

    assert (refused.status_code, stale.status_code) == (422, 409)
    assert "Say why first." in refused.text
    assert "Somebody else changed this case first." in stale.text


def test_htmx_gets_a_refusal_as_a_block_for_the_alert_region(desk: FlaskClient) -> None:
    known = token(desk)
    answer = desk.post("/refuse", base_url=SITE, data={"csrf_token": known}, headers=FRAGMENT)

    assert answer.headers["HX-Retarget"] == "#alert"
    assert "<html" not in answer.text
    assert "Say why first." in answer.text


def test_a_failure_says_nothing_and_logs_where_but_not_what(
    public: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = post(public, "/fail", account="a marked word")

    assert answer.status_code == 500
    assert "a marked word" not in answer.text
    assert "RuntimeError" in caplog.text
    assert "a marked word" not in caplog.text


def test_a_database_that_cannot_write_is_said_in_words(
    web_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make_face(Face.PUBLIC, web_services).test_client()
    known = token(client)

    def locked() -> None:
        raise OperationalError("INSERT", {}, Exception("database is locked"))

    monkeypatch.setattr(web_services.database, "writing", locked)
    answer = client.post("/form", base_url=SITE, data={"csrf_token": known, "account": "x"})

    assert answer.status_code == 503
    assert "Answers that you gave before are still here" in answer.text


def test_wrong_methods_big_forms_and_stray_files_get_plain_pages(public: FlaskClient) -> None:
    known = token(public)

    wrong = public.delete("/form", base_url=SITE)
    big = public.post(
        "/form", base_url=SITE, data={"csrf_token": known, "account": "x" * 1_100_000}
    )
    stray = public.post(
        "/form", base_url=SITE, data={"csrf_token": known, "file": (io.BytesIO(b"x"), "a.txt")}
    )

    assert (wrong.status_code, big.status_code, stray.status_code) == (405, 413, 400)
    assert "GET" in wrong.headers["Allow"]
    assert all("<h1" in answer.text for answer in (wrong, big, stray))


def test_a_limit_counts_refused_tries_too(public: FlaskClient) -> None:
    statuses = [post(public, "/limited").status_code for _ in range(4)]

    assert statuses == [303, 303, 429, 429]


def test_a_stranger_to_the_desk_is_sent_to_sign_in_and_back(desk: FlaskClient) -> None:
    answer = desk.get("/caseload?page=2", base_url=SITE)

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?back=/caseload?page%3D2"


def test_the_way_back_knows_where_the_desk_is_mounted(desk: FlaskClient) -> None:
    answer = desk.get("/caseload", base_url=f"{SITE}/desk")

    assert answer.headers["Location"] == "/desk/sign-in?back=/desk/caseload"


def test_an_expired_session_never_puts_sign_in_into_a_panel(desk: FlaskClient) -> None:
    answer = desk.post("/caseload", base_url=SITE, headers=FRAGMENT)

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in?unsent=yes"
    assert answer.text == ""


def test_somebody_without_the_permission_sees_no_such_page(web_services: Services) -> None:
    administrator = Viewer(account_id=OFFICER, administrator=True)
    client = make_face(Face.DESK, web_services, viewer=administrator).test_client()

    assert client.get("/caseload", base_url=SITE).status_code == 404


def test_the_public_face_sends_nobody_to_sign_in(public: FlaskClient) -> None:
    assert public.get("/caseload", base_url=SITE).status_code == 404


def test_an_endpoint_without_a_gate_keeps_the_application_from_starting(
    web_services: Services,
) -> None:
    app: Flask = make_face(Face.PUBLIC, web_services)
    app.add_url_rule("/open", "open_door", lambda: "")

    with pytest.raises(GateMissingError, match="open_door"):
        require_gates(app)


def test_a_name_that_nobody_passed_is_an_error_and_not_an_empty_place(
    public: FlaskClient,
) -> None:
    assert public.get("/careless", base_url=SITE).status_code == 500


@pytest.mark.parametrize(
    "path",
    ["", "https://elsewhere.example", "//elsewhere.example", "/\\elsewhere", "/a\nb", "mailto:x"],
)
def test_the_way_back_never_leaves_the_site(path: str) -> None:
    assert safe_return(path) is None


def test_the_way_back_keeps_a_place_on_the_site() -> None:
    assert safe_return("/cases/1?page=2") == "/cases/1?page=2"
