"""Let somebody in again who was kept away because an office was named, and who was not meant."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.proposing import add_proposal, settle
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.rerouting import fill_empty_seats
from conductdesk.cases.actions.writing import put_message
from conductdesk.cases.barriers import kept_by_office
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.inquiry import open_proposal, row_of
from conductdesk.cases.joined import others_joined
from conductdesk.cases.models import Barrier, Case, MessageKind, Proposal, ProposalKind
from conductdesk.people.models import Account
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

TOLD = (
    "You named a post that more than one person holds. Until now none of them could read this. The "
    "person you mean is still kept away. We have made sure that another one is somebody else, and "
    "that person may now help with this."
)
"""What the reporter is told, because their page said that nobody in that post reads it."""


def propose_lift(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    account_id: UUID,
    reason: Reason,
    seen_version: int,
) -> Proposal:
    """Propose to let somebody in whom the reporter did not mean; a second person must agree."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    _refuse_while_joined(db, case)
    if open_proposal(db, case, ProposalKind.LIFT) is not None:
        raise Refused("Such a proposal waits already. A second person answers it first.")
    found = [one for one in kept_by_office(db, case, keys) if one.account_id == account_id]
    if not found:
        raise Refused(
            "That person stays kept away: only whoever shares an office that was named with "
            "somebody else who is kept away can be let in again."
        )
    proposal = add_proposal(
        db,
        case,
        keys,
        kind=ProposalKind.LIFT,
        actor=actor,
        reason=reason.words,
        subject_id=found[0].barrier_id,
    )
    said = f"Proposed to let {found[0].name} in again, who was not meant."
    record(db, case, keys, actor=actor, event="lift.proposed", detail={"said": said})
    return proposal


def agree_lift(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    proposal_id: UUID,
    seen_version: int,
) -> None:
    """Agree, as the second person: the barrier goes, and the reporter is told.

    Nobody gets a seat by that, unless one is empty; whoever gets it sees the names first.
    """
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SECOND)
    _refuse_while_joined(db, case)
    proposal = row_of(db, case, Proposal, proposal_id)
    barrier = db.get(Barrier, proposal.subject_id) if proposal.kind == ProposalKind.LIFT else None
    if barrier is None:
        raise Refused("That proposal is about something else.")
    settle(proposal, actor=actor)
    name = db.get_one(Account, barrier.account_id).name
    db.delete(barrier)
    db.flush()
    grants = fill_empty_seats(db, case, keys, pack=pack, actor=actor)
    put_message(db, case, keys, actor=actor, text=TOLD, kind=MessageKind.UPDATE)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="barrier.lifted",
        detail={"said": f"{name} is not kept away from this case any more."},
        grants=grants,
    )


def _refuse_while_joined(db: Session, case: Case) -> None:
    if others_joined(db, case):
        raise Refused(
            "Cases are joined. Whoever is kept away from one of them is kept away from all, so "
            "nobody is let in while they are."
        )
