"""Outcomes seen through: each proven done, or waived by a second person with a reason."""

from __future__ import annotations

import hashlib
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text, refuse_unless_in, require
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.ordering import end_outcome
from conductdesk.cases.actions.proposing import add_proposal, let_drop, refuse_own, settle
from conductdesk.cases.actions.recording import record
from conductdesk.cases.acts import OutcomeProven, WaiverAnswered, WaiverProposed
from conductdesk.cases.clocks import WINDOW, stood_still
from conductdesk.cases.days import in_words
from conductdesk.cases.inquiry import WAIVE, open_outcomes, row_of, waiting_waiver
from conductdesk.cases.models import Case, Outcome, Proposal
from conductdesk.cases.naming import masked
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move, State
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


def begin_carrying_out(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, seen_version: int
) -> None:
    """Go on to what was decided, agreed, or chosen at triage."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    move(
        db,
        case,
        keys,
        Move.CARRY_OUT,
        pack=pack,
        facts=move_facts(db, case),
        actor=actor,
        event="outcomes.begun",
        pub={"open": len(open_outcomes(db, case))},
        detail={"said": "Began to carry out what follows."},
    )


def prove_outcome(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, proven: OutcomeProven
) -> None:
    """Record that an obligation was met, and how one can see it."""
    require(db, case, actor, Permission.HANDLE)
    outcome = _open_outcome(db, case, proven.outcome_id)
    _refuse_before_effect(db, case, outcome)
    proof = need_text(proven.proof, "Say how one can see that it was done.")
    outcome.proof = keys.seal(Outcome.proof, outcome.id, proof)
    end_outcome(db, case, outcome, "done", by=actor)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="outcome.proven",
        pub={"open": len(open_outcomes(db, case))},
        detail={
            "said": "An outcome was carried out.",
            "outcome": outcome.kind,
            "sha256": hashlib.sha256(proof.encode()).hexdigest(),
        },
    )


def propose_waiver(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, waiver: WaiverProposed
) -> None:
    """Propose to give an obligation up; it stays until a second person agrees."""
    require(db, case, actor, Permission.HANDLE)
    outcome = _open_outcome(db, case, waiver.outcome_id)
    reason = need_text(waiver.reason, "Give a reason.")
    if waiting_waiver(db, case, outcome) is not None:
        raise Refused("A second person has been asked about this already.")
    add_proposal(db, case, keys, kind=WAIVE, actor=actor, reason=reason, subject_id=outcome.id)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="outcome.waiver_proposed",
        detail={
            "said": "Proposed to give an outcome up.",
            "outcome": outcome.kind,
            "reason": masked(db, case, keys, reason),
        },
    )


def agree_waiver(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, answer: WaiverAnswered
) -> None:
    """Give an obligation up, as a second person, with a reason."""
    proposal, outcome, reason = _answered(db, case, keys, actor, answer)
    settle(proposal, actor=actor)
    end_outcome(db, case, outcome, "waived", by=actor)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="outcome.waived",
        pub={"open": len(open_outcomes(db, case))},
        detail={"said": "Agreed to give it up.", "outcome": outcome.kind, "reason": reason},
    )


def decline_waiver(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, answer: WaiverAnswered
) -> None:
    """Let an obligation stand that somebody wanted to give up."""
    proposal, outcome, reason = _answered(db, case, keys, actor, answer)
    let_drop(proposal, actor=actor)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="outcome.waiver_declined",
        pub={"open": len(open_outcomes(db, case))},
        detail={"said": "Did not agree to it.", "outcome": outcome.kind, "reason": reason},
    )


def _open_outcome(db: Session, case: Case, outcome_id: UUID) -> Outcome:
    refuse_unless_in(case, State.CARRYING_OUT)
    outcome = row_of(db, case, Outcome, outcome_id)
    if outcome.state != "open":
        raise Refused("This outcome is settled already.")
    return outcome


def _refuse_before_effect(db: Session, case: Case, outcome: Outcome) -> None:
    if outcome.effective_from is None:
        return
    until = outcome.effective_from + stood_still(db, case, WINDOW)
    if clock.now() <= until:
        raise Refused(
            f"This waits until the time to appeal has ended, after {in_words(until)}. "
            "While a hold stands, that time stands still."
        )


def _answered(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, answer: WaiverAnswered
) -> tuple[Proposal, Outcome, str]:
    require(db, case, actor, Permission.SECOND)
    proposal = row_of(db, case, Proposal, answer.proposal_id)
    if proposal.kind != WAIVE or proposal.subject_id is None or proposal.settled_at is not None:
        raise Refused("There is nothing to agree to any more.")
    refuse_own(proposal, actor)
    outcome = _open_outcome(db, case, proposal.subject_id)
    return proposal, outcome, masked(db, case, keys, need_text(answer.reason, "Give a reason."))
