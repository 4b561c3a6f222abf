"""The history of a register: its log entries, with the details that the viewer's key opens."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.audit.queries import entries_of_case
from conductdesk.participants.kept import Kept
from conductdesk.participants.words import event_words
from conductdesk.people.happenings import Happening, happenings

PAGE = 50


def register_history(db: Session, kept: Kept, before: int | None = None) -> list[Happening]:
    """Return one page of what was done to the register, the newest first."""
    register = kept.register
    entries = entries_of_case(
        db, register.scheme, register.pseudonym, newest_first=True, limit=PAGE, before=before
    )
    return happenings(db, entries, kept.keys, event_words)
