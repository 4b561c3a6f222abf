"""No input gives a 500: every endpoint of both faces, as everybody, with the worst that comes.

Sources: ASVS V2.2.1, V3.5.1, V16.5.1; HX-09.
"""

from __future__ import annotations

import pytest
from flask import Flask

from conductdesk.cases.needs import Route
from tests.actions.closing_steps import closed, proposed
from tests.actions.inquiry_steps import carried, heard, investigating, reported, told
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.desk_visitor import SITE, TOKEN, AtTheDesk
from tests.web.robot import forms_on, well_filled
from tests.web.shooting import (
    FAULT,
    addresses,
    crawled,
    ends_something,
    fault,
    in_order,
    shoot,
)
from tests.web.shots import HEADERS, QUERIES, huge, large, shots_at
from tests.web.visitor import CONCERN, Visitor

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
METHODS = (*UNSAFE, "GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND")

ASK_BY_QUERY = (
    "/cases",
    "/history",
    "/review",
    "/sign-in",
    "/people",
    "/account",
    "/signed-out",
    "/",
)
"""The ends of the addresses that read their query."""

BEGINS_A_SESSION = ("/sign-in",)
"""Has no token to check, because its page sets no cookie: the origin of the request counts."""
FROM_ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"}

AT_THE_DESK = (
    "liaison",
    "chair",
    "lead",
    "investigator",
    "decision_maker",
    "appeal_body",
    "auditor",
    "administrator",
    "outsider",
)


def test_no_form_of_the_desk_gives_a_500(faces: Faces, cast: Cast) -> None:
    cases = [
        cast.attested(),
        cast.acknowledged(),
        cast.triaged(Route.INFORMAL),
        cast.triaged(Route.FORMAL),
        investigating(cast),
        heard(cast),
        reported(cast),
        told(cast),
        carried(cast, "apology", "removal"),
        proposed(cast),
        closed(cast),
    ]
    done: set[str] = set()
    broken: list[str | None] = []
    for who in AT_THE_DESK:
        browser = AtTheDesk(faces.desk, cast, who)
        starts = ["/", "/cases", "/account", *(f"/cases/{case.id}" for case in cases)]
        found = crawled(browser, starts)
        for form in in_order({key: form for key, form in found.items() if key not in done}):
            for shot in (*shots_at(form, browser.token), large(form, browser.token)):
                sent = shoot(browser, form.action, shot)
                broken.append(fault(sent, (who, form.action, shot.name)))
            if not ends_something(form):
                sent = shoot(browser, form.action, huge(form, browser.token))
                assert sent.status_code in (404, 409, 413, 422), (form.action, sent.status_code)
        done |= set(found)
    assert [one for one in broken if one] == []
    assert {"cases.triaged", "cases.decided", "cases.noticed", "people.signed_out"} & done
    assert len(done) > 40, sorted(done)  # the crawl came to most of what takes a form


def test_no_form_of_the_public_face_gives_a_500(faces: Faces, cast: Cast) -> None:
    cast.db.commit()
    broken: list[str | None] = []
    visitor = Visitor(faces.public)
    visitor.begin()
    place = "/wcc/question/1"
    for values in CONCERN:
        form = next(one for one in forms_on(visitor.get(place).text) if one.action == place)
        for shot in (*shots_at(form, visitor.token), large(form, visitor.token)):
            broken.append(fault(shoot(visitor, place, shot), (place, shot.name)))
        assert shoot(visitor, place, huge(form, visitor.token)).status_code == 413
        sent = visitor.post(place, values)
        assert sent.status_code == 303, place
        place = sent.headers["Location"].partition("#")[0]
        if place == "/wcc/help-now":
            place = "/wcc/question/3"
    visitor.get("/wcc/check")
    visitor.post("/wcc/concern")
    starts = ["/wcc/", "/wcc/receipt", "/wcc/receipt/check", "/wcc/messages"]
    forms = in_order(
        crawled(visitor, [*starts, "/wcc/messages/stop", "/wcc/messages/treated-badly"])
    )
    for form in forms:
        for shot in (*shots_at(form, visitor.token), large(form, visitor.token)):
            broken.append(fault(shoot(visitor, form.action, shot), (form.action, shot.name)))
        visitor.get("/wcc/messages")
    assert [one for one in broken if one] == []
    assert len(forms) >= 6


@pytest.mark.parametrize("who", ["liaison", "lead", "auditor", "administrator", "nobody"])
def test_no_method_gives_a_500_and_none_that_writes_goes_without_a_token(
    faces: Faces, cast: Cast, who: str
) -> None:
    known = {"case_id": cast.attested().id, "account_id": cast["chair"].id}
    browser = AtTheDesk(faces.desk, cast, who) if who != "nobody" else None
    client = browser.client if browser else faces.desk.test_client()
    cast.db.commit()
    broken = []
    for rule, path in addresses(faces.desk, **known):
        for method in METHODS if "<" not in rule.rule else ("PUT", "POST"):
            sent = client.open(path, method=method, base_url=SITE)
            broken.append(fault(sent, (method, path)))
            if method in UNSAFE and sent.status_code not in (303, 404, 405):
                if path in BEGINS_A_SESSION:
                    sent = client.open(path, method=method, base_url=SITE, headers=FROM_ELSEWHERE)
                assert sent.status_code == 400, (method, path)  # HX-09: without a token
    assert [one for one in broken if one] == []


@pytest.mark.parametrize("who", ["liaison", "auditor", "administrator", "nobody"])
def test_no_query_gives_a_500(faces: Faces, cast: Cast, who: str, any_database: object) -> None:
    known = {"case_id": cast.attested().id, "account_id": cast["chair"].id}
    browser = AtTheDesk(faces.desk, cast, who) if who != "nobody" else None
    client = browser.client if browser else faces.desk.test_client()
    cast.db.commit()
    broken = [
        fault(client.get(path + query, base_url=SITE), path + query[:60])
        for rule, path in addresses(faces.desk, **known)
        if "GET" in (rule.methods or ()) and path.endswith(ASK_BY_QUERY)
        for query in QUERIES
    ]
    assert [one for one in broken if one] == []


@pytest.mark.parametrize("face", ["public", "desk"])
def test_no_header_gives_a_500(faces: Faces, cast: Cast, face: str) -> None:
    cast.db.commit()
    app: Flask = getattr(faces, face)
    broken = []
    for _rule, path in addresses(app):
        for headers in HEADERS:
            for method in ("GET", "POST"):
                sent = app.test_client().open(path, method=method, headers=headers, base_url=SITE)
                broken.append(fault(sent, (method, path, headers)))
    assert [one for one in broken if one] == []


STRANGE = (
    "/%00",
    "/%ff%fe",
    "/wcc%00/",
    "/%F0%9F%A6%8A/messages",
    "/wcc/question/99999999999999999999999999",
    "/wcc/question/-1",
    "/wcc/question/%D9%A1",
    "/wcc/messages/files/" + "0" * 36,
    "/" + "a" * 8_000 + "/",
    "/..%2f..%2fetc/passwd",
    "/static/..%2f..%2fsettings.py",
    "/cases/" + "f" * 36,
    "/cases/%00",
    "/activate/%00",
    "/activate/" + "%f0%9f%a6%8a" * 40,
    "/review/%00",
    "/people/" + "0" * 400,
)


@pytest.mark.parametrize("face", ["public", "desk"])
def test_no_strange_address_gives_a_500(
    faces: Faces, cast: Cast, face: str, any_database: object
) -> None:
    cast.db.commit()
    client = getattr(faces, face).test_client()
    broken = [
        fault(client.open(path, method=method, base_url=SITE), (method, path[:60]))
        for path in STRANGE
        for method in ("GET", "POST")
    ]
    assert [one for one in broken if one] == []


@pytest.mark.parametrize("who", ["liaison", "administrator"])
def test_a_null_sign_or_a_huge_number_gives_no_500_on_either_engine(
    faces: Faces, cast: Cast, who: str, any_database: object
) -> None:
    """PostgreSQL refuses NUL in a text and numbers of more than 64 bits; SQLite takes them."""
    cast.acknowledged()
    browser = AtTheDesk(faces.desk, cast, who)
    broken = []
    for form in in_order(crawled(browser, ["/", "/cases", "/people", "/account"])):
        token = browser.token
        for shot in shots_at(form, token):
            if shot.name.startswith(("odd", "many", "ids", "a wrong")):
                sent = shoot(browser, form.action, shot)
                broken.append(fault(sent, (form.action, shot.name)))
    assert [one for one in broken if one] == []


def test_nothing_that_a_stranger_sends_to_the_sign_in_gives_a_500(
    faces: Faces, cast: Cast, any_database: object
) -> None:
    cast.db.commit()
    client = faces.desk.test_client()
    page = client.get("/sign-in", base_url=SITE)
    form = next(one for one in forms_on(page.text) if one.method.lower() == "post")
    found = TOKEN.search(page.text)
    token = found[1] if found else ""
    for shot in (*shots_at(form, token), large(form, token), huge(form, token)):
        sent = client.post(
            "/sign-in",
            data=shot.body,
            content_type=shot.content_type,
            headers=shot.headers,
            base_url=SITE,
        )
        assert sent.status_code < FAULT, shot.name


def test_a_skipped_step_leads_back_and_sends_nothing(faces: Faces, cast: Cast) -> None:
    cast.db.commit()
    visitor = Visitor(faces.public)
    visitor.begin()
    assert visitor.post("/wcc/concern").headers["Location"] == "/wcc/check"
    for number in (2, 9, 12):
        assert visitor.get(f"/wcc/question/{number}").status_code == 303
        assert visitor.post(f"/wcc/question/{number}", {"account": "a"}).status_code == 303
    stranger = Visitor(faces.public)
    for path in ("/wcc/concern", "/wcc/messages", "/wcc/receipt/proof", "/wcc/question/1"):
        assert stranger.post(path).status_code in (400, 404), path


def test_a_version_that_is_not_the_cases_is_refused_and_what_was_typed_is_kept(
    faces: Faces, cast: Cast
) -> None:
    case_id = cast.attested().id
    handler = AtTheDesk(faces.desk, cast, "liaison")
    page = handler.get(f"/cases/{case_id}/acknowledgement")
    form = next(one for one in forms_on(page.text) if one.action.endswith("acknowledgement"))
    for version in ("-1", "99", "", "x", "٣", str(10**30)):
        values = dict(well_filled(form, lambda _name: "Thank you.", {"version": version}))
        sent = handler.post(form.action, values)
        assert sent.status_code in (409, 422), version
        assert "Thank you." in sent.text
