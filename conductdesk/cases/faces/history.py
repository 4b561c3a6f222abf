"""The history of a case: its log entries, with the details that the viewer's key opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from conductdesk.audit.queries import Entry, entries_of_case
from conductdesk.cases.models import Case
from conductdesk.cases.words import QUIET, READS, event_words
from conductdesk.people.queries import names_by_pseudonym
from conductdesk.vault.keys import CaseKeys

PAGE = 50


@dataclass(frozen=True)
class Happening:
    """One entry as the timeline shows it."""

    title: str
    by: str
    at: datetime
    text: str
    index: int
    """The entry's place in the scheme's log."""


def history_of(
    db: Session, case: Case, keys: CaseKeys, *, before: int | None = None
) -> list[Happening]:
    """Return one page of the history of *case*, the newest first."""
    entries = entries_of_case(
        db, case.scheme, case.pseudonym, newest_first=True, limit=PAGE, before=before
    )
    return _happenings(db, entries, keys)


def newest_acts_of(db: Session, case: Case, keys: CaseKeys, count: int) -> list[Happening]:
    """Return what was done last on *case*, without reads and keys, the newest first."""
    entries = entries_of_case(db, case.scheme, case.pseudonym, newest_first=True, limit=PAGE)
    acts = [entry for entry in entries if entry.type not in QUIET | READS]
    return _happenings(db, acts[:count], keys)


def _happenings(db: Session, entries: Sequence[Entry], keys: CaseKeys) -> list[Happening]:
    names = names_by_pseudonym(db, {entry.actor for entry in entries})
    names |= {"reporter": "the reporter", "system": "ConductDesk"}
    return [
        Happening(
            title=event_words(entry.type),
            by=names.get(entry.actor, "somebody who has left"),
            at=entry.time,
            text=_said(entry, keys),
            index=entry.idx,
        )
        for entry in entries
    ]


def _said(entry: Entry, keys: CaseKeys) -> str:
    detail = keys.open_detail(entry)
    return str(detail.get("said", "")) if detail else ""
