"""How the log vouches for rows of the register that are too many to be named in entries.

An act leaves one manifest: a row that the log vouches for like any other, and that lists every row
which the act wrote or deleted. For each table: its name, a NUL, the number of rows as 4 bytes, and
then each row's id (16 bytes) with HMAC-SHA256 over the row as the log codes it (32 bytes; zeros for
a row that was deleted). Of two manifests that name a row the one with the higher version counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from conductdesk.audit.rows import row_mac
from conductdesk.db import NewRow, new_row
from conductdesk.participants.models import (
    Membership,
    Participant,
    ParticipantGroup,
    ParticipantTie,
    Register,
    RegisterManifest,
)

COUNT_LENGTH, ID_LENGTH, MAC_LENGTH = 4, 16, 32
DELETED = bytes(MAC_LENGTH)
AT_ONCE = 1_000
"""Rows fetched at a time."""

TABLES = tuple(
    cast(Table, model.__table__)
    for model in (Participant, ParticipantGroup, Membership, ParticipantTie)
)


class Coded(NamedTuple):
    """What a manifest says of one row."""

    table: str
    row_id: UUID
    mac: bytes


def coded(row: NewRow) -> Coded:
    """Return what a manifest says of a row that is written."""
    return Coded(row.table.name, row.id, row_mac(row.table, row.values))


def deleted(table: str, row_id: UUID) -> Coded:
    """Return what a manifest says of a row that goes."""
    return Coded(table, row_id, DELETED)


def manifest_of(register: Register, version: int, content: bytes) -> NewRow:
    """Return the manifest of the act with this *version*."""
    return new_row(RegisterManifest, register_id=register.id, version=version, content=content)


def packed(rows: Iterable[Coded]) -> bytes:
    """Return what a manifest says of *rows*, as it is stored."""
    by_table: dict[str, list[bytes]] = defaultdict(list)
    for row in rows:
        by_table[row.table].append(row.row_id.bytes + row.mac)
    return b"".join(
        table.encode("ascii") + b"\0" + len(found).to_bytes(COUNT_LENGTH, "big") + b"".join(found)
        for table, found in sorted(by_table.items())
    )


def unpacked(content: bytes) -> Iterator[Coded]:
    """Yield what a manifest says; `ValueError` where it is not whole."""
    at = 0
    while at < len(content):
        end = content.index(b"\0", at)
        table, at = content[at:end].decode("ascii"), end + 1
        count = int.from_bytes(content[at : at + COUNT_LENGTH], "big")
        at += COUNT_LENGTH
        for _row in range(count):
            row_id, mac = content[at : at + ID_LENGTH], content[at + ID_LENGTH : at + _LENGTH]
            yield Coded(table, UUID(bytes=row_id), mac)
            at += _LENGTH


def unaccounted_rows(db: Session, register: Register) -> list[str]:
    """Return the rows of *register* that are not as the manifests say: changed, lost or added.

    The manifests themselves are rows of the log, and `audit verify` checks them.
    """
    said = _said_last(db, register)
    faults = []
    for table in TABLES:
        for row_id, mac in _stored(db, table, register):
            if said.pop((table.name, row_id), None) != mac:
                faults.append(f"{table.name} {row_id}")
    lost = [f"{table} {row_id}" for (table, row_id), mac in said.items() if mac != DELETED]
    return faults + lost


_LENGTH = ID_LENGTH + MAC_LENGTH


def _said_last(db: Session, register: Register) -> dict[tuple[str, UUID], bytes]:
    query = select(RegisterManifest.content).where(RegisterManifest.register_id == register.id)
    in_order = query.order_by(RegisterManifest.version).execution_options(yield_per=1)
    return {
        (row.table, row.row_id): row.mac
        for content in db.scalars(in_order)
        for row in unpacked(content)
    }


def _stored(db: Session, table: Table, register: Register) -> Iterator[tuple[UUID, bytes]]:
    query = select(table).where(table.c.register_id == register.id)
    with db.connection().execute(query.execution_options(yield_per=AT_ONCE)) as found:
        for row in found.mappings():
            yield row["id"], row_mac(table, dict(row))
