"""The pages on which an officer declares whom they are tied to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from conductdesk.cases.days import today
from conductdesk.cases.queries import seats_of
from conductdesk.people.actions.offices import end_office
from conductdesk.people.queries import offices_of
from tests.actions.closing_steps import closed
from tests.actions.interest_steps import BARNABY, declare, naming, seats
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import SignIn, boxes
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.visitor import Visitor

NEW, LIST = "/interests/new", "/interests"
FAMILY = {"name": BARNABY.name, "officer": "", "kind": "family"}


@pytest.fixture
def officer(sign_in: SignIn) -> AtTheDesk:
    """The liaison officer at their desk."""
    return sign_in("liaison")


def send(officer: AtTheDesk, changes: Mapping[str, Any] | None = None) -> TestResponse:
    """Fill in the form of a tie, and send it."""
    assert officer.get(NEW).status_code == 200
    return officer.post(LIST, {**FAMILY, **(changes or {})})


def follow(officer: AtTheDesk, sent: TestResponse) -> TestResponse:
    """Go where a form that was sent leads to."""
    assert sent.status_code == 303, words_of(sent)
    return officer.get(sent.headers["Location"])


def test_a_tie_is_declared_from_the_caseload(cast: Cast, officer: AtTheDesk) -> None:
    assert "/interests" in officer.get("/cases").text
    assert "Nothing declared" in words_of(officer.get(LIST))
    assert "off every open case that names them, at once" in words_of(officer.get(NEW))
    until = today() + timedelta(days=30)
    done = follow(officer, send(officer, boxes("until", until)))
    said = words_of(done)
    assert "a concern that names them goes to somebody else" in said
    assert "Barnaby Thistlewood Family" in said
    assert f"Until {until.day} {until:%B %Y}" in said
    case = cast.received(naming("Barnaby Thistlewood"))
    assert seats(cast, case) == {"chair": "handler", "outside": "alternate"}


def test_an_auditor_who_declares_loses_the_closed_case_at_once(cast: Cast, sign_in: SignIn) -> None:
    gone, stays = closed(cast), closed(cast, naming("Ulysses Invented-Nowhere"))
    addresses, names = [f"/review/cases/{one.id}" for one in (gone, stays)], gone.code_name
    auditor = sign_in("auditor")
    assert [auditor.get(one).status_code for one in addresses] == [200, 200]
    assert names in auditor.get("/review").text
    follow(auditor, send(auditor))
    assert [auditor.get(one).status_code for one in addresses] == [404, 200]
    listed = auditor.get("/review").text
    assert names not in listed
    assert "are compared with each closed case" in listed


def test_whoever_declares_is_off_the_open_cases_and_is_told_how_many(
    cast: Cast, officer: AtTheDesk
) -> None:
    case = cast.attested()
    case_id, name = case.id, case.code_name
    cast.db.commit()
    assert officer.get(f"/cases/{case_id}").status_code == 200
    done = follow(officer, send(officer))
    assert "One open case named them: you are off it" in words_of(done)
    assert name not in done.text
    assert officer.get(f"/cases/{case_id}").status_code == 404
    assert name not in officer.get("/cases").text
    cast.db.expire_all()
    assert {cast.who(one.account_id) for one in seats_of(cast.db, case)} == {"chair", "outside"}


def test_the_list_of_officers_has_the_colleagues_and_not_oneself(
    cast: Cast, officer: AtTheDesk
) -> None:
    options = re.findall(r'<option value="[0-9a-f]{32}">([^<]+)', officer.get(NEW).text)
    assert "Caspian Underhollow" in options
    assert "Isolde Brackenthwaite" not in options
    assert "Gwendolen Farthingale" not in options
    chosen = cast["chair"].id.hex
    cast.db.commit()
    assert "Caspian Underhollow" in words_of(
        follow(officer, send(officer, {"name": "", "officer": chosen}))
    )
    cast.db.expire_all()
    assert "liaison" not in seats(cast, cast.received(naming("The chair", "chair")))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Write a name, or choose an officer"),
        ({"kind": ""}, "Choose what ties you to them"),
        (boxes("until", today() - timedelta(days=3)), "The last day is over"),
        (boxes("since", today() + timedelta(days=3)), "has not come yet"),
    ],
)
def test_a_mistake_is_shown_in_place_with_every_answer_kept(
    officer: AtTheDesk, changes: Mapping[str, Any], sentence: str
) -> None:
    wrong = send(officer, changes)
    assert wrong.status_code == 422
    assert sentence in words_of(wrong)
    assert str(changes.get("name", BARNABY.name)) in wrong.text
    if "kind" not in changes:
        assert re.search(r'value="family"[^>]* checked', wrong.text)
    assert "Nothing declared" in words_of(officer.get(LIST))


def test_a_declaration_is_taken_back_once(cast: Cast, officer: AtTheDesk) -> None:
    send(officer)
    found = re.search(r'href="(/interests/[0-9a-f-]+/end)"', officer.get(LIST).text)
    assert found
    asked = words_of(officer.get(found[1]))
    assert "Take this declaration back?" in asked
    assert "Barnaby Thistlewood" in asked
    done = words_of(follow(officer, officer.post(found[1])))
    assert "It is taken back" in done
    assert "Counts no more" in done
    assert officer.get(found[1]).status_code == 404
    again = officer.post(found[1])
    assert again.status_code == 422
    assert "You took this declaration back already" in words_of(again)
    assert seats(cast, cast.received()) == {"liaison": "handler", "chair": "alternate"}


def test_nobody_sees_what_somebody_else_declared(
    cast: Cast, officer: AtTheDesk, sign_in: SignIn
) -> None:
    send(officer)
    found = re.search(r'href="(/interests/[0-9a-f-]+/end)"', officer.get(LIST).text)
    assert found
    other = sign_in("chair")
    assert "Nothing declared" in words_of(other.get(LIST))
    assert other.get(found[1]).status_code == 404
    assert other.post(found[1]).status_code == 422
    assert "Barnaby" in words_of(officer.get(LIST))


def test_an_administrator_and_a_stranger_have_no_interests(
    faces: Faces, cast: Cast, sign_in: SignIn
) -> None:
    administrator = sign_in("administrator")
    for path in (LIST, NEW):
        assert administrator.get(path).status_code == 404
        assert Visitor(faces.desk).get(path).status_code in (302, 303)


def test_whoever_holds_no_office_now_can_still_take_a_declaration_back(
    cast: Cast, sign_in: SignIn
) -> None:
    declare(cast, "appeal_body")
    for held in offices_of(cast.db, cast["appeal_body"].account):
        end_office(cast.db, held, actor="system")
    cast.db.commit()
    officer = sign_in("appeal_body")
    assert "Barnaby Thistlewood" in words_of(officer.get(LIST))
    assert 'value="">Nobody' in officer.get(NEW).text
