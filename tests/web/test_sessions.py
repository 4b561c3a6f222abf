from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from flask import session
from flask.testing import FlaskClient
from sqlalchemy import select

from conductdesk.clock import now
from conductdesk.db import Database
from conductdesk.web import session_store, sessions
from conductdesk.web.face import Face
from conductdesk.web.models import WebSession
from conductdesk.web.state import Services
from tests.web.overlapping import overlapping
from tests.web.small_face import OFFICER, SITE, make_face, post, token

MARK = "heron under the bridge"


@pytest.fixture
def client(web_services: Services) -> FlaskClient:
    return make_face(Face.PUBLIC, web_services).test_client()


def rows(services: Services) -> list[WebSession]:
    with services.database.reading() as db:
        return list(db.scalars(select(WebSession)))


def test_a_page_that_keeps_nothing_sets_no_cookie_and_no_row(
    client: FlaskClient, web_services: Services
) -> None:
    answer = client.get("/", base_url=SITE)

    assert "Set-Cookie" not in answer.headers
    assert rows(web_services) == []


@pytest.mark.parametrize(
    ("face", "name", "same_site"),
    [(Face.PUBLIC, "__Host-cd_public", "Strict"), (Face.DESK, "__Host-cd_desk", "Lax")],
)
def test_each_face_has_a_cookie_that_ends_with_the_browser(
    web_services: Services, face: Face, name: str, same_site: str
) -> None:
    client = make_face(face, web_services).test_client()

    cookie = client.get("/form", base_url=SITE).headers["Set-Cookie"]

    assert re.fullmatch(
        rf"{name}=[\w-]{{43}}; Secure; HttpOnly; Path=/; SameSite={same_site}", cookie
    )


def test_what_somebody_wrote_lies_in_the_database_as_ciphertext_only(
    client: FlaskClient, web_services: Services
) -> None:
    post(client, "/form", account=MARK)

    (row,) = rows(web_services)
    assert MARK.encode() not in row.sealed
    cookie = client.get_cookie("__Host-cd_public")
    assert cookie is not None
    assert cookie.value.encode() not in row.id_hash + row.sealed
    with client.session_transaction(base_url=SITE) as kept:
        assert kept["account"] == MARK


def test_a_row_does_not_open_with_another_token(
    client: FlaskClient, web_services: Services
) -> None:
    post(client, "/form", account=MARK)
    client.set_cookie("__Host-cd_public", "A" * 43, secure=True)

    with client.session_transaction(base_url=SITE) as kept:
        assert dict(kept) == {}


@pytest.mark.parametrize("cookie", ["", "x", "é" * 43, "A" * 4000, "====", "\x00" * 43])
def test_a_cookie_that_is_no_token_is_an_empty_session(client: FlaskClient, cookie: str) -> None:
    client.set_cookie("__Host-cd_public", cookie, secure=True)

    assert client.get("/", base_url=SITE).status_code == 200


def test_sent_and_wiped_commit_together(client: FlaskClient) -> None:
    post(client, "/form", account=MARK)

    post(client, "/send")

    with client.session_transaction(base_url=SITE) as kept:
        assert kept["sent"] == MARK
        assert "account" not in kept


def test_a_second_send_at_the_same_moment_sees_what_the_first_left(client: FlaskClient) -> None:
    post(client, "/form", account=MARK)
    data = {"csrf_token": token(client)}
    cookie = client.get_cookie("__Host-cd_public")
    assert cookie is not None

    def send(_number: int) -> int:
        browser = client.application.test_client()
        browser.set_cookie(cookie.key, cookie.value, secure=True)
        return browser.post("/send-once", base_url=SITE, data=data).status_code

    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(send, range(6))) == {303}

    assert _content(client)["sendings"] == 1


def test_a_view_that_fails_leaves_the_answers_of_before(client: FlaskClient) -> None:
    post(client, "/form", account=MARK)

    assert post(client, "/fail", account="x").status_code == 500

    with client.session_transaction(base_url=SITE) as kept:
        assert kept["account"] == MARK


def test_what_was_committed_stays_when_the_view_fails_afterwards(client: FlaskClient) -> None:
    assert post(client, "/fail-after-commit").status_code == 500

    with client.session_transaction(base_url=SITE) as kept:
        assert kept["account"] == "kept"


def test_a_session_ends_when_nobody_uses_it(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(client, "/form", account=MARK)
    _wait(monkeypatch, timedelta(minutes=59))
    client.get("/", base_url=SITE)
    _wait(monkeypatch, timedelta(minutes=118))
    assert _content(client)["account"] == MARK

    _wait(monkeypatch, timedelta(minutes=180))
    assert _content(client) == {}


def test_a_session_ends_at_its_absolute_limit_however_busy(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(client, "/form", account=MARK)
    for minutes in range(0, 240, 30):
        _wait(monkeypatch, timedelta(minutes=minutes))
        client.get("/", base_url=SITE)

    _wait(monkeypatch, timedelta(minutes=241))
    assert _content(client) == {}


def test_a_page_with_a_session_can_ask_to_stay(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/still-here", base_url=SITE).status_code == 401
    assert 'data-seconds="3600"' in post(client, "/form", account="").text

    _wait(monkeypatch, timedelta(minutes=50))
    assert client.get("/still-here", base_url=SITE).status_code == 204
    _wait(monkeypatch, timedelta(minutes=100))
    assert client.get("/still-here", base_url=SITE).status_code == 204


def test_the_cookie_of_a_session_that_is_over_is_expired(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    token(client)
    _wait(monkeypatch, timedelta(hours=2))

    answer = client.get("/", base_url=SITE)

    assert "__Host-cd_public=;" in answer.headers["Set-Cookie"]


def test_signing_in_changes_the_token_and_the_old_one_opens_nothing(
    web_services: Services,
) -> None:
    client = make_face(Face.DESK, web_services).test_client()
    token(client)
    before = client.get_cookie("__Host-cd_desk")

    post(client, "/tie")

    after = client.get_cookie("__Host-cd_desk")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert [row.owner_id for row in rows(web_services)] == [OFFICER]


def test_a_session_that_was_ended_elsewhere_does_not_come_back(
    client: FlaskClient, web_services: Services
) -> None:
    post(client, "/form", account=MARK)
    app = client.application
    cookie = client.get_cookie("__Host-cd_public")
    assert cookie is not None
    with app.test_request_context(
        "/", base_url=SITE, headers={"Cookie": f"{cookie.key}={cookie.value}"}
    ):
        post(client, "/out")
        session["late"] = True
        answer = app.process_response(app.make_response("late"))

    assert rows(web_services) == []
    assert "__Host-cd_public=;" in answer.headers["Set-Cookie"]


def test_a_change_never_overwrites_what_another_request_committed_meanwhile(
    client: FlaskClient, web_services: Services, any_database: Database
) -> None:
    post(client, "/form", account=MARK)
    other = _other_page(client)
    sent = {"csrf_token": token(client), "account": "Something that came too late"}

    late = client.post("/form", **overlapping(web_services, sent, lambda: post(other, "/send")))

    assert late.status_code == 409
    assert "Another page of yours was first" in late.text
    assert sent["account"] in late.text
    content = _content(client)
    assert content["sent"] == MARK
    assert "account" not in content


def test_a_page_that_was_overtaken_is_loaded_once_more(client: FlaskClient) -> None:
    post(client, "/form", account=MARK)
    other = _other_page(client)
    client.application.config["MEANWHILE"] = [lambda: post(other, "/send")]

    led = client.get("/meanwhile?x=1", base_url=SITE)

    assert (led.status_code, led.headers["Location"]) == (303, "/meanwhile?x=1")
    assert client.get("/meanwhile", base_url=SITE).status_code == 200
    assert _content(client)["sent"] == MARK
    assert "seen" in _content(client)


def _other_page(client: FlaskClient) -> FlaskClient:
    cookie = client.get_cookie("__Host-cd_public")
    assert cookie is not None
    other = client.application.test_client()
    other.set_cookie(cookie.key, cookie.value, secure=True)
    return other


def test_ending_a_session_deletes_its_row_and_its_cookie(
    client: FlaskClient, web_services: Services
) -> None:
    answer = post(client, "/out")

    assert rows(web_services) == []
    assert "__Host-cd_public=;" in answer.headers["Set-Cookie"]
    assert "__Host-cd_unlock" not in str(answer.headers.getlist("Set-Cookie"))


def test_sessions_that_are_over_are_purged(
    client: FlaskClient, web_services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    token(client)
    with web_services.database.writing() as db:
        assert sessions.purge_sessions(db) == 0
        _wait(monkeypatch, timedelta(hours=2))
        assert sessions.purge_sessions(db) == 1


def _content(client: FlaskClient) -> dict[str, object]:
    with client.session_transaction(base_url=SITE) as kept:
        return dict(kept)


def _wait(monkeypatch: pytest.MonkeyPatch, gone: timedelta) -> None:
    begun: datetime = now()
    for module in (session_store, sessions):
        monkeypatch.setattr(module, "now", lambda: begun + gone)
