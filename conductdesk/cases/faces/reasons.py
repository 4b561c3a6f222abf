"""The reasons that were written down for the steps that a scheme makes stricter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.actions.moving import step_of
from conductdesk.cases.actions.preparing import steps_to_prepare
from conductdesk.cases.faces.proposals import SEALED
from conductdesk.cases.models import Case, Proposal
from conductdesk.cases.stricter import Takers
from conductdesk.cases.workflow import MOVES, Move
from conductdesk.people.models import Account
from conductdesk.policy import Permission
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

STEPS: Mapping[Move, str] = {
    Move.RECEIVE: "Receive the concern",
    Move.ACKNOWLEDGE: "Acknowledge the case",
    Move.TRIAGE: "Triage",
    Move.TRIAGE_AGAIN: "Choose another route",
    Move.SETTLE_INFORMALLY: "Settle it informally",
    Move.INVESTIGATE: "Open the investigation",
    Move.REPORT: "Lock the report",
    Move.DECIDE: "Decide",
    Move.APPEAL: "Record an appeal",
    Move.CONCLUDE_APPEAL: "Decide the appeal",
    Move.REMIT: "Send the case back after an appeal",
    Move.CARRY_OUT: "Begin to carry it out",
    Move.CLOSE: "Close the case",
    Move.FOLLOW_UP: "Begin aftercare",
    Move.END_FOLLOW_UP: "End aftercare",
    Move.REOPEN: "Reopen the case",
    Move.DESTROY: "Destroy the case",
}
"""What the desk calls each move, as a thing that one does."""


@dataclass(frozen=True)
class ReasonFace:
    """A reason for a step, and what became of it."""

    id: UUID
    step: str
    reason: str
    by: str
    at: datetime
    state: str
    waits: bool
    """Whether a second person is still asked, and the viewer may answer."""


def steps_offered(
    db: Session, case: Case, pack: Pack, powers: frozenset[Permission]
) -> dict[str, str]:
    """Return the steps for which the viewer may write down a reason now, in words."""
    may = powers & {Permission.HANDLE}
    found = steps_to_prepare(db, case, pack)
    return {move.value: STEPS[move] for move in found if may or MOVES[move].permission in powers}


def stand_in_words(takers: Takers, pack: Pack) -> str:
    """Say who takes a step where nobody in the office that it is left to can."""
    if not takers.offices:
        return "whoever else may do it does"
    return " or ".join(pack.office(key).name for key in sorted(takers.offices)) + " stands in"


def reasons_of(
    db: Session,
    case: Case,
    keys: CaseKeys,
    powers: frozenset[Permission],
    me: UUID | None,
) -> tuple[ReasonFace, ...]:
    """Return every reason that was written down for a step of *case*, the newest first."""
    kinds = {step_of(move): move for move in Move}
    wanted = select(Proposal).where(Proposal.case_id == case.id, Proposal.kind.in_(kinds))
    can_read = keys.holds(Compartment.RECORD)
    return tuple(
        ReasonFace(
            id=row.id,
            step=STEPS[kinds[row.kind]],
            reason=keys.open(Proposal.reason, row) if can_read else SEALED,
            by=db.get_one(Account, row.proposed_by).name,
            at=row.proposed_at,
            state=_state(row),
            waits=row.settled_at is None and row.proposed_by != me and Permission.SECOND in powers,
        )
        for row in db.scalars(wanted.order_by(Proposal.proposed_at.desc()))
    )


def _state(row: Proposal) -> str:
    if row.used_at is not None:
        return "The step was made"
    if row.agreed is False:
        return "Not agreed to"
    if row.settled_at is None:
        return "Waits for a second person"
    return "Agreed to" if row.agreed else "Written down"
