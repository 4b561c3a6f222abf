"""The history of a register: its log entries, with the details that the viewer's key opens."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from conductdesk.audit.queries import entries_of_case
from conductdesk.participants.kept import Kept
from conductdesk.participants.words import event_words
from conductdesk.people.happenings import Happening, happenings
from conductdesk.policy import Viewer

PAGE = 50


def register_history(
    db: Session, kept: Kept, viewer: Viewer, before: int | None = None
) -> list[Happening]:
    """Return one page of what was done to the register, the newest first.

    Whoever keeps the people of one organisation reads the words of their own acts alone: those of
    others may name people of other organisations.
    """
    register = kept.register
    entries = entries_of_case(
        db, register.scheme, register.pseudonym, newest_first=True, limit=PAGE, before=before
    )
    found = happenings(db, entries, kept.keys, event_words)
    return [
        one if kept.theirs.is_all or entry.actor == viewer.pseudonym else replace(one, text="")
        for entry, one in zip(entries, found, strict=True)
    ]
