"""Reads of the auditor's desk: closed cases, entries proven now, and checks of a whole log."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.models import LogCheckpoint, LogEntry
from conductdesk.audit.note import PROOF_HEADER, NoteError, parse_checkpoint, parse_proof
from conductdesk.audit.queries import Entry, entries_of_case, stored_tiles
from conductdesk.audit.record import read_head
from conductdesk.audit.tree import (
    ProofError,
    hash_leaf,
    inclusion_proof,
    root_of,
    verify_inclusion,
)
from conductdesk.audit.verify import verify_log
from conductdesk.cases.models import Case
from conductdesk.cases.queries import reviewable_cases
from conductdesk.db import Database
from conductdesk.people.queries import names_by_pseudonym
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import ZONE
from conductdesk.vault.keystore import Keystore

PAGE_SIZE = 50
FOR_ITS_REPORTER = ("receipt", "proof")
"""Checkpoints signed for one reporter: their sizes would tell when a concern came in."""

CHAIN_LIMIT = 10_000
"""More entries than any one case has."""


@dataclass(frozen=True)
class Wanted:
    """Which closed cases the auditor wants to see."""

    scheme: str = ""
    closed_from: date | None = None
    closed_to: date | None = None
    after: UUID | None = None
    """The last case of the page before."""

    @property
    def narrowed(self) -> bool:
        """Whether some closed cases may be left out."""
        return bool(self.scheme or self.closed_from or self.closed_to)


@dataclass(frozen=True)
class LogCheck:
    """What a check of one scheme's log found, and when it began."""

    scheme: str
    status: str
    size: int
    root: str
    """Base64, as a checkpoint writes it."""
    problem: str | None
    at: datetime
    own_size: int | None
    """How many entries the auditor's own checkpoint covers; None where none was given."""


def population(db: Session, viewer: Viewer, wanted: Wanted) -> tuple[list[Case], bool]:
    """Return one page of the closed cases that *viewer* audits, and whether more follow."""
    query = reviewable_cases(viewer).where(*_conditions(wanted))
    last = db.scalars(reviewable_cases(viewer).where(Case.id == wanted.after)).first()
    if last is not None:
        query = query.where(_behind(last))
    found = db.scalars(query.order_by(Case.closed_at.desc(), Case.id).limit(PAGE_SIZE + 1)).all()
    return list(found[:PAGE_SIZE]), len(found) > PAGE_SIZE


def count_population(db: Session, viewer: Viewer, wanted: Wanted) -> int:
    """Count the closed cases that *viewer* audits, on all pages."""
    query = reviewable_cases(viewer).where(*_conditions(wanted)).with_only_columns(Case.id)
    return db.scalar(select(func.count()).select_from(query.subquery())) or 0


def newest_checkpoint(db: Session, log_id: str) -> LogCheckpoint | None:
    """Return the newest signed checkpoint that is not one reporter's own."""
    kept = select(LogCheckpoint).where(
        LogCheckpoint.log_id == log_id, LogCheckpoint.purpose.not_in(FOR_ITS_REPORTER)
    )
    return db.scalars(kept.order_by(LogCheckpoint.size.desc()).limit(1)).first()


def entries_shown(
    db: Session, case: Case, *, limit: int = CHAIN_LIMIT, before: int | None = None
) -> list[Entry]:
    """Return the newest entries of *case*, the newest first; refuse where one cannot be read."""
    try:
        return entries_of_case(
            db, case.scheme, case.pseudonym, newest_first=True, limit=limit, before=before
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(
            "An entry of this case was changed and cannot be read. Check the whole log."
        ) from error


def actors_of(db: Session, entries: Sequence[Entry]) -> dict[str, str]:
    """Return who acted in *entries*, by the pseudonym that the log has for them."""
    names = names_by_pseudonym(db, {entry.actor for entry in entries})
    return names | {"reporter": "the reporter", "system": "ConductDesk"}


def prove_entries(db: Session, log_id: str, indexes: Iterable[int]) -> dict[int, str | None]:
    """Prove that each entry is in the log as it stands now: None, or what is wrong with it."""
    wanted = list(indexes)
    head, tiles = read_head(db, log_id), stored_tiles(db, log_id)
    root = root_of(head.frontier)
    stored = select(LogEntry.idx, LogEntry.entry).where(
        LogEntry.log_id == log_id, LogEntry.idx.in_(wanted)
    )
    problems: dict[int, str | None] = dict.fromkeys(wanted, "the entry is missing")
    for idx, entry in db.execute(stored):
        try:
            proof = inclusion_proof(tiles, idx, head.size)
            verify_inclusion(hash_leaf(entry), idx, head.size, proof, root)
            problems[idx] = None
        except (ProofError, ValueError) as error:
            problems[idx] = str(error)
    return problems


def read_checkpoint(text: str) -> str:
    """Return an auditor's checkpoint, or proof, as its signature covers it.

    Forms turn line ends into CR LF, and people add blank lines. Raises `NoteError`.
    """
    clean = text.replace("\r\n", "\n").strip() + "\n"
    size_in(clean)
    return clean


def size_in(text: str) -> int:
    """Return how many entries the checkpoint in *text* covers."""
    checkpoint = parse_proof(text).checkpoint if text.startswith(PROOF_HEADER) else text
    size = parse_checkpoint(checkpoint).size
    if not size:
        raise NoteError("a checkpoint of an empty log says nothing")
    return size


def check_log(
    database: Database, keystore: Keystore, scheme: str, outside: Sequence[str]
) -> LogCheck:
    """Check the whole log of *scheme* now; it reads every entry, so it takes its time.

    It opens sessions of its own, so that nobody waits for a lock meanwhile.
    """
    begun = clock.now()  # what comes into the log meanwhile may not be covered
    with database.reading() as db:
        key = verifier_key(db, keystore, scheme)
    with database.reading() as db:
        verdict = verify_log(db, scheme, key, outside=outside)
    return LogCheck(
        scheme=scheme,
        status=verdict.status.value,
        size=verdict.size,
        root=base64.b64encode(verdict.root).decode(),
        problem=verdict.problem,
        at=begun,
        own_size=max((size_in(text) for text in outside), default=None),
    )


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.scheme:
        conditions.append(Case.scheme == wanted.scheme)
    if wanted.closed_from:
        conditions.append(Case.closed_at >= _midnight(wanted.closed_from))
    if wanted.closed_to:
        conditions.append(Case.closed_at < _midnight(wanted.closed_to + timedelta(days=1)))
    return conditions


def _behind(last: Case) -> ColumnElement[bool]:
    same = and_(Case.closed_at == last.closed_at, Case.id > last.id)
    return or_(Case.closed_at < last.closed_at, same)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
