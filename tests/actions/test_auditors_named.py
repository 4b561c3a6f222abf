"""An auditor whom a case names never learns of it: not at its closure, and not when they come later."""

from __future__ import annotations

import pytest

from conductdesk.cases.actions.auditing import ask_for_auditors
from conductdesk.cases.concern import Part, PersonNamed
from conductdesk.cases.jobs import ask_grants
from conductdesk.cases.models import Barrier, Case
from conductdesk.cases.queries import facts_of, reviewable_cases
from conductdesk.db import Database
from conductdesk.people.actions.offices import (
    appoint_auditor,
    end_auditor,
    end_office,
    give_office,
)
from conductdesk.people.queries import audits_of
from conductdesk.policy import Permission, may
from conductdesk.routing.rules import Why
from conductdesk.vault.models import Compartment
from conductdesk.vault.queries import waiting_requests
from tests.actions.audit_steps import unlock
from tests.actions.closing_steps import closed, let_worker, verified
from tests.actions.interest_steps import naming
from tests.cast import Cast, a_concern

ALIKE = "Eufemia Longbarow"
"""How somebody may write the name of the cast's auditor from memory."""
SOMEBODY = naming("Ulysses Invented-Nowhere")


def listed(cast: Cast, who: str) -> list[Case]:
    return list(cast.db.scalars(reviewable_cases(cast.viewer(who))))


def holds_key(cast: Cast, case: Case, who: str) -> bool:
    return any(cast.keys(case, who).holds(part) for part in Compartment)


def appoint(cast: Cast, who: str) -> None:
    appoint_auditor(cast.db, cast[who].account, scheme="wcc", actor="system")
    cast.db.commit()


def why_away(cast: Cast, case: Case, who: str) -> str:
    barrier = cast.db.query(Barrier).filter_by(case_id=case.id, account_id=cast[who].id).one()
    return cast.keys(case, "chair").open(Barrier.why, barrier)


@pytest.mark.both_backends
def test_the_respondent_of_a_case_does_not_review_it_whoever_else_does(cast: Cast) -> None:
    appoint(cast, "outsider")
    about, other = closed(cast, naming(ALIKE)), closed(cast, SOMEBODY)
    assert listed(cast, "auditor") == [other]
    assert not may(cast.viewer("auditor"), Permission.REVIEW, facts_of(cast.db, about))
    assert not holds_key(cast, about, "auditor")
    assert why_away(cast, about, "auditor") == Why.NAMED
    assert set(listed(cast, "outsider")) == {about, other}
    assert holds_key(cast, about, "outsider")
    assert verified(cast).problem is None


def test_a_witness_does_not_review_it_either(cast: Cast) -> None:
    people = (*SOMEBODY.people, PersonNamed("Ms E. Longbarrow", Part.WITNESS))
    case = closed(cast, a_concern(people=people))
    assert listed(cast, "auditor") == []
    assert not holds_key(cast, case, "auditor")


@pytest.mark.both_backends
def test_who_becomes_an_auditor_sees_no_case_until_its_names_were_compared_with_theirs(
    cast: Cast, any_database: Database
) -> None:
    about = closed(cast, naming(cast["outsider"].account.name))
    other = closed(cast, SOMEBODY)
    appoint(cast, "outsider")
    assert listed(cast, "outsider") == []
    let_worker(cast, ask_grants, any_database, cast.keystore)
    unlock(cast, "auditor")  # opens no name
    assert listed(cast, "outsider") == []
    unlock(cast, "liaison")
    assert listed(cast, "outsider") == [other]
    assert holds_key(cast, other, "outsider")
    assert not holds_key(cast, about, "outsider")
    assert not waiting_requests(cast.db, about.id)
    assert set(listed(cast, "auditor")) == {about, other}


def test_who_comes_back_as_an_auditor_is_compared_with_what_was_closed_meanwhile(
    cast: Cast,
) -> None:
    before = closed(cast, SOMEBODY)
    (appointed,) = audits_of(cast.db, cast["auditor"].account)
    end_auditor(cast.db, appointed, actor="system")
    about, other = closed(cast, naming(ALIKE)), closed(cast, SOMEBODY)
    appoint(cast, "auditor")
    assert listed(cast, "auditor") == [before]
    for one in (about, other):
        ask_for_auditors(cast.db, one, cast.keys(one, None))
    unlock(cast, "liaison")
    assert set(listed(cast, "auditor")) == {before, other}


def test_an_auditor_reviews_a_case_of_somebody_who_shares_their_first_name(cast: Cast) -> None:
    case = closed(cast, naming("Euphemia Invented-Nowhere"))
    assert listed(cast, "auditor") == [case]


def test_who_held_an_office_that_a_case_names_does_not_review_it(cast: Cast) -> None:
    held = give_office(
        cast.db, cast["outsider"].account, scheme="wcc", office="committee", actor="system"
    )
    end_office(cast.db, held, actor="system")
    appoint(cast, "outsider")
    about, other = closed(cast, naming("One of them", "committee")), closed(cast, SOMEBODY)
    assert listed(cast, "outsider") == [other]
    assert why_away(cast, about, "outsider") == Why.TIED
