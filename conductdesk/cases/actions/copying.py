"""The audit copy: what an auditor reads of a case, with the parties by their pseudonyms."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.naming_nobody import StillNamed
from conductdesk.cases.actions.recording import record
from conductdesk.cases.closing_acts import CheckedCopy, Section
from conductdesk.cases.masking import mask, still_named
from conductdesk.cases.models import (
    AuditCopy,
    Case,
    TieCheck,
)
from conductdesk.cases.naming import known_on
from conductdesk.cases.standing import newest_text
from conductdesk.cases.telling import told_of
from conductdesk.cases.ties import named_for_auditors
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys, NotGranted
from conductdesk.vault.models import Compartment


def draft_audit_copy(db: Session, case: Case, keys: CaseKeys) -> tuple[Section, ...]:
    """Return the masked draft of an audit copy, for the handler to check.

    It leaves out the reporter's identity, the messages other than feedback, and every file.
    Raises `NotGranted` for whoever cannot read all of the case.
    """
    known = known_on(db, case, keys)
    drafted = (Section(title, mask(text, known)) for title, text in told_of(db, case, keys))
    return tuple(section for section in drafted if section.text.strip())


def keep_audit_copy(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, copy: CheckedCopy, seen_version: int
) -> AuditCopy:
    """Keep an audit copy that its handler has checked, unless it still names somebody."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    if not (keys.holds(Compartment.INTAKE) and keys.holds(Compartment.IDENTITY)):
        raise NotGranted  # nobody can check for names that they cannot read
    text = "\n\n".join(f"{section.title}\n{section.text}" for section in copy.sections)
    named = still_named(text, known_on(db, case, keys))
    if named:
        raise StillNamed("The copy", named)
    row_id = uuid4()
    kept = AuditCopy(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        made_at=clock.now(),
        body=keys.seal(AuditCopy.body, row_id, copy.to_json()),
        named=keys.seal(AuditCopy.named, row_id, named_for_auditors(db, case, keys).to_json()),
    )
    db.add(kept)
    db.execute(delete(TieCheck).where(TieCheck.case_id == case.id))  # somebody may be new in it
    record(
        db,
        case,
        keys,
        actor=actor,
        event="audit_copy.checked",
        pub={"sections": len(copy.sections)},
        detail={"said": "The copy for the auditors was checked."},
    )
    return kept


def latest_audit_copy(db: Session, case: Case) -> AuditCopy | None:
    """Return the newest audit copy of *case*."""
    copies = select(AuditCopy).where(AuditCopy.case_id == case.id)
    return db.scalars(copies.order_by(AuditCopy.made_at.desc()).limit(1)).first()


def audit_copies(db: Session, case_ids: Collection[UUID]) -> dict[UUID, AuditCopy]:
    """Return the newest audit copy of each of some cases that has one."""
    copies = select(AuditCopy).where(AuditCopy.case_id.in_(case_ids))
    return {copy.case_id: copy for copy in db.scalars(copies.order_by(AuditCopy.made_at))}


def need_current_copy(db: Session, case: Case) -> None:
    """Refuse where no audit copy was checked since something was last written on the case."""
    copy = latest_audit_copy(db, case)
    if copy is None:
        raise Refused("Check the copy for the auditors first.")
    if (newest := newest_text(db, case)) is not None and newest > copy.made_at:
        raise Refused(
            "Something was added since you checked the copy for the auditors. Do it again."
        )
