"""The pages on which a case is joined to another one."""

from __future__ import annotations

from uuid import UUID

import pytest

from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.concern import Part, PersonNamed
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from tests.actions.closing_steps import close
from tests.cast import Cast, a_concern
from tests.conftest import Faces
from tests.web.case_pages import SignIn, at, fill_in, send
from tests.web.desk_visitor import AtTheDesk, words_of
from tests.web.visitor import Visitor

WHY = "Both say that it was in the same meeting."


@pytest.fixture
def into(cast: Cast) -> Case:
    """A case that is triaged to be investigated."""
    return cast.triaged()


@pytest.fixture
def case(cast: Cast, into: Case) -> Case:
    """Another one about the same matter."""
    people = (PersonNamed("Clement Ravenscroft", Part.RESPONDENT),)
    return cast.triaged(Route.FORMAL, a_concern(people=people))


@pytest.fixture
def officer(sign_in: SignIn, case: Case) -> AtTheDesk:
    """The handler of both."""
    return sign_in("liaison")


def fill(into: Case) -> dict[str, str]:
    return {"into": str(into.id), "reason": WHY}


def join(officer: AtTheDesk, case: Case, into: Case) -> UUID:
    """Join them, and return the id of the one that was joined."""
    case_id, given = case.id, fill(into)
    assert send(officer, at(case_id, "joining"), given).status_code == 303
    return case_id


def page(officer: AtTheDesk, case_id: UUID, name: str = "") -> str:
    return words_of(officer.get(f"/cases/{case_id}/{name}".rstrip("/")))


def test_a_case_is_joined_from_other_steps(officer: AtTheDesk, case: Case, into: Case) -> None:
    names, into_id = (case.code_name, into.code_name), into.id
    assert "Join it to another case" in page(officer, case.id, "steps")
    assert into.code_name in page(officer, case.id, "joining")
    case_id = join(officer, case, into)
    here, there = page(officer, case_id), page(officer, into_id)
    assert "It is looked into in the case that it was joined to" in here
    assert f"{names[1]} About the same matter: this case is looked into there." in here
    assert f"{names[0]} About the same matter: it is looked into here." in there
    assert "Clement Ravenscroft" in page(officer, into_id, "people")
    assert WHY in page(officer, case_id, "history")
    assert WHY in page(officer, into_id, "history")
    assert "Joined to another case" in words_of(officer.get("/cases"))
    assert "Looked into in another case" in page(officer, case_id, "inquiry")
    assert "Whatever follows is ordered there." in page(officer, case_id, "outcomes")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"reason": "kept-words"}, "Choose a case"),
        ({"into": "no id", "reason": "kept-words"}, "Choose a case"),
        ({"into": "", "reason": ""}, "Say why they are about the same matter"),
    ],
)
def test_a_mistake_is_said_in_place(
    officer: AtTheDesk, case: Case, given: dict[str, str], sentence: str
) -> None:
    shown = send(officer, at(case.id, "joining"), given)
    assert shown.status_code == 422
    assert sentence in words_of(shown)
    assert given["reason"] in shown.text


def test_only_cases_of_which_one_is_in_charge_are_offered(
    sign_in: SignIn, officer: AtTheDesk, case: Case, into: Case, cast: Cast
) -> None:
    other = cast.triaged()
    cast.let("liaison", other, find_conflict, leaving=cast["chair"].account)
    hidden, given = other.code_name, fill(other)
    chair = sign_in("chair")
    offered = page(chair, case.id, "joining")
    assert into.code_name in offered
    assert hidden not in offered
    assert send(chair, at(case.id, "joining"), given).status_code == 422
    assert hidden in page(officer, case.id, "joining")


def test_it_is_undone_on_a_page_of_its_own(officer: AtTheDesk, case: Case, into: Case) -> None:
    into_id = into.id
    case_id = join(officer, case, into)
    assert "Undo the joining" in page(officer, case_id, "steps")
    done = send(officer, at(case_id, "joining/end"), {"reason": "It was another one."})
    assert done.status_code == 303
    assert "Clement Ravenscroft" not in page(officer, into_id, "people")
    assert "Set the terms" in page(officer, case_id)


def test_once_something_happened_it_is_not_offered_and_refused(
    officer: AtTheDesk, case: Case, into: Case
) -> None:
    into_id = into.id
    case_id = join(officer, case, into)
    fill_in(officer, at(into_id, "messages"), at(into_id, "messages"), {"text": "We go on."})
    assert "Undo the joining" not in page(officer, case_id, "steps")
    refused = send(officer, at(case_id, "joining/end"), {"reason": "kept-words"})
    assert refused.status_code == 422
    assert "They stay joined" in words_of(refused)


def test_the_terms_of_a_joined_case_are_set_on_the_other_one(
    officer: AtTheDesk, case: Case, into: Case
) -> None:
    case_id = join(officer, case, into)
    assert "Set the terms" not in page(officer, case_id, "inquiry")


def test_its_reporter_hears_how_far_it_is_and_not_that_there_is_another(
    officer: AtTheDesk, faces: Faces, cast: Cast, case: Case, into: Case
) -> None:
    receipt, name = cast.receipts[case.id], into.code_name
    join(officer, case, into)
    browser = Visitor(faces.public)
    browser.post("/wcc/messages/open", {"receipt": receipt.code})
    words = words_of(browser.get("/wcc/messages"))
    assert "We have chosen what to do" in words
    assert "joined" not in words.lower()
    assert name not in words


def test_it_goes_on_to_closing_when_the_other_one_is_closed(
    sign_in: SignIn, faces: Faces, cast: Cast
) -> None:
    into, case = cast.triaged(Route.ADVICE), cast.triaged()
    receipt, officer = cast.receipts[case.id], sign_in("liaison")
    case_id = join(officer, case, into)
    cast.let("liaison", into, begin_carrying_out)
    close(cast, into)
    browser = Visitor(faces.public)
    cast.db.commit()
    browser.post("/wcc/messages/open", {"receipt": receipt.code})
    words = words_of(browser.get("/wcc/messages"))
    assert "We are doing what was decided" in words
    assert "This is finished" not in words
    assert "go on to closing" in page(officer, case_id)
    outcomes = at(case_id, "outcomes")
    assert "This one can be closed now" in page(officer, case_id, "outcomes")
    assert fill_in(officer, outcomes, f"{outcomes}/beginning").status_code == 303
    assert "Feedback to the reporter" in page(officer, case_id, "closing")
