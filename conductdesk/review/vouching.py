"""Whether the rows of one case are still those that its log entries vouch for."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, literal, or_, select
from sqlalchemy.orm import Session

from conductdesk.audit.queries import Entry
from conductdesk.audit.record import ENTRIES
from conductdesk.audit.rows import RowName, row_mac
from conductdesk.cases.models import Case
from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import DataKey, KeyGrant

UNREADABLE = (LookupError, TypeError, ValueError)
"""What reading raises when somebody has put the wrong type of value into a column."""
NOT_A_CODE = "unreadable"

SEARCHED = 50
"""For how many rows that seem wrong the entries of other cases are searched."""


class Said(NamedTuple):
    """What the log says about a row: where it is named first and last, and its newest code."""

    first: int
    last: int
    code: str
    """Empty once the row was deleted."""


@dataclass(frozen=True)
class Vouched:
    """One row against the newest entry that names it; *problem* is None where both agree."""

    first: int | None
    last: int | None
    problem: str | None


def vouched_rows(db: Session, case: Case, entries: Sequence[Entry]) -> dict[RowName, Vouched]:
    """Compare each row of *case* with the newest of its *entries* that names it.

    Cases that are linked or joined change in one act, whose entry may stand under another case: for
    a row that seems wrong, the whole log is asked for a later entry.
    """
    said = _said_by((entry.idx, entry.rows) for entry in entries)
    stored = dict(_stored(db, case))
    known = {name: one for name, one in said.items() if name[0] in _TABLES}
    found = {name: _compare(known.get(name), stored.get(name)) for name in {*known, *stored}}
    wrong = [name for name, one in found.items() if one.problem][:SEARCHED]
    if wrong:
        later = _said_by(_later(db, case.scheme, wrong))
        for name in wrong:
            both = _newest(said.get(name), later.get(name))
            found[name] = _compare(both, stored.get(name))
    return found


def _said_by(named: Iterable[tuple[int, Iterable[tuple[str, UUID, str]]]]) -> dict[RowName, Said]:
    found: dict[RowName, Said] = {}
    for idx, rows in named:
        for table, row_id, code in rows:
            found[table, row_id] = _newest(found.get((table, row_id)), Said(idx, idx, code))
    return found


def _newest(one: Said | None, other: Said | None) -> Said:
    both = [said for said in (one, other) if said is not None]
    if not both:
        return Said(-1, -1, "")
    last = max(both, key=lambda said: said.last)
    return Said(min(said.first for said in both), last.last, last.code)


def _compare(said: Said | None, code: str | None) -> Vouched:
    if code == NOT_A_CODE:
        return Vouched(None, None, "a row cannot be read")
    if said is None or said.last < 0:
        return Vouched(None, None, "no entry names this row")
    return Vouched(said.first, said.last, _problem(said, code))


def _problem(said: Said, code: str | None) -> str | None:
    if code is None:
        missing = f"the row that entry {said.last} names is missing"
        return missing if said.code else None
    if code == said.code:
        return None
    return (
        f"the row differs from entry {said.last}"
        if said.code
        else f"the row is still there after its deletion in entry {said.last}"
    )


def _stored(db: Session, case: Case) -> Iterator[tuple[RowName, str]]:
    """Yield each logged row of *case* as it stands in the database, with its code."""
    for name, table in _TABLES.items():
        try:
            for row in db.connection().execute(select(table).where(_of(table, case))).mappings():
                yield (name, row["id"]), row_mac(table, dict(row)).hex()
        except UNREADABLE:
            yield (name, case.id), NOT_A_CODE


def _of(table: Table, case: Case) -> ColumnElement[bool]:
    if table.name == Case.__tablename__:
        return table.c.id == case.id
    if table.name == KeyGrant.__tablename__:
        return table.c.data_key_id.in_(select(DataKey.id).where(DataKey.case_id == case.id))
    return table.c.case_id == case.id


def _tables() -> Mapping[str, Table]:
    """Return the logged tables whose rows belong to one case."""
    logged: list[Any] = [
        mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, LoggedRow)
    ]
    by_itself = (Case.__tablename__, KeyGrant.__tablename__)
    ours = (one for one in logged if "case_id" in one.columns or one.name in by_itself)
    return {table.name: table for table in sorted(ours, key=lambda one: str(one.name))}


_TABLES = _tables()


def _later(
    db: Session, log_id: str, names: Sequence[RowName]
) -> Iterator[tuple[int, list[tuple[str, UUID, str]]]]:
    query = select(ENTRIES.c.idx, ENTRIES.c.entry).where(
        ENTRIES.c.log_id == log_id, or_(*(_names(db, row_id) for _table, row_id in names))
    )
    for idx, entry in db.connection().execute(query.order_by(ENTRIES.c.idx)):
        try:
            rows = json.loads(entry).get("rows", ())
            yield idx, [(table, UUID(hex=row_id), code) for table, row_id, code in rows]
        except UNREADABLE:
            continue  # the check of the whole log names it


def _names(db: Session, row_id: UUID) -> ColumnElement[bool]:
    needle = literal(row_id.hex.encode())
    if db.get_bind().dialect.name == "sqlite":
        return func.instr(ENTRIES.c.entry, needle) > 0
    return func.position(needle.op("IN")(ENTRIES.c.entry)) > 0
