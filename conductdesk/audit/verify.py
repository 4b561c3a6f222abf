"""Whether a log, its checkpoints, and the rows and files that it vouches for still agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from conductdesk.audit.contents import check_contents
from conductdesk.audit.models import LogCheckpoint
from conductdesk.audit.note import (
    PROOF_HEADER,
    Checkpoint,
    NoteError,
    VerifierKey,
    open_checkpoint,
    parse_checkpoint,
    parse_proof,
)
from conductdesk.audit.queries import log_ids
from conductdesk.audit.record import HEADS
from conductdesk.audit.replay import (
    MismatchError,
    Recorded,
    Replay,
    check_counters,
    check_details,
    check_tiles,
    read_rows,
    replay_log,
)
from conductdesk.audit.rows import row_mac
from conductdesk.audit.tree import EMPTY_ROOT, root_of
from conductdesk.db import Base, LoggedRow

BATCH = 1_000
"""Rows fetched at a time."""

UNREADABLE = (DBAPIError, LookupError, TypeError, ValueError)
"""What reading raises when somebody has put the wrong type of value into a column."""


class Status(StrEnum):
    """How a verification ended."""

    VERIFIED = "VERIFIED"
    UNANCHORED = "VERIFIED-UNANCHORED"
    """Everything agrees, but with no checkpoint from outside a whole forgery would as well."""
    FAILED = "FAILED"


@dataclass(frozen=True)
class Verdict:
    """How a verification ended; *problem* names the first entry, tile, row or file that is wrong."""

    status: Status
    size: int
    root: bytes
    problem: str | None = None


def verify_log(
    db: Session, log_id: str, verifier_key: str, *, outside: Sequence[str] = ()
) -> Verdict:
    """Verify a log against itself, its rows and the checkpoints or proofs kept *outside*.

    Give a session that has not begun a transaction yet, so that PostgreSQL can show one moment.
    """
    _see_one_moment(db)
    try:
        return _verify(db, log_id, VerifierKey.parse(verifier_key), outside)
    except (MismatchError, NoteError) as error:
        return Verdict(Status.FAILED, 0, EMPTY_ROOT, str(error))
    except UNREADABLE as error:
        problem = f"the log {log_id} cannot be read ({type(error).__name__})"
        return Verdict(Status.FAILED, 0, EMPTY_ROOT, problem)


def _verify(db: Session, log_id: str, key: VerifierKey, outside: Sequence[str]) -> Verdict:
    query = select(HEADS).where(HEADS.c.log_id == log_id)
    head = db.connection().execute(query).one_or_none()
    if head is None:
        raise MismatchError(f"there is no log named {log_id}")
    notes = _notes(db, log_id)
    anchors = [_checkpoint_in(text) for text in outside]
    replay = replay_log(db, log_id, {parse_checkpoint(note).size for note in (*notes, *anchors)})
    check_tiles(db, log_id, replay)
    _check_head(replay, head.size, head.frontier, head.newest)
    anchored = _check_checkpoints(replay, head.origin, key, notes, anchors)
    check_counters(db, log_id, replay)
    check_details(db, log_id, replay)
    _check_rows(db, replay, [read_rows(db, other) for other in log_ids(db) if other != log_id])
    check_contents(db, replay.rows)
    status = Status.VERIFIED if anchored else Status.UNANCHORED
    return Verdict(status, head.size, root_of(replay.frontier))


def _see_one_moment(db: Session) -> None:
    if db.get_bind().dialect.name == "postgresql" and not db.in_transaction():
        db.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _notes(db: Session, log_id: str) -> list[str]:
    query = select(LogCheckpoint.size, LogCheckpoint.note).where(LogCheckpoint.log_id == log_id)
    kept = db.execute(query.order_by(LogCheckpoint.size)).all()
    for size, note in kept:
        if parse_checkpoint(note).size != size:
            raise MismatchError(f"the checkpoint kept for {size} entries is of another size")
    return [note for _size, note in kept]


def _checkpoint_in(text: str) -> str:
    """Return the checkpoint in *text*, which may be a whole proof."""
    return parse_proof(text).checkpoint if text.startswith(PROOF_HEADER) else text


def _check_head(replay: Replay, size: int, frontier: bytes, newest: datetime | None) -> None:
    if replay.size != size:
        raise MismatchError(f"the head stands at {size} entries, and there are {replay.size}")
    if b"".join(replay.frontier) != frontier:
        raise MismatchError(f"the head at {size} entries does not match the entries")
    if replay.time != ("" if newest is None else f"{newest:%Y-%m-%dT%H:%M:%SZ}"):
        raise MismatchError(f"the head at {size} entries has another moment than the last entry")


def _check_checkpoints(
    replay: Replay, origin: str, key: VerifierKey, notes: Sequence[str], anchors: Sequence[str]
) -> bool:
    """Check every signed head, and return whether one that says anything came from outside."""
    ends = {step.old_origin: step.idx for step in replay.successions}
    current = replay.successions[-1].origin if replay.successions else origin
    if not key.name == origin == current:
        raise MismatchError(f"the log is named {origin}, but its key or entries say otherwise")
    keys = [VerifierKey(name, key.public_key) for name in (*ends, origin)]
    for note in notes:
        _check_checkpoint(replay, open_checkpoint(note, keys), ends, "")
    checked = [open_checkpoint(note, keys) for note in anchors]
    for anchor in checked:
        _check_checkpoint(replay, anchor, ends, "outside ")
    return any(anchor.size for anchor in checked)


def _check_checkpoint(
    replay: Replay, checkpoint: Checkpoint, ends: dict[str, int], kind: str
) -> None:
    name = f"the {kind}checkpoint of {checkpoint.origin} at {checkpoint.size} entries"
    end = ends.get(checkpoint.origin, replay.size)
    if checkpoint.size > end:
        raise MismatchError(f"{name}: under this name the log ends at {end}")
    if replay.roots.get(checkpoint.size, EMPTY_ROOT) != checkpoint.root:
        raise MismatchError(f"{name} does not match the entries")


def _check_rows(db: Session, replay: Replay, others: Sequence[Replay]) -> None:
    """Compare every logged row with the newest entry that names it, in whichever log."""
    logs = [replay, *others]
    grants = set().union(*(log.grants for log in logs))
    seen: set[tuple[str, bytes]] = set()
    for table in _logged_tables():
        for row_id, mac in _stored_rows(db, table):
            seen.add((table.name, row_id.bytes))
            _check_row(logs, table.name, row_id, mac)
            if table.name == "key_grant" and row_id.bytes not in grants:
                raise MismatchError(f"key_grant {row_id}: no grant.made entry names this grant")
    for name, raw_id, recorded in replay.rows.standing_but(seen):
        last = _newest(logs, name, raw_id)
        if recorded in last and all(other.mac for other in last):
            row = f"{name} {UUID(bytes=raw_id)}"
            raise MismatchError(f"{row}: the row named by entry {recorded.idx} is missing")


def _check_row(logs: Sequence[Replay], table: str, row_id: UUID, mac: bytes) -> None:
    last = _newest(logs, table, row_id.bytes)
    if not last:
        raise MismatchError(f"{table} {row_id}: no entry of any log names this row")
    own = logs[0].rows.get(table, row_id.bytes)
    if any(recorded.mac == mac for recorded in last) or own is None or own not in last:
        return  # as recorded, or another log spoke last and its own verification names this row
    verb = "differs from" if own.mac else "is still there after its deletion in"
    raise MismatchError(f"{table} {row_id}: the row {verb} entry {own.idx}")


def _newest(logs: Sequence[Replay], table: str, row_id: bytes) -> list[Recorded]:
    """Return what was said last about a row; several logs may have spoken in the same second."""
    named = [recorded for log in logs if (recorded := log.rows.get(table, row_id))]
    time = max((recorded.time for recorded in named), default="")
    return [recorded for recorded in named if recorded.time == time]


def _logged_tables() -> list[Table]:
    mappers = Base.registry.mappers
    tables = {mapper.local_table for mapper in mappers if issubclass(mapper.class_, LoggedRow)}
    return sorted((cast(Table, table) for table in tables), key=lambda table: table.name)


def _stored_rows(db: Session, table: Table) -> Iterator[tuple[UUID, bytes]]:
    query = select(table).order_by(table.c.id).execution_options(yield_per=BATCH)
    try:
        with db.connection().execute(query) as found:
            for row in found.mappings():
                yield row["id"], row_mac(table, dict(row))
    except UNREADABLE as error:
        raise MismatchError(_first_unreadable(db, table)) from error


def _first_unreadable(db: Session, table: Table) -> str:
    for row_id in db.connection().execute(select(table.c.id).order_by(table.c.id)).scalars().all():
        try:
            query = select(table).where(table.c.id == row_id)
            row_mac(table, dict(db.connection().execute(query).mappings().one()))
        except UNREADABLE:
            return f"{table.name} {row_id}: the row cannot be read"
    return f"{table.name}: a row cannot be read"
