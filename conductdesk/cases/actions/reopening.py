"""Reopen a closed case, by somebody who had no part in it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.asking import keep_document, require, tell_seats
from conductdesk.cases.actions.auditing import shut_auditors_out
from conductdesk.cases.actions.following_up import CLOCK, drop_check_ins
from conductdesk.cases.actions.moving import move, refuse_stale, step_of
from conductdesk.cases.actions.widening import close_glass
from conductdesk.cases.audit_rows import open_glass_on
from conductdesk.cases.clocks import drop_clock, start_clock
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.models import Appointment, Case, DocumentKind, Finding, Proposal
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move, State, check
from conductdesk.policy import SECONDS, Capacity, Permission, Viewer
from conductdesk.schemes.pack import Pack
from conductdesk.vault.actions import open_new_epochs
from conductdesk.vault.keys import CaseKeys


def reopen_case(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    reason: Reason,
    seen_version: int,
) -> None:
    """Reopen the case for a new triage: what was decided is open, and auditors are shut out."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SECOND)
    involved = was_involved(db, case, actor.account_id)
    facts = replace(move_facts(db, case), reason_given=True, approver_involved=involved)
    check(Move.REOPEN, State(case.state), facts, pack.left_out)
    grants = _open_again(db, case, keys, pack, actor)
    text = f"Reopened.\n\nWhy: {reason.words}"
    keep_document(db, case, keys, DocumentKind.EVENT, actor=actor, body=text)
    tell_seats(db, case, actor, *SECONDS)
    move(
        db,
        case,
        keys,
        Move.REOPEN,
        pack=pack,
        facts=facts,
        actor=actor,
        event="case.reopened",
        detail={"said": "The case was reopened by somebody who had no part in it."},
        grants=grants,
    )


def was_involved(db: Session, case: Case, account_id: UUID | None) -> bool:
    """Answer whether somebody had a part in the case beyond being there to agree as a second."""
    seat = select(Appointment.id).where(
        Appointment.case_id == case.id,
        Appointment.account_id == account_id,
        Appointment.capacity != Capacity.SECOND,
    )
    settled = select(Proposal.id).where(
        Proposal.case_id == case.id,
        Proposal.kind != step_of(Move.REOPEN),  # whoever reopens may have to write down why
        or_(Proposal.proposed_by == account_id, Proposal.settled_by == account_id),
    )
    return any(db.scalar(part.limit(1)) is not None for part in (seat, settled))


def _open_again(db: Session, case: Case, keys: CaseKeys, pack: Pack, actor: Viewer) -> list[Event]:
    """Undo what closing and deciding set, and take the record back from the auditors."""
    moment = clock.now()
    standing = select(Finding).where(Finding.case_id == case.id, Finding.superseded_at.is_(None))
    for finding in db.scalars(standing):
        finding.superseded_at = moment
    case.reopened_at, case.route = moment, None
    case.closed_at = case.keep_until = case.retention_class = None
    case.decided_at = case.appeal_until = None
    case.joined_to = case.joined_at = None  # it is looked into anew, and by itself
    drop_check_ins(db, case, after=moment)
    drop_clock(db, case, CLOCK)
    for name in ("triage", "feedback"):
        start_clock(db, case, pack, name, at=moment)
    events = close_glass(db, case, open_glass_on(db, case), actor=actor)
    events += shut_auditors_out(db, case, actor=actor)
    events += open_new_epochs(
        db, keys.keystore, keys, case_pseudonym=case.pseudonym, actor=actor.pseudonym
    )
    return events
