"""Entries of a log as people read them: what happened, by whom, and what the reader's key opens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from conductdesk.audit.queries import Entry
from conductdesk.people.queries import names_by_pseudonym
from conductdesk.policy import SYSTEM
from conductdesk.vault.keys import CaseKeys

NO_ACCOUNT = {"reporter": "the reporter", SYSTEM.pseudonym: SYSTEM.name}
"""The actors who have none."""


@dataclass(frozen=True)
class Happening:
    """One entry as a timeline shows it."""

    title: str
    by: str
    at: datetime
    text: str
    index: int
    """The entry's place in the scheme's log."""


def happenings(
    db: Session, entries: Sequence[Entry], keys: CaseKeys, words: Callable[[str], str]
) -> list[Happening]:
    """Return *entries* for a timeline; *words* says what their types are called."""
    names = names_by_pseudonym(db, {entry.actor for entry in entries}) | NO_ACCOUNT
    return [
        Happening(
            title=words(entry.type),
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
