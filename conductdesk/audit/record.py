"""Writing to the log: one batch of entries for each action, in the action's own transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Connection, Select, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from conductdesk.audit.head import Head, this_second
from conductdesk.audit.models import CaseCounter, EntryDetail, LogEntry, LogHead, LogTile
from conductdesk.audit.note import valid_name
from conductdesk.audit.rows import RowCode, row_codes
from conductdesk.audit.tree import TILE_WIDTH, hash_leaf, push, split_hashes
from conductdesk.db import changed_rows
from conductdesk.prepared import insert_all

Pub = str | int | bool | None | Sequence[str]
"""A fact that a verifier can replay and that carries no personal data."""

ENTRY_LIMIT = 16 * 1024
"""The longest entry, in bytes."""

HEADS, ENTRIES, TILES, DETAILS, COUNTERS = (
    cast(Table, model.__table__) for model in (LogHead, LogEntry, LogTile, EntryDetail, CaseCounter)
)


@dataclass(frozen=True)
class SealedDetail:
    """What an entry commits to without saying it.

    `commit` is the hex of HMAC-SHA256(salt, detail); `sealed` holds salt and detail, encrypted.
    """

    commit: str
    case_id: UUID
    sealed: bytes


@dataclass(frozen=True)
class Event:
    """Something that happened, before it has its place in a log.

    `rows` are the changed rows that this event covers. The first event of a batch also covers
    every changed row that no other event of the batch names.
    """

    type: str
    actor: str
    pub: Mapping[str, Pub] = field(default_factory=dict)
    case: str | None = None
    detail: SealedDetail | None = None
    rows: tuple[tuple[str, UUID], ...] = ()


def create_log(db: Session, log_id: str, origin: str) -> None:
    """Begin an empty log; *origin* names it to the world and never changes its meaning."""
    head = {"log_id": log_id, "origin": valid_name(origin), "size": 0, "frontier": b""}
    db.connection().execute(insert(HEADS), {**head, "restored": False})


def lock_head(db: Session, log_id: str) -> Head:
    """Return the head of a log and keep every other writer waiting until the transaction ends."""
    return _head(db, log_id, _LOCKED_HEAD)


def read_head(db: Session, log_id: str) -> Head:
    """Return the head of a log without keeping anybody waiting."""
    return _head(db, log_id, _HEAD)


_HEAD = select(HEADS).where(HEADS.c.log_id == bindparam("log"))
_LOCKED_HEAD = _HEAD.with_for_update()


def _head(db: Session, log_id: str, query: Select[Any]) -> Head:
    row = db.connection().execute(query, {"log": log_id}).one_or_none()
    if row is None:
        raise LookupError(f"there is no log named {log_id}")
    frontier = tuple(split_hashes(row.frontier))
    return Head(row.log_id, row.origin, row.size, frontier, row.newest, row.restored)


def append(db: Session, log_id: str, events: Sequence[Event]) -> list[int]:
    """Append *events* as one batch and return the index of each event's entry.

    This is the last statement of a transaction: it flushes, takes the lock on the log and covers
    all rows changed so far. A transaction that writes to two logs writes to its scheme's first.
    """
    db.flush()
    head = lock_head(db, log_id)
    batch = _Batch(head, _next_numbers(db, log_id, events))
    batch.say_if_set_back()
    indexes = [batch.add(event, rows) for event, rows in _cover(db, events)]
    _write(db, batch)
    changed_rows(db).clear()
    return indexes


def encode(event: Event, moment: datetime, n: int | None, rows: Sequence[RowCode]) -> bytes:
    """Return the canonical JSON of an entry, the bytes that are stored and hashed."""
    entry: dict[str, object] = {
        "v": 1,
        "t": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "type": event.type,
    }
    if event.case is not None:
        entry |= {"case": event.case, "n": n}
    entry["actor"] = event.actor
    if event.pub:
        entry["pub"] = {key: _plain(event.pub[key]) for key in sorted(event.pub)}
    if rows:
        entry["rows"] = rows
    if event.detail is not None:
        entry["commit"] = event.detail.commit
    return _CANONICAL.encode(entry).encode("ascii")


_CANONICAL = json.JSONEncoder(separators=(",", ":"))


def _plain(value: Pub) -> object:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        return list(value)
    raise TypeError(f"a public fact cannot be a {type(value).__name__}")


def _cover(db: Session, events: Sequence[Event]) -> Iterator[tuple[Event, list[RowCode]]]:
    """Share the changed rows among *events*."""
    named = {row for event in events for row in event.rows}
    rest = [row for row in changed_rows(db) if row not in named]
    codes = row_codes(db, [*named, *rest])
    for position, event in enumerate(events):
        rows = (*event.rows, *(rest if position == 0 else ()))
        yield event, sorted({codes[row] for row in rows})


class _Batch:
    """The entries of one action, numbered and hashed behind the head of their log."""

    def __init__(self, head: Head, next_numbers: dict[str, int]) -> None:
        self.head = head
        self.moment = this_second()
        self.newest = max(self.moment, head.newest or self.moment)
        self.known = dict(next_numbers)
        """The counters of the cases that have entries already."""
        self.counters = next_numbers
        self.size, self.frontier = head.size, list(head.frontier)
        self.entries: list[dict[str, object]] = []
        self.details: list[dict[str, object]] = []
        self.tiles: list[tuple[int, int, bytes]] = []
        """Level, the index of the last leaf under it, and root of each tile that got full."""

    def say_if_set_back(self) -> None:
        """Begin with an entry of its own where the clock stands long before the last entry.

        Without it a later reader could not tell a clock that was put right from an entry that was
        dated back.
        """
        if seconds := self.head.set_back():
            self.newest = self.moment
            self.add(Event(type="clock.set_back", actor="system", pub={"seconds": seconds}), ())

    def add(self, event: Event, rows: Sequence[RowCode]) -> int:
        """Add *event* and return its index; rows that do not fit get entries of their own."""
        idx, n = self.size, self._number(event.case)
        entry = encode(event, self.moment, n, rows)
        if len(entry) <= ENTRY_LIMIT:
            self._keep(event, entry)
            return idx
        count = self._rows_that_fit(event, rows, len(entry))
        self._keep(event, encode(event, self.moment, n, rows[:count]))
        self.add(replace(event, type="rows.recorded", pub={}, detail=None, rows=()), rows[count:])
        return idx

    def _number(self, case: str | None) -> int | None:
        """Return the number of an entry within its case, and move the counter on."""
        if case is None:
            return None
        n = self.counters.get(case, 1)
        self.counters[case] = n + 1
        return n

    def _rows_that_fit(self, event: Event, rows: Sequence[RowCode], length: int) -> int:
        surplus, count = length - ENTRY_LIMIT, len(rows)
        while count > 0 and surplus > 0:
            count -= 1
            surplus -= len(_CANONICAL.encode(rows[count])) + 1
        if count == 0:
            raise ValueError(f"the facts of {event.type} do not fit into one entry")
        return count

    def _keep(self, event: Event, entry: bytes) -> None:
        place = {"log_id": self.head.log_id, "idx": self.size}
        leaf = hash_leaf(entry)
        self.entries.append({**place, "case_ref": event.case, "entry": entry, "leaf_hash": leaf})
        if event.detail is not None:
            sealed = {"case_id": event.detail.case_id, "sealed": event.detail.sealed}
            self.details.append({**place, **sealed})
        filled = enumerate(push(self.frontier, self.size, leaf))
        self.tiles += [(level, self.size, root) for level, root in filled]
        self.size += 1


_MOVE_HEAD = (
    update(HEADS)
    .where(HEADS.c.log_id == bindparam("of"))
    .values(
        size=bindparam("new_size"),
        frontier=bindparam("new_frontier"),
        newest=bindparam("new_newest"),
    )
)


def _write(db: Session, batch: _Batch) -> None:
    connection, log_id = db.connection(), batch.head.log_id
    _keep_counters(connection, log_id, batch)
    insert_all(connection, ENTRIES, batch.entries)
    if batch.details:
        insert_all(connection, DETAILS, batch.details)
    for level, last, root in batch.tiles:
        _write_tile(db, log_id, level, last // TILE_WIDTH ** (level + 1), root)
    moved = {"new_size": batch.size, "new_frontier": b"".join(batch.frontier)}
    connection.execute(_MOVE_HEAD, {"of": log_id, **moved, "new_newest": batch.newest})


def _write_tile(db: Session, log_id: str, level: int, idx: int, root: bytes) -> None:
    hashes = b"".join(read_hashes(db, log_id, level, idx))
    tile = {"log_id": log_id, "level": level, "idx": idx, "hashes": hashes, "root": root}
    db.connection().execute(insert(TILES), tile)


def read_hashes(db: Session, log_id: str, level: int, idx: int) -> Iterable[bytes]:
    """Return the hashes of a tile from the level below it, as far as that is filled."""
    table, column = (ENTRIES, ENTRIES.c.leaf_hash) if level == 0 else (TILES, TILES.c.root)
    first = idx * TILE_WIDTH
    within = table.c.idx.between(first, first + TILE_WIDTH - 1)
    query = select(column).where(table.c.log_id == log_id, within).order_by(table.c.idx)
    if level:
        query = query.where(TILES.c.level == level - 1)
    return db.connection().execute(query).scalars().all()


_HERE = COUNTERS.c.log_id == bindparam("log")
_COUNTERS = select(COUNTERS.c.case_ref, COUNTERS.c.next_n).where(
    _HERE, COUNTERS.c.case_ref.in_(bindparam("cases", expanding=True))
)
_MOVE_COUNTER = (update(COUNTERS).where(_HERE, COUNTERS.c.case_ref == bindparam("case"))).values(
    next_n=bindparam("n")
)


def _next_numbers(db: Session, log_id: str, events: Sequence[Event]) -> dict[str, int]:
    """Return the number of the next entry of each case that has entries already."""
    cases = sorted({event.case for event in events if event.case is not None})
    if not cases:
        return {}
    found = db.connection().execute(_COUNTERS, {"log": log_id, "cases": cases})
    return {row.case_ref: row.next_n for row in found}


def _keep_counters(connection: Connection, log_id: str, batch: _Batch) -> None:
    moved = [{"log": log_id, "case": case, "n": batch.counters[case]} for case in batch.known]
    begun = [
        {"log_id": log_id, "case_ref": case, "next_n": n}
        for case, n in batch.counters.items()
        if case not in batch.known
    ]
    if moved:
        connection.execute(_MOVE_COUNTER, moved)
    if begun:
        insert_all(connection, COUNTERS, begun)
