"""Writing to the log: one batch of entries for each action, in the action's own transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import CaseCounter, EntryDetail, LogEntry, LogHead, LogTile
from conductdesk.audit.note import valid_name
from conductdesk.audit.rows import RowCode, row_codes
from conductdesk.audit.tree import TILE_WIDTH, hash_leaf, push, split_hashes
from conductdesk.db import changed_rows

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


@dataclass(frozen=True)
class Head:
    """Where a log ends, as it was read."""

    log_id: str
    origin: str
    size: int
    frontier: tuple[bytes, ...]
    restored: bool


@dataclass(frozen=True)
class _Draft:
    """An event with its rows, small enough for one entry."""

    event: Event
    rows: tuple[RowCode, ...]


def create_log(db: Session, log_id: str, origin: str) -> None:
    """Begin an empty log; *origin* names it to the world and never changes its meaning."""
    head = {"log_id": log_id, "origin": valid_name(origin), "size": 0, "frontier": b""}
    db.connection().execute(insert(HEADS), {**head, "restored": False})


def lock_head(db: Session, log_id: str) -> Head:
    """Return the head of a log and keep every other writer waiting until the transaction ends."""
    return _head(db, log_id, select(HEADS).with_for_update())


def read_head(db: Session, log_id: str) -> Head:
    """Return the head of a log without keeping anybody waiting."""
    return _head(db, log_id, select(HEADS))


def _head(db: Session, log_id: str, query: Select[Any]) -> Head:
    row = db.connection().execute(query.where(HEADS.c.log_id == log_id)).one_or_none()
    if row is None:
        raise LookupError(f"there is no log named {log_id}")
    return Head(row.log_id, row.origin, row.size, tuple(split_hashes(row.frontier)), row.restored)


def append(db: Session, log_id: str, events: Sequence[Event]) -> list[int]:
    """Append *events* as one batch and return the index of each event's entry.

    This is the last statement of a transaction: it flushes, takes the lock on the log and covers
    all rows changed so far. A transaction that writes to two logs writes to its scheme's first.
    """
    db.flush()
    head = lock_head(db, log_id)
    drafts = [_fit(event, rows) for event, rows in _cover(db, events)]
    indexes, at = [], head.size
    for parts in drafts:
        indexes.append(at)
        at += len(parts)
    _write(db, head, [part for parts in drafts for part in parts])
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
    return json.dumps(entry, separators=(",", ":")).encode("ascii")


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
        rows = {*event.rows, *(rest if position == 0 else ())}
        in_order = sorted(rows, key=lambda row: (row[0], row[1].hex))
        yield event, [(table, row_id.hex, codes[table, row_id]) for table, row_id in in_order]


def _fit(event: Event, rows: Sequence[RowCode]) -> list[_Draft]:
    """Split the rows that do not fit into one entry off into entries of their own."""
    parts: list[_Draft] = []
    rows = tuple(rows)
    while rows or not parts:
        count = _rows_that_fit(event, rows)
        parts.append(_Draft(event, rows[:count]))
        event = replace(event, type="rows.recorded", pub={}, detail=None, rows=())
        rows = rows[count:]
    return parts


def _rows_that_fit(event: Event, rows: Sequence[RowCode]) -> int:
    room = ENTRY_LIMIT - len(encode(event, clock.now(), 10**9, ())) - len(',"rows":[]')
    if room < 0:
        raise ValueError(f"the facts of {event.type} do not fit into one entry")
    for count, row in enumerate(rows):
        room -= len(json.dumps(row, separators=(",", ":"))) + 1
        if room < 0:
            return count
    return len(rows)


def _write(db: Session, head: Head, drafts: Sequence[_Draft]) -> None:
    moment = clock.now()
    numbers = _number(db, head.log_id, [draft.event.case for draft in drafts])
    frontier, size = list(head.frontier), head.size
    entries, completed = [], []
    for draft, n in zip(drafts, numbers, strict=True):
        entry = encode(draft.event, moment, n, draft.rows)
        leaf = hash_leaf(entry)
        entries.append(_entry_row(head.log_id, size, draft.event.case, entry, leaf))
        completed += [(level, size, root) for level, root in enumerate(push(frontier, size, leaf))]
        size += 1
    connection = db.connection()
    connection.execute(insert(ENTRIES), entries)
    _write_details(db, head, drafts)
    for level, last, root in completed:
        _write_tile(db, head.log_id, level, last // TILE_WIDTH ** (level + 1), root)
    connection.execute(
        update(HEADS).where(HEADS.c.log_id == head.log_id),
        {"size": size, "frontier": b"".join(frontier)},
    )


def _entry_row(
    log_id: str, idx: int, case: str | None, entry: bytes, leaf: bytes
) -> dict[str, object]:
    return {"log_id": log_id, "idx": idx, "case_ref": case, "entry": entry, "leaf_hash": leaf}


def _write_details(db: Session, head: Head, drafts: Sequence[_Draft]) -> None:
    rows = [
        {"log_id": head.log_id, "idx": idx, "case_id": detail.case_id, "sealed": detail.sealed}
        for idx, detail in enumerate((draft.event.detail for draft in drafts), head.size)
        if detail is not None
    ]
    if rows:
        db.connection().execute(insert(DETAILS), rows)


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


def _number(db: Session, log_id: str, cases: Sequence[str | None]) -> list[int | None]:
    """Return the number of each entry within its case, and move the counters on."""
    wanted = {case for case in cases if case is not None}
    if not wanted:
        return [None] * len(cases)
    here = COUNTERS.c.log_id == log_id
    query = select(COUNTERS.c.case_ref, COUNTERS.c.next_n)
    found = db.connection().execute(query.where(here, COUNTERS.c.case_ref.in_(wanted)))
    known = {row.case_ref: row.next_n for row in found}
    counters = {case: known.get(case, 1) for case in wanted}
    numbers: list[int | None] = []
    for case in cases:
        numbers.append(None if case is None else counters[case])
        if case is not None:
            counters[case] += 1
    _keep_counters(db, log_id, counters, known)
    return numbers


def _keep_counters(
    db: Session, log_id: str, counters: Mapping[str, int], known: Mapping[str, int]
) -> None:
    moved = [{"case": case, "n": n} for case, n in counters.items() if case in known]
    begun = [
        {"log_id": log_id, "case_ref": case, "next_n": n}
        for case, n in counters.items()
        if case not in known
    ]
    if moved:
        counter = (COUNTERS.c.log_id == log_id, COUNTERS.c.case_ref == bindparam("case"))
        query = update(COUNTERS).where(*counter).values(next_n=bindparam("n"))
        db.connection().execute(query, moved)
    if begun:
        db.connection().execute(insert(COUNTERS), begun)
