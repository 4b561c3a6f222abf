"""The history of a closed case: every entry, with the result of a check made as it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from conductdesk.audit.queries import Entry
from conductdesk.audit.record import Pub
from conductdesk.cases.models import Case
from conductdesk.cases.words import event_words
from conductdesk.review.queries.entries import HELD_BACK, actors_of, entries_shown, prove_entries
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.seal import SealBrokenError


@dataclass(frozen=True)
class Line:
    """One log entry, and the result of the check made as the page was shown."""

    title: str
    by: str
    at: datetime
    text: str
    facts: str
    """The entry's public facts, in words."""
    index: int
    detail: str
    """What became of the entry's sealed details."""
    problem: str | None
    """What the check found wrong; None for *verified*."""


def lines_of(
    db: Session, case: Case, keys: CaseKeys, *, limit: int, before: int | None
) -> tuple[Line, ...]:
    """Return the newest entries of *case*, each proven against the present head of the log."""
    entries = entries_shown(db, case, limit=limit, before=before)
    proven = prove_entries(db, case.scheme, [entry.idx for entry in entries])
    names = actors_of(db, entries)
    return tuple(
        line_of(entry, keys, names, case.pseudonym, proven[entry.idx]) for entry in entries
    )


def line_of(
    entry: Entry, keys: CaseKeys, names: Mapping[str, str], case: str, problem: str | None
) -> Line:
    """Return one entry of the case *case* as a line; *problem* is what its proof said."""
    text, detail, broken = _opened(entry, keys)
    misfiled = "the entry names another case" if entry.case != case else None
    return Line(
        title=event_words(entry.type),
        by=names.get(entry.actor, "somebody who has left"),
        at=entry.time,
        text=text,
        facts=_pub_words(entry.pub),
        index=entry.idx,
        detail=detail,
        problem=problem or misfiled or broken,
    )


def _opened(entry: Entry, keys: CaseKeys) -> tuple[str, str, str | None]:
    """Return what an entry says, what became of its details, and what is wrong with them."""
    if entry.commit is None:
        return "", "", None
    if entry.sealed is None:
        return "", "Details erased; the commitment stays", None
    try:
        detail = keys.open_detail(entry)
    except SealBrokenError:
        return "", "", "the details are not those that the entry commits to"
    if detail is None:
        return "", "Details closed: you have no key to them", None
    if entry.type in HELD_BACK:
        return "", "Details match; their words stay closed, because they may name somebody", None
    return str(detail.get("said", "")), "Details match the commitment", None


def _pub_words(pub: Mapping[str, Pub]) -> str:
    return "; ".join(f"{key.replace('_', ' ')}: {_pub_word(value)}" for key, value in pub.items())


def _pub_word(value: Pub) -> str:
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    words = [value] if isinstance(value, str | int) else value
    return ", ".join(str(word).replace("_", " ") for word in words)
