"""The history of a case: its log entries, with the details that the viewer's key opens."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.models import Case
from conductdesk.cases.words import QUIET, READS, event_words
from conductdesk.people.happenings import Happening, happenings
from conductdesk.vault.keys import CaseKeys

PAGE = 50


def history_of(
    db: Session, case: Case, keys: CaseKeys, *, before: int | None = None
) -> list[Happening]:
    """Return one page of the history of *case*, the newest first."""
    entries = entries_of_case(
        db, case.scheme, case.pseudonym, newest_first=True, limit=PAGE, before=before
    )
    return happenings(db, entries, keys, event_words)


def newest_acts_of(db: Session, case: Case, keys: CaseKeys, count: int) -> list[Happening]:
    """Return what was done last on *case*, without reads and keys, the newest first."""
    entries = entries_of_case(db, case.scheme, case.pseudonym, newest_first=True, limit=PAGE)
    acts = [entry for entry in entries if entry.type not in QUIET | READS]
    return happenings(db, acts[:count], keys, event_words)
