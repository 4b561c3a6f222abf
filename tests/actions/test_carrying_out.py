"""Outcomes: proven done, or given up by two people with a reason."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.actions.carrying_out import (
    agree_waiver,
    begin_carrying_out,
    decline_waiver,
    propose_waiver,
    prove_outcome,
)
from conductdesk.cases.acts import OutcomeProven, WaiverAnswered, WaiverProposed
from conductdesk.cases.clocks import running_clocks
from conductdesk.cases.inquiry import open_outcomes, outcomes_of
from conductdesk.cases.models import Case, Outcome, Proposal
from conductdesk.cases.needs import Route
from conductdesk.cases.standing import open_items
from conductdesk.refusal import Refused, Stale
from tests.actions import inquiry_steps as steps
from tests.actions.inquiry_steps import in_days
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def outcome(db: Session, case: Case, kind: str) -> Outcome:
    return next(one for one in outcomes_of(db, case) if one.kind == kind)


def prove(cast: Cast, case: Case, kind: str, proof: str = "The letter is on file.") -> None:
    cast.let(
        "liaison", case, prove_outcome, proven=OutcomeProven(outcome(cast.db, case, kind).id, proof)
    )


def propose(cast: Cast, case: Case, kind: str, reason: str = "He has moved abroad.") -> None:
    cast.let(
        "liaison",
        case,
        propose_waiver,
        waiver=WaiverProposed(outcome(cast.db, case, kind).id, reason),
    )


def proposal(db: Session, case: Case) -> Proposal:
    return db.scalars(select(Proposal).where(Proposal.case_id == case.id)).one()


def agree(cast: Cast, case: Case, who: str = "chair", reason: str = "It serves nobody.") -> None:
    cast.let(who, case, agree_waiver, answer=WaiverAnswered(proposal(cast.db, case).id, reason))


def test_carrying_out_begins_when_both_sides_were_told(db: Session, cast: Cast) -> None:
    case = steps.decided(cast)
    with pytest.raises(Refused, match="both sides were told"):
        cast.let("liaison", case, begin_carrying_out)
    case = steps.carried(cast)
    assert case.state == "carrying_out"
    assert steps.newest(cast, case)[:2] == (
        "outcomes.begun",
        {"from": "decided", "to": "carrying_out", "open": 2},
    )


def test_what_was_chosen_at_triage_can_be_carried_out_at_once(db: Session, cast: Cast) -> None:
    case = cast.triaged(Route.ADVICE)
    cast.let("liaison", case, begin_carrying_out)
    assert case.state == "carrying_out"


def test_an_old_page_begins_nothing(db: Session, cast: Cast) -> None:
    case = steps.told(cast)
    with pytest.raises(Stale):
        cast.let("liaison", case, begin_carrying_out, seen_version=case.version + 1)


def test_an_outcome_is_proven_once_with_words_and_stops_its_own_clock(
    db: Session, cast: Cast
) -> None:
    case = steps.carried(cast, "apology", "warning")
    before = steps.count_entries(cast, case)
    prove(cast, case, "apology")
    row = outcome(db, case, "apology")
    assert (row.state, row.ended_by) == ("done", cast["liaison"].id)
    assert cast.keys(case, "decision_maker").open(Outcome.proof, row) == "The letter is on file."
    assert steps.count_entries(cast, case) == before + 1
    assert steps.newest(cast, case)[:2] == ("outcome.proven", {"open": 1})
    assert len([one for one in running_clocks(db, case) if one.name == "outcome"]) == 1
    with pytest.raises(Refused, match="settled already"):
        prove(cast, case, "apology")


def test_a_proof_without_words_is_refused(cast: Cast) -> None:
    case = steps.carried(cast, "apology")
    with pytest.raises(Refused, match="how one can see"):
        prove(cast, case, "apology", " ")


def test_removal_cannot_be_proven_before_the_time_to_appeal_has_ended(
    db: Session, cast: Cast
) -> None:
    case = steps.carried(cast, "removal")
    with pytest.raises(Refused, match="until the time to appeal has ended"):
        prove(cast, case, "removal")
    with in_days(40):
        prove(cast, case, "removal")
    assert not open_outcomes(db, case)


def test_nothing_is_proven_before_carrying_out_begins(cast: Cast) -> None:
    case = steps.told(cast, "apology")
    with pytest.raises(Refused, match="not possible now"):
        prove(cast, case, "apology")


def test_an_outcome_of_another_case_cannot_be_proven_here(db: Session, cast: Cast) -> None:
    other, case = steps.carried(cast, "apology"), steps.carried(cast, "apology")
    for outcome_id in (outcome(db, other, "apology").id, uuid4()):
        with pytest.raises(Refused, match="not part of this case"):
            cast.let("liaison", case, prove_outcome, proven=OutcomeProven(outcome_id, "Done."))


def test_only_whoever_is_in_charge_proves_an_outcome(db: Session, cast: Cast) -> None:
    case = steps.carried(cast, "apology")
    for who in ("investigator", "decision_maker"):
        with pytest.raises(Refused, match="Only the officer in charge"):
            cast.let(
                who,
                case,
                prove_outcome,
                proven=OutcomeProven(outcome(db, case, "apology").id, "Done."),
            )


def test_an_outcome_is_given_up_by_a_second_person(db: Session, cast: Cast) -> None:
    case = steps.carried(cast, "apology")
    propose(cast, case, "apology")
    assert "1 proposal waiting for agreement" in open_items(db, case)
    with pytest.raises(Refused, match="your own proposal"):
        agree(cast, case, "liaison")
    agree(cast, case)
    assert outcome(db, case, "apology").state == "waived"
    assert proposal(db, case).agreed is True
    assert steps.newest(cast, case)[:2] == ("outcome.waived", {"open": 0})
    assert steps.newest(cast, case)[2]["reason"] == "It serves nobody."
    assert "outcome" not in {one.name for one in running_clocks(db, case)}
    with pytest.raises(Refused, match="nothing to agree to"):
        agree(cast, case)


@pytest.mark.parametrize("who", ["investigator", "decision_maker", "outsider", "administrator"])
def test_who_may_be_no_second_person_agrees_to_nothing(cast: Cast, who: str) -> None:
    case = steps.carried(cast, "apology")
    propose(cast, case, "apology")
    with pytest.raises(Refused, match="Only a second person"):
        agree(cast, case, who)


def test_a_waiver_needs_reasons_from_both(cast: Cast) -> None:
    case = steps.carried(cast, "apology")
    with pytest.raises(Refused, match="Give a reason"):
        propose(cast, case, "apology", " ")
    cast.db.rollback()
    propose(cast, case, "apology")
    with pytest.raises(Refused, match="Give a reason"):
        agree(cast, case, reason="")


def test_a_waiver_is_proposed_once_and_may_be_declined(db: Session, cast: Cast) -> None:
    case = steps.carried(cast, "apology")
    propose(cast, case, "apology")
    with pytest.raises(Refused, match="asked about this already"):
        propose(cast, case, "apology")
    cast.db.rollback()
    cast.let(
        "chair",
        case,
        decline_waiver,
        answer=WaiverAnswered(proposal(db, case).id, "He can still write."),
    )
    assert outcome(db, case, "apology").state == "open"
    assert proposal(db, case).agreed is False
    assert steps.newest(cast, case)[0] == "outcome.waiver_declined"


def test_a_proposal_to_give_up_what_was_then_done_waits_for_nobody(db: Session, cast: Cast) -> None:
    case = steps.carried(cast, "apology")
    propose(cast, case, "apology")
    prove(cast, case, "apology")
    assert proposal(db, case).settled_at is not None
    with in_days(40):
        assert open_items(db, case) == ()
