"""Leave the entry that an auditor opened a closed case, or read its originals; who is an auditor."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.models import Case, CaseRead
from conductdesk.policy import Permission, Viewer, may_enter
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys


def need_auditor(actor: Viewer, scheme: str) -> None:
    """Refuse whoever does not audit *scheme*."""
    if not may_enter(actor, Permission.AUDIT) or scheme not in actor.audits:
        raise Refused("You do not audit this scheme.")


def note_review(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, sign_in: bytes) -> bool:
    """Leave the entry that an auditor opened the case; once for each sign-in.

    *sign_in* tells one sign-in from another. Return whether an entry was left.
    """
    return _note_once(db, case, keys, actor=actor, sign_in=sign_in, event="case.reviewed")


def note_originals(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, sign_in: bytes
) -> bool:
    """Leave the entry that an auditor read the originals; once for each sign-in."""
    require(db, case, actor, Permission.REVIEW)
    return _note_once(db, case, keys, actor=actor, sign_in=sign_in, event="originals.read")


def is_review_noted(
    db: Session, case: Case, *, sign_in: bytes, event: str = "case.reviewed"
) -> bool:
    """Answer whether this sign-in has left its entry for *case* already."""
    return db.get(CaseRead, (_mark(sign_in, event), case.id)) is not None


def _note_once(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, sign_in: bytes, event: str
) -> bool:
    if is_review_noted(db, case, sign_in=sign_in, event=event):
        return False
    mark = _mark(sign_in, event)
    db.add(CaseRead(session_hash=mark, case_id=case.id, read_at=clock.now()))
    record_quietly(db, case, keys, actor=actor, event=event)
    return True


def _mark(sign_in: bytes, event: str) -> bytes:
    return hashlib.sha256(event.encode() + b"\0" + sign_in).digest()
