"""Leave the entry that an auditor opened a closed case."""

from __future__ import annotations

import hashlib

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.models import Case, CaseRead
from conductdesk.policy import Viewer
from conductdesk.vault.keys import CaseKeys


def note_review(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, sign_in: bytes) -> bool:
    """Leave the entry that an auditor opened the case; once for each sign-in.

    *sign_in* tells one sign-in from another. Return whether an entry was left.
    """
    if is_review_noted(db, case, sign_in=sign_in):
        return False
    db.add(CaseRead(session_hash=_mark(sign_in), case_id=case.id, read_at=clock.now()))
    record_quietly(db, case, keys, actor=actor, event="case.reviewed")
    return True


def is_review_noted(db: Session, case: Case, *, sign_in: bytes) -> bool:
    """Answer whether this sign-in has left its entry for *case* already."""
    return db.get(CaseRead, (_mark(sign_in), case.id)) is not None


def _mark(sign_in: bytes) -> bytes:
    return hashlib.sha256(b"case.reviewed\0" + sign_in).digest()
