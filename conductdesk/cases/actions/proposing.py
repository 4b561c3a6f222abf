"""What one person proposes and a second person must agree to."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.models import Case, CheckIn, InterimMeasure, Proposal, Referral
from conductdesk.cases.naming import masked
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys

Found = TypeVar("Found", CheckIn, InterimMeasure, Proposal, Referral)


def row_on(db: Session, case: Case, model: type[Found], row_id: UUID) -> Found:
    """Return a row of this very case, or refuse; the id comes from a form."""
    row = db.get(model, row_id)
    if row is None or row.case_id != case.id:
        raise Refused("That is not part of this case. Choose from the list.")
    return row


def open_proposal(db: Session, case: Case, kind: str) -> Proposal | None:
    """Return the proposal of *kind* that waits for a second person, or None."""
    waiting = select(Proposal).where(
        Proposal.case_id == case.id, Proposal.kind == kind, Proposal.settled_at.is_(None)
    )
    return db.scalars(waiting.order_by(Proposal.proposed_at).limit(1)).first()


def need_proposal(db: Session, case: Case, kind: str) -> Proposal:
    """Return the proposal of *kind* that waits for a second person, or refuse."""
    found = open_proposal(db, case, kind)
    if found is None:
        raise Refused("Nobody has proposed that. Somebody proposes it first, and you agree to it.")
    return found


def add_proposal(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    kind: str,
    actor: Viewer,
    reason: str,
    subject_id: UUID | None = None,
) -> Proposal:
    """Add a proposal; its reason is masked, because auditors read it. The caller records it."""
    if subject_id is None and open_proposal(db, case, kind) is not None:
        raise Refused("Somebody has proposed that already. A second person can agree to it.")
    row_id = uuid4()
    reason = masked(db, case, keys, reason)
    proposal = Proposal(
        id=row_id,
        case_id=case.id,
        kind=kind,
        subject_id=subject_id,
        proposed_by=actor.account_id,
        proposed_at=clock.now(),
        reason=keys.seal(Proposal.reason, row_id, reason),
    )
    db.add(proposal)
    return proposal


def settle(proposal: Proposal, *, actor: Viewer) -> None:
    """Note that *actor* agrees to *proposal*."""
    refuse_own(proposal, actor)
    proposal.settled_by, proposal.settled_at = actor.account_id, clock.now()
    proposal.agreed = True


def refuse_own(proposal: Proposal, actor: Viewer) -> None:
    """Refuse whoever would settle what they proposed themselves, or what is settled."""
    if proposal.settled_at is not None:
        raise Refused("Somebody has answered that proposal already.")
    if proposal.proposed_by == actor.account_id:
        raise Refused("A second person must agree. You cannot agree to your own proposal.")


def refuse_proposal(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    proposal_id: UUID,
    reason: Reason,
    seen_version: int,
) -> None:
    """Record that the second person does not agree; whoever proposed it may also take it back."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SECOND)
    proposal = row_on(db, case, Proposal, proposal_id)
    if proposal.settled_at is not None:
        raise Refused("Somebody has answered that proposal already.")
    proposal.settled_by, proposal.settled_at = actor.account_id, clock.now()
    proposal.agreed = False
    if proposal.kind == "no_referral":
        _reopen_question(db, proposal, keys, reason)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="proposal.refused",
        pub={"proposal": proposal.kind},
        detail={
            "said": "Did not agree to what was proposed.",
            "reason": masked(db, case, keys, reason.words),
        },
    )


def _reopen_question(db: Session, proposal: Proposal, keys: CaseKeys, reason: Reason) -> None:
    referral = db.get_one(Referral, proposal.subject_id)
    referral.answered_at = clock.now()
    words = f"A second person did not agree: {reason.words}"
    referral.answer = keys.seal(Referral.answer, referral.id, words)
