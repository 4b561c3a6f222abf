"""Requests: their own path and clock, an obligation, and no fault on anyone's record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conductdesk import clock
from conductdesk.cases.actions.adding import add_party
from conductdesk.cases.actions.appointing import appoint, appointable
from conductdesk.cases.actions.carrying_out import prove_outcome
from conductdesk.cases.actions.closing import (
    agree_closure,
    choose_retention,
    give_feedback,
    note_learning,
    propose_closure,
)
from conductdesk.cases.actions.copying import draft_audit_copy, keep_audit_copy
from conductdesk.cases.actions.gathering import add_evidence
from conductdesk.cases.actions.investigating import set_terms
from conductdesk.cases.acts import NewAllegation, NewEvidence, OutcomeProven
from conductdesk.cases.clocks import due_of
from conductdesk.cases.closing_acts import CheckedCopy
from conductdesk.cases.concern import Answer, Part
from conductdesk.cases.faces.concern import concern_of
from conductdesk.cases.faces.reporter import for_reporter
from conductdesk.cases.inquiry import outcomes_of, respondents_of
from conductdesk.cases.models import Case, Outcome, Party
from conductdesk.cases.needs import Route
from conductdesk.cases.queries import seats_of
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due
from conductdesk.schemes.kinds import KINDS, IntakeKind, is_request, path_of
from tests.actions.closing_steps import WHY, by, by_pack, clock_of, pub_of, types_of
from tests.actions.inquiry_steps import some_terms
from tests.actions.request_steps import asked_for, give_triage, requested, short_triage
from tests.cast import Cast, a_concern, a_triage
from tests.changed_packs import every_kind, put_in_force

REQUESTS = sorted(kind for kind in KINDS if is_request(kind))
WITH_A_CLOCK = sorted(kind for kind in KINDS if path_of(kind).clock)


@pytest.fixture(autouse=True)
def every_kind_is_offered(cast: Cast) -> None:
    put_in_force(cast, every_kind)


def test_what_cannot_be_refused_has_no_route_that_refuses() -> None:
    for kind, path in KINDS.items():
        if not path.may_refuse:
            assert path.routes == {Route.REQUEST}, kind


@pytest.mark.parametrize("kind", WITH_A_CLOCK)
def test_the_clock_of_a_kind_begins_when_it_is_received(cast: Cast, kind: str) -> None:
    case = cast.received(asked_for(kind))
    name = path_of(kind).clock
    assert due_of(cast.db, case, name) == due(case.received_at, cast.pack.clocks[name], "ENG")
    assert case.next_due_at <= clock_of(cast, case, name).due_at


def test_the_reporter_sees_when_the_request_is_done_as_the_next_word(cast: Cast) -> None:
    case = requested(cast, "repairing")
    view = for_reporter(cast.db, case, cast.reporter_keys(case))
    assert view.hear_by == clock_of(cast, case, "repairing").due_at
    assert view.heading == "We are doing what you asked"
    assert "We look into it" not in {step.name for step in view.steps}


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("route", Route)
def test_the_kernel_refuses_a_route_that_the_kind_does_not_have(
    cast: Cast, kind: str, route: Route
) -> None:
    if route in path_of(kind).routes:
        return
    case = cast.acknowledged(asked_for(kind))
    with pytest.raises(Refused, match="Choose a route that its kind has"):
        give_triage(cast, case, short_triage(kind, route))


def test_a_concern_cannot_be_treated_as_a_request(cast: Cast) -> None:
    with pytest.raises(Refused, match="Choose a route that its kind has"):
        cast.triaged(Route.REQUEST)


def test_the_obligation_is_due_when_the_clock_of_the_kind_runs_out(cast: Cast) -> None:
    case = requested(cast, "repairing")
    row = outcomes_of(cast.db, case)[0]
    own = clock_of(cast, case, "repairing")
    assert (row.kind, row.state, row.due_at) == ("request", "open", own.due_at)
    assert own.subject_id == row.id
    keys = cast.keys(case, "liaison")
    assert keys.open(Outcome.owner, row) == "The liaison officer"
    assert pub_of(cast, case, "case.triaged")["route"] == "request"


def test_a_kind_without_a_clock_is_given_a_day(cast: Cast) -> None:
    case = cast.acknowledged(asked_for("interest"))
    with pytest.raises(Refused, match="Give the day"):
        give_triage(cast, case, short_triage("interest"))
    cast.db.rollback()
    by_then = clock.now().date() + timedelta(days=9)
    give_triage(cast, case, short_triage("interest"), due_on=by_then)
    assert outcomes_of(cast.db, case)[0].due_at.date() == by_then
    assert clock_of(cast, case, "outcome").subject_id == outcomes_of(cast.db, case)[0].id


def test_notes_are_owed_by_whoever_keeps_them_and_by_no_officer(cast: Cast) -> None:
    case = cast.acknowledged(asked_for("notes"))
    with pytest.raises(Refused, match="Choose who must do it"):
        give_triage(cast, case, short_triage("notes"))
    cast.db.rollback()
    mentor = cast.db.query(Party).filter_by(case_id=case.id).one()
    give_triage(cast, case, short_triage("notes"), owner_id=mentor.id)
    row = outcomes_of(cast.db, case)[0]
    assert row.owner_id == mentor.id
    assert cast.keys(case, "liaison").open(Outcome.owner, row) == "Barnaby Thistlewood"


def test_a_party_of_another_case_owes_nothing_here(cast: Cast) -> None:
    other = cast.db.query(Party).filter_by(case_id=cast.received().id).one()
    case = cast.acknowledged(asked_for("notes"))
    with pytest.raises(Refused, match="not part of this case"):
        give_triage(cast, case, short_triage("notes"), owner_id=other.id)


def test_a_risk_in_a_request_reaches_safeguarding(cast: Cast) -> None:
    case = cast.acknowledged(asked_for("ending"))
    assert Capacity.SAFEGUARDING not in {seat.capacity for seat in seats_of(cast.db, case)}
    give_triage(cast, case, short_triage("ending", risk=Answer.NOT_SURE))
    assert Capacity.SAFEGUARDING in {seat.capacity for seat in seats_of(cast.db, case)}
    assert clock_of(cast, case, "referral").met_at is None


def test_the_triage_of_a_request_asks_nothing_about_fault(cast: Cast) -> None:
    case = cast.acknowledged(asked_for("repairing"))
    with pytest.raises(Refused, match="Answer every triage question"):
        give_triage(cast, case, a_triage(Route.REQUEST))


@pytest.mark.parametrize("kind", REQUESTS)
def test_nobody_can_be_put_at_fault_in_a_request(cast: Cast, kind: str) -> None:
    case = cast.attested(asked_for(kind))
    db, keys, actor = cast.db, cast.keys(case, "liaison"), cast.viewer("liaison")
    nobody = "Nobody is at fault"
    with pytest.raises(Refused, match=nobody):
        add_party(db, case, keys, actor=actor, name="Octavia Larkspur", part=Part.RESPONDENT)
    allegation = NewAllegation(case.id, "2", "Was late.")
    with pytest.raises(Refused, match=nobody):
        set_terms(db, case, keys, terms=some_terms(allegation), **by_pack(cast, case, "liaison"))
    with pytest.raises(Refused, match=nobody):
        add_evidence(db, case, keys, actor=actor, evidence=NewEvidence("A note", "for", "Late."))
    who, capacity = cast["investigator"].id, Capacity.INVESTIGATOR
    with pytest.raises(Refused, match=nobody):
        appoint(db, case, keys, pack=cast.pack, actor=actor, account_id=who, capacity=capacity)
    assert appointable(db, case, keys, cast.pack) == (Capacity.SECOND,)
    assert respondents_of(db, case) == []


def close(cast: Cast, case: Case) -> None:
    """Close a request: feedback, learning, retention, a copy for the auditor, a second person."""
    db, keys, acting = cast.db, cast.keys(case, "liaison"), by(cast, case, "liaison")
    give_feedback(db, case, keys, text="You have a new mentor.", **acting)
    note_learning(db, case, keys, text="Nothing.", **acting)
    choose_retention(db, case, keys, chosen="no_breach", pack=cast.pack, **acting)
    draft = CheckedCopy(draft_audit_copy(db, case, keys))
    keep_audit_copy(db, case, keys, copy=draft, **acting)
    propose_closure(db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))
    cast.let("chair", case, agree_closure)


def test_a_repairing_is_proven_done_and_closed_by_two_people(cast: Cast) -> None:
    case = requested(cast, "repairing")
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    proven = OutcomeProven(outcomes_of(cast.db, case)[0].id, "They met their new mentor today.")
    prove_outcome(cast.db, case, keys, actor=actor, proven=proven)
    assert clock_of(cast, case, "repairing").met_at is not None
    close(cast, case)
    assert case.state == "closed"
    passed = [one for one in types_of(cast, case) if one.startswith(("case.", "outcome"))]
    wanted = ["case.acknowledged", "case.triaged", "outcomes.begun", "outcome.proven"]
    assert [one for one in passed if one != "case.read"] == [*wanted, "case.closed"]


def test_a_request_that_is_reopened_gets_a_clock_again(cast: Cast) -> None:
    case = requested(cast, "repairing")
    proven = OutcomeProven(outcomes_of(cast.db, case)[0].id, "They met.")
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    prove_outcome(cast.db, case, keys, actor=actor, proven=proven)
    case.state, case.route = "acknowledged", None
    give_triage(cast, case, short_triage("repairing"))
    assert clock_of(cast, case, "repairing").met_at is None
    assert outcomes_of(cast.db, case)[-1].due_at == clock_of(cast, case, "repairing").due_at


def test_whoever_is_named_in_a_request_for_advice_is_never_stored(cast: Cast) -> None:
    named = a_concern(kind=IntakeKind.ADVICE)
    assert named.people
    case = cast.attested(named)
    assert cast.db.query(Party).filter_by(case_id=case.id).all() == []
    keys = cast.keys(case, "liaison")
    shown = str(concern_of(cast.db, case, keys, cast.pack))
    assert "Barnaby" not in shown
    with pytest.raises(Refused, match="names nobody"):
        add_party(
            cast.db,
            case,
            keys,
            actor=cast.viewer("liaison"),
            name="Barnaby Thistlewood",
            part=Part.WITNESS,
        )
