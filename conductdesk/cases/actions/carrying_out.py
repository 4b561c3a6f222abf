"""Outcomes seen through: each proven done, or waived by a second person with a reason."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from conductdesk.cases.actions.asking import need_text, require
from conductdesk.cases.actions.everywhere import (
    refuse_before_confirmed,
    refuse_giving_up_what_was_told,
)
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.ordering import end_outcome
from conductdesk.cases.actions.proposing import add_proposal, let_drop, refuse_own, settle
from conductdesk.cases.actions.proving import need_open_outcome, need_outcome_to_do, proof_of
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.requesting import refuse_before_all_told, refuse_giving_up
from conductdesk.cases.acts import OutcomeProven, WaiverAnswered, WaiverProposed
from conductdesk.cases.inquiry import open_outcomes, row_of, waiting_waiver
from conductdesk.cases.models import Case, Outcome, OutcomeState, Proposal, ProposalKind
from conductdesk.cases.naming import masked
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move
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
    """Record that an obligation was met, and how one can see it.

    Who may, and what else the proof needs, depends on the kind of outcome.
    """
    outcome = need_outcome_to_do(db, case, proven.outcome_id)
    refuse_before_all_told(db, case, outcome)
    refuse_before_confirmed(db, case, outcome)
    proof = proof_of(db, case, actor=actor, outcome=outcome, proven=proven)
    outcome.proof = keys.seal(Outcome.proof, outcome.id, proof)
    end_outcome(db, case, outcome, OutcomeState.DONE, by=actor)
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
    outcome = need_open_outcome(db, case, waiver.outcome_id)
    refuse_giving_up(db, case, outcome)
    refuse_giving_up_what_was_told(db, outcome)
    reason = need_text(waiver.reason, "Give a reason.")
    if waiting_waiver(db, case, outcome) is not None:
        raise Refused("A second person has been asked about this already.")
    add_proposal(
        db, case, keys, kind=ProposalKind.WAIVE, actor=actor, reason=reason, subject_id=outcome.id
    )
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
    end_outcome(db, case, outcome, OutcomeState.WAIVED, by=actor)
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


def _answered(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, answer: WaiverAnswered
) -> tuple[Proposal, Outcome, str]:
    require(db, case, actor, Permission.SECOND)
    proposal = row_of(db, case, Proposal, answer.proposal_id)
    if (
        proposal.kind != ProposalKind.WAIVE
        or proposal.subject_id is None
        or proposal.settled_at is not None
    ):
        raise Refused("There is nothing to agree to any more.")
    refuse_own(proposal, actor)
    outcome = need_open_outcome(db, case, proposal.subject_id)
    return proposal, outcome, masked(db, case, keys, need_text(answer.reason, "Give a reason."))
