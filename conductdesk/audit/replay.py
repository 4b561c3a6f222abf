"""Reading a whole log again, from its first entry: what it says, and whether it hangs together."""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Column, ColumnElement, LargeBinary, Select, cast, select
from sqlalchemy.orm import Session

from conductdesk.audit.record import COUNTERS, DETAILS, ENTRIES, TILES
from conductdesk.audit.tree import TILE_WIDTH, hash_leaf, push, root_of, split_hashes

BATCH = 5_000
"""Rows fetched at a time, so that the memory needed does not grow with the log."""


UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)
"""What an entry raises that is not of the form in which entries are written."""

_DECODER = json.JSONDecoder()

DESTROYED = "case.destroyed"
"""The entry after which a case has neither rows nor details, and rightly so."""

TIME_LENGTH = len("2026-11-22T10:00:00Z")
WITHOUT_MAC = TIME_LENGTH + 8
"""Bytes of what is packed about a row that was deleted: the time, and the index."""


class MismatchError(Exception):
    """Two things that must agree do not; the message names the first of them."""


class Recorded(NamedTuple):
    """What an entry recorded about a row; `mac` is empty for a deleted row."""

    time: str
    idx: int
    mac: bytes


class Rows:
    """The latest that one log says about each row, packed because there may be a million."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[bytes, bytes]] = defaultdict(dict)

    def put(self, table: str, row_id: bytes, recorded: Recorded) -> None:
        """Let *recorded* stand for what the log says about a row."""
        if len(recorded.time) != TIME_LENGTH or len(row_id) != 16:
            raise ValueError("a time has 20 characters and an id has 16 bytes")
        packed = recorded.time.encode("ascii") + recorded.idx.to_bytes(8, "big") + recorded.mac
        self._tables[table][row_id] = packed

    def get(self, table: str, row_id: bytes) -> Recorded | None:
        """Return what the log says about a row."""
        packed = self._tables[table].get(row_id)
        return None if packed is None else _unpack(packed)

    def standing_but(
        self, seen: Container[tuple[str, bytes]]
    ) -> Iterator[tuple[str, bytes, Recorded]]:
        """Walk over the rows that the log names and does not say were deleted, without *seen*."""
        for table, rows in self._tables.items():
            for row_id, packed in rows.items():
                if len(packed) > WITHOUT_MAC and (table, row_id) not in seen:
                    yield table, row_id, _unpack(packed)


class Succession(NamedTuple):
    """A change of origin, and the entry that says so."""

    idx: int
    old_origin: str
    origin: str


@dataclass
class Replay:
    """A log as its entries tell it."""

    sizes: Container[int] = ()
    size: int = 0
    time: str = ""
    """The newest moment since the clock was last put back, as entries write it."""
    frontier: list[bytes] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    tiles: dict[tuple[int, int], tuple[bytes, bytes]] = field(default_factory=dict)
    counters: dict[str, int] = field(default_factory=dict)
    successions: list[Succession] = field(default_factory=list)
    rows: Rows = field(default_factory=Rows)
    grants: set[bytes] = field(default_factory=set)
    details: dict[str | None, array[int]] = field(default_factory=lambda: defaultdict(_indexes))
    """The entries that commit to details, by case; a destroyed case has none any more."""
    _open: dict[int, list[bytes]] = field(default_factory=lambda: defaultdict(list))

    def take(self, idx: int, case: str | None, entry: bytes, leaf_hash: bytes) -> None:
        """Take in the next entry; raise MismatchError if it does not fit."""
        if idx != self.size:
            raise MismatchError(f"entry {self.size} is missing")
        if hash_leaf(entry) != leaf_hash:
            raise MismatchError(f"entry {idx}: its bytes do not match its leaf hash")
        try:
            body = _parse(entry)
            self._follow_case(idx, body, case)
            self._follow_details(idx, body)
            back = body["type"] == "clock.set_back"
            self.time = body["t"] if back else max(self.time, body["t"])
            self.read(idx, body)
        except UNREADABLE as error:
            raise MismatchError(f"entry {idx} cannot be read") from error
        self._grow(leaf_hash)

    def read(self, idx: int, body: dict[str, Any]) -> None:
        """Take in what an entry says about rows, key grants and the log's name."""
        for table, row_id, mac in body.get("rows", ()):
            recorded = Recorded(body["t"], idx, bytes.fromhex(mac))
            self.rows.put(table, bytes.fromhex(row_id), recorded)
        if body["type"] == "grant.made":
            self._follow_grant(idx, body)
        elif body["type"] == "log.succeeded":
            facts = body["pub"]
            self.successions.append(Succession(idx, facts["old_origin"], facts["origin"]))

    def _grow(self, leaf_hash: bytes) -> None:
        self._open[0].append(leaf_hash)
        for level, root in enumerate(push(self.frontier, self.size, leaf_hash)):
            hashes = b"".join(self._open[level])
            self._open[level].clear()
            self._open[level + 1].append(root)
            place = (level, self.size // TILE_WIDTH ** (level + 1))
            self.tiles[place] = (sha256(hashes).digest(), root)
        self.size += 1
        if self.size in self.sizes:
            self.roots[self.size] = root_of(self.frontier)

    def _follow_case(self, idx: int, body: dict[str, Any], case: str | None) -> None:
        named = body.get("case")
        if named != case:
            raise MismatchError(f"entry {idx} is filed under another case than it names")
        if named is None:
            return
        expected = self.counters.get(named, 0) + 1
        if body["n"] != expected:
            raise MismatchError(
                f"entry {idx}: case {named} goes on with {body['n']}, not with {expected}"
            )
        self.counters[named] = expected

    def _follow_details(self, idx: int, body: dict[str, Any]) -> None:
        if body["type"] == DESTROYED:
            self.details.pop(body["case"], None)
        elif "commit" in body:
            self.details[body.get("case")].append(idx)

    def _follow_grant(self, idx: int, body: dict[str, Any]) -> None:
        granted = [row_id for table, row_id, _mac in body.get("rows", ()) if table == "key_grant"]
        if not granted:
            raise MismatchError(f"entry {idx} (grant.made) names no key grant")
        self.grants.update(map(bytes.fromhex, granted))


def replay_log(db: Session, log_id: str, sizes: Container[int]) -> Replay:
    """Read a whole log again, keeping the root it had at each of *sizes*."""
    replay = Replay(sizes)
    stored = (_raw(ENTRIES.c.entry), _raw(ENTRIES.c.leaf_hash))
    query = select(ENTRIES.c.idx, ENTRIES.c.case_ref, *stored).where(ENTRIES.c.log_id == log_id)
    for idx, case, entry, leaf_hash in _stream(db, query.order_by(ENTRIES.c.idx)):
        replay.take(idx, case, entry, leaf_hash)
    return replay


def read_rows(db: Session, log_id: str) -> Replay:
    """Read only what a log says about rows; nothing is verified."""
    replay = Replay()
    query = select(ENTRIES.c.idx, _raw(ENTRIES.c.entry)).where(ENTRIES.c.log_id == log_id)
    for idx, entry in _stream(db, query.order_by(ENTRIES.c.idx)):
        if b'"rows":' in entry:
            try:
                replay.read(idx, _parse(entry))
            except UNREADABLE as error:
                raise MismatchError(f"entry {idx} of the log {log_id} cannot be read") from error
    return replay


def check_tiles(db: Session, log_id: str, replay: Replay) -> None:
    """Raise MismatchError unless the stored tiles are those of the entries."""
    missing = dict(replay.tiles)
    query = select(TILES.c.level, TILES.c.idx, _raw(TILES.c.hashes), _raw(TILES.c.root))
    in_order = query.where(TILES.c.log_id == log_id).order_by(TILES.c.level, TILES.c.idx)
    for level, idx, hashes, root in _stream(db, in_order):
        expected = missing.pop((level, idx), None)
        if expected is None:
            raise MismatchError(f"tile {level}/{idx} is there, but the log does not fill it")
        if sha256(hashes).digest() != expected[0]:
            raise MismatchError(_first_bad_hash(db, log_id, level, idx, hashes))
        if root != expected[1]:
            raise MismatchError(f"tile {level}/{idx}: its root is not that of its hashes")
    for level, idx in sorted(missing):
        raise MismatchError(f"tile {level}/{idx} is missing")


def check_counters(db: Session, log_id: str, replay: Replay) -> None:
    """Raise MismatchError unless each case's counter stands where its entries end."""
    missing = dict(replay.counters)
    query = select(COUNTERS.c.case_ref, COUNTERS.c.next_n).where(COUNTERS.c.log_id == log_id)
    for case, next_n in _stream(db, query):
        if missing.pop(case, 0) + 1 != next_n:
            raise MismatchError(f"the counter of case {case} stands at {next_n}")
    for case in missing:
        raise MismatchError(f"case {case} has no counter")


def check_details(db: Session, log_id: str, replay: Replay) -> None:
    """Raise MismatchError unless the details of every case that is not destroyed are there."""
    missing = bytearray(replay.size)  # a byte for each entry, because there may be millions
    for idxs in replay.details.values():
        for idx in idxs:
            missing[idx] = 1
    query = select(DETAILS.c.idx).where(DETAILS.c.log_id == log_id)
    for (idx,) in _stream(db, query):
        missing[idx] = 0
    first = missing.find(1)
    if first >= 0:
        raise MismatchError(f"entry {first}: the details that it commits to are missing")


def _first_bad_hash(db: Session, log_id: str, level: int, idx: int, hashes: bytes) -> str:
    place = f"tile {level}/{idx}"
    if level or len(hashes) != TILE_WIDTH * 32:
        return f"{place} does not match the hashes below it"
    leaves = select(ENTRIES.c.idx, ENTRIES.c.leaf_hash).where(
        ENTRIES.c.log_id == log_id, ENTRIES.c.idx >= idx * TILE_WIDTH
    )
    stored = db.connection().execute(leaves.order_by(ENTRIES.c.idx).limit(TILE_WIDTH))
    pairs = zip(stored, split_hashes(hashes), strict=True)
    bad = next(row.idx for row, kept in pairs if row.leaf_hash != kept)
    return f"{place} and entry {bad} do not match"


def _stream(db: Session, query: Select[Any]) -> Iterator[Any]:
    with db.connection().execute(query.execution_options(yield_per=BATCH)) as found:
        for rows in found.partitions():
            yield from rows


def _parse(entry: bytes) -> dict[str, Any]:
    """Read an entry; the decoder is used directly because `json.loads` takes twice as long."""
    text = entry.decode("ascii")
    body, end = _DECODER.raw_decode(text)
    if end != len(text) or not isinstance(body, dict):
        raise ValueError("an entry is one JSON object and nothing behind it")
    return body


def _raw(column: Column[Any]) -> ColumnElement[bytes]:
    """Read bytes as bytes, whatever type somebody's SQLite shell has left them in."""
    return cast(column, LargeBinary).label(column.name)


def _indexes() -> array[int]:
    return array("Q")


def _unpack(packed: bytes) -> Recorded:
    return Recorded(packed[:20].decode("ascii"), int.from_bytes(packed[20:28], "big"), packed[28:])
