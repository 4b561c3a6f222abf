"""What one person proposes and a second person must agree to."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require, tell_seats
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.inquiry import open_proposal, row_of
from conductdesk.cases.models import Case, Proposal, ProposalKind, Referral
from conductdesk.cases.naming import masked
from conductdesk.cases.needs import TWO_PEOPLE
from conductdesk.policy import SECONDS, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys


def need_proposal(db: Session, case: Case, kind: ProposalKind) -> Proposal:
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
    """Add a proposal, and tell those who may answer it; the caller records it.

    Its reason is masked, because auditors read it.
    """
    if subject_id is None and open_proposal(db, case, kind) is not None:
        raise Refused("Somebody has proposed that already. A second person can agree to it.")
    proposal = keep_proposal(
        db, case, keys, kind=kind, actor=actor, reason=reason, subject_id=subject_id
    )
    tell_seats(db, case, actor, *SECONDS)
    return proposal


def keep_proposal(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    kind: str,
    actor: Viewer,
    reason: str,
    subject_id: UUID | None = None,
) -> Proposal:
    """Add a proposal's row, its reason masked, and tell nobody; the caller records it."""
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
    db.flush()
    return proposal


def settle(proposal: Proposal, *, actor: Viewer) -> None:
    """Note that *actor* agrees to *proposal*."""
    refuse_own(proposal, actor)
    _answer(proposal, actor)
    proposal.agreed = True


def let_drop(proposal: Proposal, *, actor: Viewer) -> None:
    """Note that nobody agrees to *proposal* any more; *actor* may be who proposed it."""
    _refuse_answered(proposal)
    _answer(proposal, actor)
    proposal.agreed = False


def refuse_own(proposal: Proposal, actor: Viewer) -> None:
    """Refuse whoever would settle what they proposed themselves, or what is settled."""
    _refuse_answered(proposal)
    if proposal.proposed_by == actor.account_id:
        raise Refused(TWO_PEOPLE.otherwise)


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
    proposal = row_of(db, case, Proposal, proposal_id)
    let_drop(proposal, actor=actor)
    if proposal.kind == ProposalKind.NO_REFERRAL:
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


def _refuse_answered(proposal: Proposal) -> None:
    if proposal.settled_at is not None:
        raise Refused("Somebody has answered that proposal already.")


def _answer(proposal: Proposal, actor: Viewer) -> None:
    proposal.settled_by, proposal.settled_at = actor.account_id, clock.now()


def _reopen_question(db: Session, proposal: Proposal, keys: CaseKeys, reason: Reason) -> None:
    referral = db.get_one(Referral, proposal.subject_id)
    referral.answered_at = clock.now()
    words = f"A second person did not agree: {reason.words}"
    referral.answer = keys.seal(Referral.answer, referral.id, words)
