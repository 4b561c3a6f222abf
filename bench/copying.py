"""Many closed cases: copies of a few that were lived through, with what control tests look at.

For measurements alone: the copies have keys to nothing, and no tree vouches for their entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle, islice
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Table, exists, func, insert, select, true
from sqlalchemy.orm import Session

from conductdesk.audit.models import LogEntry
from conductdesk.cases.models import Case, TieCheck
from conductdesk.cases.workflow import CLOSED_STATES
from conductdesk.db import Base, Database
from conductdesk.people.models import NewTie
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.vault.models import DataKey

AT_ONCE = 250
"""How many copies are written at once."""

Rows = Mapping[Table, list[Mapping[str, Any]]]


def copy_closed(database: Database, scheme: str, total: int) -> None:
    """Copy the closed cases of *scheme*, one after the other, until there are *total*."""
    with database.writing() as db:
        closed = select(Case.id).where(Case.scheme == scheme, Case.state.in_(CLOSED_STATES))
        models = [_rows_of(db, case_id) for case_id in db.scalars(closed)]
        entries = [_entries_of(db, rows) for rows in models]
        last = db.scalar(select(func.max(LogEntry.idx)).where(LogEntry.log_id == scheme)) or 0
        source = cycle(zip(models, entries, strict=True))
        for first in range(len(models), total, AT_ONCE):
            some = islice(source, min(AT_ONCE, total - first))
            last = _write(db, some, first, last)
        _note_looked(db, scheme)
        db.commit()


def _note_looked(db: Session, scheme: str) -> None:
    """Let each copy count as compared with every auditor, as its model was before it was closed."""
    looked = exists().where(TieCheck.case_id == Case.id, TieCheck.tie_id == NewTie.id)
    of_scheme = Case.scheme == scheme, Case.state.in_(CLOSED_STATES), ~looked
    pairs = select(Case.id, NewTie.id).join(NewTie, true()).where(*of_scheme)
    db.execute(insert(TieCheck).from_select(["case_id", "tie_id"], pairs))


def _write(db: Session, some: Iterable[tuple[Rows, list[bytes]]], first: int, last: int) -> int:
    """Write copies of *some* cases, their entries behind *last*; return the last index then."""
    rows: dict[Table, list[Mapping[str, Any]]] = {}
    entries: list[Mapping[str, Any]] = []
    for number, (model, logged) in enumerate(some, first):
        [case] = model[_table(Case)]
        new = {row["id"]: uuid4() for of in model.values() for row in of}
        for table, of in model.items():
            rows.setdefault(table, []).extend(_copies(of, new, number))
        pseudonym = new[case["id"]].hex
        renamed = {old.hex.encode(): one.hex.encode() for old, one in new.items()}
        renamed[case["pseudonym"].encode()] = pseudonym.encode()
        for entry in logged:
            last += 1
            entries.append(_entry(case["scheme"], last, pseudonym, _renamed(entry, renamed)))
    for table in Base.metadata.sorted_tables:
        if rows.get(table):
            db.connection().execute(insert(table), rows[table])
    db.connection().execute(insert(_table(LogEntry)), entries)
    return last


def _copies(
    rows: Iterable[Mapping[str, Any]], new: Mapping[UUID, UUID], number: int
) -> Iterator[dict[str, Any]]:
    """Yield copies under their *new* ids, also where they name each other."""
    for row in rows:
        copy = {
            name: new.get(value, value) if isinstance(value, UUID) else value
            for name, value in row.items()
        }
        if "pseudonym" in copy:
            copy |= {"pseudonym": copy["id"].hex, "code_name": f"Quiet Meadow {number}"}
        yield copy


def _renamed(entry: bytes, names: Mapping[bytes, bytes]) -> bytes:
    return b'"'.join(names.get(part, part) for part in entry.split(b'"'))


def _entry(log_id: str, idx: int, case: str, entry: bytes) -> Mapping[str, Any]:
    return {
        "log_id": log_id,
        "idx": idx,
        "case_ref": case,
        "entry": entry,
        "leaf_hash": bytes(32),
    }


def _entries_of(db: Session, rows: Rows) -> list[bytes]:
    [case] = rows[_table(Case)]
    of_case = select(LogEntry.entry).where(LogEntry.case_ref == case["pseudonym"])
    return list(db.scalars(of_case.order_by(LogEntry.idx)))


def _rows_of(db: Session, case_id: UUID) -> Rows:
    """Return a case and its rows of the tables that some control test looks at."""
    looked_at = frozenset[type[Base]]().union(*(one.rows for one in CONTROLS.values()))
    keys = select(DataKey.id).where(DataKey.case_id == case_id)
    found = {_table(Case): Case.id == case_id, _table(DataKey): DataKey.case_id == case_id}
    for table in map(_table, looked_at):
        own = "case_id" in table.c
        found[table] = table.c.case_id == case_id if own else table.c.data_key_id.in_(keys)
    return {
        table: [dict(row) for row in db.connection().execute(select(table).where(of)).mappings()]
        for table, of in found.items()
    }


def _table(model: type[Base]) -> Any:
    return model.__table__
