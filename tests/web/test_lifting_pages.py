"""The pages on which somebody is let in again whom the reporter did not mean."""

from __future__ import annotations

import pytest

from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of
from tests.actions.test_lifting import naming, second_liaison
from tests.cast import Cast
from tests.web.case_pages import SignIn, at, fields_of, send
from tests.web.desk_visitor import words_of

__all__ = ["second_liaison"]

OFFER = "Not the person meant : Cordelia Winterbourne"


@pytest.fixture
def case(cast: Cast, second_liaison: str) -> Case:
    """A case in which an office was named that two people hold."""
    assert second_liaison in cast.members
    return cast.attested(naming("liaison"))


def test_two_people_let_somebody_in_through_their_pages(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    chair, outside = sign_in("chair"), sign_in("outside")
    assert OFFER in words_of(chair.get(at(case.id, "people")))
    page = at(case.id, f"barriers/{cast['second_liaison'].id}")
    empty = send(chair, page, {"reason": "  "})
    assert empty.status_code == 422
    assert "Say how you know" in words_of(empty)
    assert send(chair, page, {"reason": "She wrote so."}).status_code == 303
    assert OFFER not in words_of(chair.get(at(case.id, "people")))
    assert chair.get(page).status_code == 404
    assert "Agree to let somebody in again" not in words_of(chair.get(at(case.id, "steps")))
    steps = outside.get(at(case.id, "steps"))
    assert "Agree to let somebody in again" in words_of(steps)
    question = steps.text.split("/lifts/")[1].split('"')[0]
    shown = outside.get(at(case.id, f"lifts/{question}"))
    assert "Cordelia Winterbourne" in words_of(shown)
    assert "She wrote so." in words_of(shown)
    lacking = send(outside, at(case.id, f"lifts/{question}"), {"agrees": "no", "reason": ""})
    assert lacking.status_code == 422
    assert send(outside, at(case.id, f"lifts/{question}"), {"agrees": "yes"}).status_code == 303
    cast.db.expire_all()
    assert cast["second_liaison"].id not in facts_of(cast.db, case).barred
    assert "You named a post" in words_of(chair.get(at(case.id, "messages")))


def test_a_reason_that_names_nobody_is_kept_when_it_is_refused(
    cast: Cast, case: Case, sign_in: SignIn
) -> None:
    chair = sign_in("chair")
    page = at(case.id, f"barriers/{cast['second_liaison'].id}")
    chair.get(page)
    stale = chair.post(page, {"reason": "She wrote so.", "version": "999"})
    assert stale.status_code == 409
    assert fields_of(stale)["reason"] == "She wrote so."


def test_the_pages_are_for_nobody_else(cast: Cast, case: Case, sign_in: SignIn) -> None:
    page = at(case.id, f"barriers/{cast['second_liaison'].id}")
    for who in ("liaison", "second_liaison", "investigator", "auditor", "outsider"):
        assert sign_in(who).get(page).status_code == 404
    stranger = at(case.id, f"barriers/{cast['investigator'].id}")
    assert sign_in("chair").get(stranger).status_code == 404
    assert sign_in("outside").get(at(case.id, f"lifts/{case.id}")).status_code == 404
