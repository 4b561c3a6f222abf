"""Reads of what an audit left on one case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.models import (
    NOT_OVER,
    AuditFinding,
    AuditQuestion,
    BreakGlass,
    Case,
    GlassState,
)
from conductdesk.cases.queries import seats_of
from conductdesk.people.models import Account
from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment
from conductdesk.vault.queries import grants_of


def offices_on(db: Session, case: Case) -> frozenset[str]:
    """Return the offices that have somebody on the case, who can read its record."""
    return frozenset(seat.office for seat in seats_of(db, case) if seat.office)


def findings_on(db: Session, case: Case) -> Sequence[AuditFinding]:
    """Return the findings of the audit that were seen on *case*, the oldest first."""
    wanted = select(AuditFinding).where(AuditFinding.case_id == case.id)
    return db.scalars(wanted.order_by(AuditFinding.made_at)).all()


def finding_of(db: Session, case: Case, finding_id: UUID) -> AuditFinding:
    """Return a finding that is still open, locked, or refuse."""
    wanted = AuditFinding.id == finding_id, AuditFinding.case_id == case.id
    found = db.scalars(select(AuditFinding).where(*wanted).with_for_update()).one_or_none()
    if found is None:
        raise Refused("There is no such finding on this case.")
    if found.closed_at is not None:
        raise Refused("This finding is closed.")
    return found


def questions_on(db: Session, case: Case) -> Sequence[AuditQuestion]:
    """Return what auditors asked about *case*, the oldest first."""
    wanted = select(AuditQuestion).where(AuditQuestion.case_id == case.id)
    return db.scalars(wanted.order_by(AuditQuestion.asked_at)).all()


def question_of(db: Session, case: Case, question_id: UUID) -> AuditQuestion:
    """Return a question that nobody has answered, locked, or refuse."""
    wanted = AuditQuestion.id == question_id, AuditQuestion.case_id == case.id
    found = db.scalars(select(AuditQuestion).where(*wanted).with_for_update()).one_or_none()
    if found is None:
        raise Refused("There is no such question on this case.")
    if found.answered_at is not None:
        raise Refused("This question was answered already.")
    return found


def glass_on(db: Session, case: Case) -> Sequence[BreakGlass]:
    """Return who asked to read more of *case* than its record, the oldest first."""
    wanted = select(BreakGlass).where(BreakGlass.case_id == case.id)
    return db.scalars(wanted.order_by(BreakGlass.asked_at)).all()


def open_glass_on(db: Session, case: Case) -> list[BreakGlass]:
    """Return the requests to read more that wait, or were agreed to."""
    return [one for one in glass_on(db, case) if one.state in NOT_OVER]


def waiting_for_officers(db: Session, case: Case) -> list[object]:
    """Return what auditors asked or found on *case* and no officer has answered yet."""
    findings = (one for one in findings_on(db, case) if one.replied_at is None)
    questions = (one for one in questions_on(db, case) if one.answered_at is None)
    asked = (one for one in glass_on(db, case) if one.state == GlassState.WAITING)
    return [*findings, *questions, *asked]


def parts_of(glass: BreakGlass) -> frozenset[Compartment]:
    """Return the compartments that a request names."""
    return frozenset(Compartment(part) for part in glass.parts.split())


def runs(glass: BreakGlass, moment: datetime | None = None) -> bool:
    """Answer whether an auditor may have the keys that two people agreed to."""
    return glass.state == GlassState.AGREED and glass.ends_at > (moment or clock.now())


def has_keys(db: Session, glass: BreakGlass) -> bool:
    """Answer whether the auditor has a key to everything that two people agreed to."""
    principal_id = db.get_one(Account, glass.account_id).principal_id
    held = grants_of(db, glass.case_id, principal_id) if principal_id else ()
    return parts_of(glass) <= {key.compartment for _grant, key in held}


def opened_to(db: Session, case: Case, account_id: UUID | None) -> frozenset[Compartment]:
    """Return what *account_id* may read of *case* beside its record, today."""
    mine = (one for one in glass_on(db, case) if one.account_id == account_id and runs(one))
    return frozenset().union(*(parts_of(one) for one in mine))
