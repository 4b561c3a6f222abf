"""What a scheme asks for before a step that it makes stricter: a reason, and a second person."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.moving import last_prepared, refuse_stale, step_of
from conductdesk.cases.actions.proposing import add_proposal, keep_proposal, settle
from conductdesk.cases.actions.recording import record
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.inquiry import row_of
from conductdesk.cases.models import Case, Proposal
from conductdesk.cases.workflow import MOVES, Move, State, moves_from
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


def steps_to_prepare(db: Session, case: Case, pack: Pack) -> tuple[Move, ...]:
    """Return the moves that lead on from here for which a reason is asked, and none is there."""
    asked = {move for move, rule in pack.stricter.items() if rule.reason or rule.second}
    return tuple(
        move
        for move in moves_from(State(case.state), pack.left_out)
        if move in asked and not _is_prepared(last_prepared(db, case, move))
    )


def write_reason(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    which: Move,
    reason: Reason,
    seen_version: int,
) -> Proposal:
    """Write down the reason for a step, and ask a second person where the scheme wants one."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE, MOVES[which].permission)
    if which not in steps_to_prepare(db, case, pack):
        raise Refused("No reason is wanted for that step now. Choose one from the list.")
    keep = add_proposal if pack.stricter[which].second else keep_proposal
    written = keep(db, case, keys, kind=step_of(which), actor=actor, reason=reason.words)
    if not pack.stricter[which].second:
        written.settled_at = clock.now()  # nobody has to agree
    record(
        db,
        case,
        keys,
        actor=actor,
        event="step.prepared",
        pub={"step": which.value},
        detail={"said": "Wrote down the reason for a step."},
    )
    return written


def agree_step(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    proposal_id: UUID,
    seen_version: int,
) -> None:
    """Agree, as a second person, to a step for which somebody wrote down the reason."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SECOND)
    proposal = row_of(db, case, Proposal, proposal_id)
    steps = {step_of(Move(move)): move for move in pack.stricter}
    if proposal.kind not in steps:
        raise Refused("That proposal is about something else.")
    settle(proposal, actor=actor)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="step.agreed",
        pub={"step": steps[proposal.kind]},
        detail={"said": "Agreed to a step."},
    )


def _is_prepared(written: Proposal | None) -> bool:
    """Answer whether a reason is there, and nobody has said no to it."""
    return written is not None and written.agreed is not False
