"""Reading the log: entries, checkpoints, and the hashes that proofs are made of."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from conductdesk.audit.models import LogCheckpoint, WitnessState
from conductdesk.audit.record import DETAILS, ENTRIES, HEADS, TILES, Pub, read_hashes
from conductdesk.audit.tree import Tiles, consistency_proof, inclusion_proof


@dataclass(frozen=True)
class Entry:
    """One entry as it stands in a log; `sealed` is None once its details are erased."""

    idx: int
    time: datetime
    type: str
    case: str | None
    n: int | None
    actor: str
    pub: dict[str, Pub]
    rows: tuple[tuple[str, UUID, str], ...]
    commit: str | None
    sealed: bytes | None


def entries_of_case(
    db: Session,
    log_id: str,
    case_pseudonym: str,
    *,
    newest_first: bool = False,
    limit: int = 100,
    before: int | None = None,
) -> list[Entry]:
    """Return one page of a case's entries.

    *before* is the index of the last entry already shown; the page goes on from there in the
    chosen order.
    """
    query = _entries(log_id).where(ENTRIES.c.case_ref == case_pseudonym).limit(limit)
    if before is not None:
        query = query.where(ENTRIES.c.idx < before if newest_first else ENTRIES.c.idx > before)
    query = query.order_by(ENTRIES.c.idx.desc() if newest_first else ENTRIES.c.idx)
    return [_entry(row) for row in db.connection().execute(query)]


def entries_between(
    db: Session, log_id: str, *, after: int, below: int, case: str | None, limit: int = 1_000
) -> list[tuple[int, str | None, bytes, bytes | None]]:
    """Return index, case, bytes and sealed details of the next entries of a log, or of one case."""
    query = _entries(log_id).add_columns(ENTRIES.c.case_ref)
    query = query.where(ENTRIES.c.idx > after, ENTRIES.c.idx < below)
    if case is not None:
        query = query.where(ENTRIES.c.case_ref == case)
    found = db.connection().execute(query.order_by(ENTRIES.c.idx).limit(limit))
    return [(row.idx, row.case_ref, row.entry, row.sealed) for row in found]


def newest_of_case(
    db: Session, log_id: str, case_pseudonym: str, types: Collection[str]
) -> Entry | None:
    """Return the newest of a case's entries of these *types*."""
    before: int | None = None
    while page := entries_of_case(db, log_id, case_pseudonym, newest_first=True, before=before):
        for entry in page:
            if entry.type in types:
                return entry
        before = page[-1].idx
    return None


def entry_of_row(db: Session, log_id: str, case_pseudonym: str, row_id: UUID) -> int | None:
    """Return the index of the first of a case's entries that names the row *row_id*."""
    query = select(ENTRIES.c.idx, ENTRIES.c.entry).where(
        ENTRIES.c.log_id == log_id, ENTRIES.c.case_ref == case_pseudonym
    )
    found = db.connection().execute(query.order_by(ENTRIES.c.idx))
    needle = row_id.hex.encode()
    return next((row.idx for row in found if needle in row.entry), None)


def entry_bytes(db: Session, log_id: str, idx: int) -> bytes | None:
    """Return the bytes of an entry exactly as they are hashed, or None past the end."""
    query = select(ENTRIES.c.entry).where(ENTRIES.c.log_id == log_id, ENTRIES.c.idx == idx)
    return db.connection().execute(query).scalar_one_or_none()


def log_ids(db: Session) -> list[str]:
    """Return the names of all logs, in order."""
    return list(db.connection().execute(select(HEADS.c.log_id).order_by(HEADS.c.log_id)).scalars())


def latest_checkpoint(db: Session, log_id: str) -> LogCheckpoint | None:
    """Return the newest signed checkpoint that the database keeps."""
    query = select(LogCheckpoint).where(LogCheckpoint.log_id == log_id)
    return db.scalars(query.order_by(LogCheckpoint.size.desc()).limit(1)).first()


def newest_checkpoint(db: Session, log_id: str, purposes: Collection[str]) -> LogCheckpoint | None:
    """Return the newest checkpoint that was signed for one of *purposes*."""
    query = select(LogCheckpoint).where(
        LogCheckpoint.log_id == log_id, LogCheckpoint.purpose.in_(purposes)
    )
    newest = query.order_by(LogCheckpoint.size.desc(), LogCheckpoint.purpose)
    return db.scalars(newest.limit(1)).first()


def cosigned_checkpoint(
    db: Session, log_id: str, purposes: Collection[str]
) -> LogCheckpoint | None:
    """Return the newest checkpoint that a witness has cosigned, signed for one of *purposes*."""
    size = select(func.max(WitnessState.size)).where(WitnessState.log_id == log_id)
    query = select(LogCheckpoint).where(
        LogCheckpoint.log_id == log_id,
        LogCheckpoint.size == size.scalar_subquery(),
        LogCheckpoint.purpose.in_(purposes),
    )
    found = db.scalars(query).all()
    return max(found, key=lambda kept: len(kept.note), default=None)


def witness_problems(db: Session) -> list[str]:
    """Return, in sentences, what is wrong with any witness."""
    failing = select(WitnessState.problem).where(WitnessState.problem.is_not(None))
    return [words for words in db.scalars(failing.order_by(WitnessState.failing_since)) if words]


def stored_tiles(db: Session, log_id: str) -> Tiles:
    """Return a reader of the log's tiles that asks the database once for each tile."""
    kept: dict[tuple[int, int], bytes] = {}

    def read(level: int, idx: int) -> bytes:
        if (level, idx) not in kept:
            kept[level, idx] = read_tile(db, log_id, level, idx)
        return kept[level, idx]

    return read


def prove_inclusion(db: Session, log_id: str, index: int, size: int) -> list[bytes]:
    """Return the proof that entry *index* is in the log as it was at *size* entries."""
    return inclusion_proof(stored_tiles(db, log_id), index, size)


def prove_consistency(db: Session, log_id: str, size1: int, size2: int) -> list[bytes]:
    """Return the proof that the log at *size2* entries extends the log at *size1*."""
    return consistency_proof(stored_tiles(db, log_id), size1, size2)


def read_tile(db: Session, log_id: str, level: int, idx: int) -> bytes:
    """Return the hashes of a tile side by side, as far as it is filled now."""
    place = (TILES.c.log_id == log_id, TILES.c.level == level, TILES.c.idx == idx)
    full = db.connection().execute(select(TILES.c.hashes).where(*place)).scalar_one_or_none()
    return b"".join(read_hashes(db, log_id, level, idx)) if full is None else full


def _entries(log_id: str) -> Select[Any]:
    same = (DETAILS.c.log_id == ENTRIES.c.log_id) & (DETAILS.c.idx == ENTRIES.c.idx)
    joined = ENTRIES.outerjoin(DETAILS, same)
    columns = select(ENTRIES.c.idx, ENTRIES.c.entry, DETAILS.c.sealed)
    return columns.select_from(joined).where(ENTRIES.c.log_id == log_id)


def _entry(row: Row[Any]) -> Entry:
    body = json.loads(row.entry)
    return Entry(
        idx=row.idx,
        time=datetime.strptime(body["t"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC),
        type=body["type"],
        case=body.get("case"),
        n=body.get("n"),
        actor=body["actor"],
        pub=body.get("pub", {}),
        rows=tuple((table, UUID(hex=id_hex), mac) for table, id_hex, mac in body.get("rows", ())),
        commit=body.get("commit"),
        sealed=row.sealed,
    )
