"""How an entry vouches for a row: by an HMAC whose key lies in the row itself."""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from conductdesk.db import (
    Base,
    LoggedRow,
    NewRow,
    changed_rows,
    columns_of,
    stored_bytes,
)

AT_ONCE = 500
"""How many rows one query reads (SQLite limits the parameters of a statement)."""

RowName = tuple[str, UUID]
"""A table and a row's id."""

RowCode = tuple[str, str, str]
"""A table, the hex of a row's id, and the hex of the HMAC over the row; empty once deleted."""


def row_mac(table: Table, values: Mapping[str, Any]) -> bytes:
    """Return HMAC-SHA256 over the stored bytes of a row, keyed with the row's own salt."""
    return hmac.digest(values["row_salt"], stored_bytes(table, values), "sha256")


def row_codes(db: Session, names: Iterable[RowName]) -> dict[RowName, RowCode]:
    """Return the code of each row as it stands in this transaction.

    SQLite lets nobody else write meanwhile, so a changed row is as the session holds it. On
    PostgreSQL somebody may have changed another column of it just before, so it is read again,
    unless it is new: a row that nobody else can see yet is as it was made.
    """
    changed, alone = changed_rows(db), db.get_bind().dialect.name == "sqlite"
    codes = {}
    unknown: dict[str, list[UUID]] = defaultdict(list)
    for name in names:
        row = changed.get(name)
        if row is not None and (alone or isinstance(row, NewRow)):
            codes[name] = _code(name[0], _values(row))
        else:
            codes[name] = (name[0], name[1].hex, "")
            unknown[name[0]].append(name[1])
    for table, row_ids in unknown.items():
        for values in _read_rows(db, Base.metadata.tables[table], row_ids):
            codes[table, values["id"]] = _code(table, values)
    return codes


def _code(table: str, values: Mapping[str, Any]) -> RowCode:
    return table, values["id"].hex, row_mac(Base.metadata.tables[table], values).hex()


def _values(row: LoggedRow | NewRow) -> Mapping[str, Any]:
    if isinstance(row, NewRow):
        return row.values
    kind: Any = type(row)
    return {column: getattr(row, attribute) for column, attribute in columns_of(kind)}


def _read_rows(db: Session, table: Table, row_ids: Sequence[UUID]) -> Iterator[Mapping[str, Any]]:
    for at in range(0, len(row_ids), AT_ONCE):
        query = select(table).where(table.c.id.in_(row_ids[at : at + AT_ONCE]))
        yield from map(dict, db.connection().execute(query).mappings())
