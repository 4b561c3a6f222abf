"""Read what the control tests need, for a whole population in one query a table."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, Select, func, or_, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import LogEntry
from conductdesk.cases.models import Case
from conductdesk.db import Base
from conductdesk.people.models import Account, AuditorAppointment, OfficeHolding
from conductdesk.policy import Viewer
from conductdesk.review.controls.material import Columns, LoggedFact, Material, People
from conductdesk.review.queries.population import Wanted, wanted_cases
from conductdesk.schemes.queries import pack_version
from conductdesk.vault.models import DataKey, KeyGrant

TYPE_AT = len(b'{"v":1,"t":"2026-11-22T10:00:00Z","type":"')
"""Where the type of an entry begins: the form is frozen, and few entries need all be read."""


def material_of(
    db: Session,
    viewer: Viewer,
    wanted: Wanted,
    tables: Collection[type[Base]],
    types: Collection[str],
) -> list[Material]:
    """Return the closed cases that *viewer* audits, with the rows and entries that are needed."""
    query = wanted_cases(viewer, wanted)
    ids = query.with_only_columns(Case.id)
    rows = {table: _by_case(db.execute(_rows_of(table, ids))) for table in tables}
    ordered = query.with_only_columns(*_open_columns(Case)).order_by(Case.closed_at)
    cases = db.execute(ordered).all()
    entries = _entries_by_case(db, cases, types) if types else {}
    people, packs = _people(db), _packs(db)
    return [
        Material(
            case=case,
            pack=packs(case.scheme, case.pack_version),
            people=people,
            rows={table: of[case.id] for table, of in rows.items() if case.id in of},
            entries=entries.get(case.pseudonym, ()),
        )
        for case in cases
    ]


def logged_facts(db: Session, scheme: str, types: Collection[str]) -> list[LoggedFact]:
    """Return the entries of a scheme's log that belong to no case, of some types."""
    if not types:
        return []
    own = select(LogEntry.idx, LogEntry.entry).where(
        LogEntry.log_id == scheme, LogEntry.case_ref.is_(None)
    )
    found = db.execute(own.order_by(LogEntry.idx).execution_options(yield_per=1_000))
    return [_fact(idx, entry) for idx, entry in found if _type(entry) in types]


def _rows_of(table: type[Base], ids: Select[UUID]) -> Any:
    if table is KeyGrant:
        columns = (DataKey.case_id, KeyGrant.id, KeyGrant.principal_id)
        joined = select(*columns).join(DataKey, DataKey.id == KeyGrant.data_key_id)
        return joined.where(DataKey.case_id.in_(ids))
    case_id: Any = table.__table__.c["case_id"]
    return select(*_open_columns(table)).where(case_id.in_(ids))


def _open_columns(table: type[Base]) -> Iterator[Any]:
    """Yield the columns of a table, and for each sealed one whether there is something in it."""
    for column in table.__table__.columns:
        if not isinstance(column.type, LargeBinary):
            yield column
        elif column.name != "row_salt":
            full = column.is_not(None) & (func.length(column) > 0)
            yield full.label(f"has_{column.name}")


def _by_case(rows: Any) -> dict[UUID, list[Columns]]:
    found: defaultdict[UUID, list[Columns]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _entries_by_case(
    db: Session, cases: Sequence[Columns], types: Collection[str]
) -> Mapping[str, Sequence[LoggedFact]]:
    """Return the entries of each case, the oldest first.

    Each log is read once, in the order in which it lies there: that is quicker than looking up
    every case in it.
    """
    found: defaultdict[str, list[LoggedFact]] = defaultdict(list)
    wanted = {case.pseudonym for case in cases}
    columns = select(LogEntry.case_ref, LogEntry.idx, LogEntry.entry)
    for scheme in sorted({case.scheme for case in cases}):
        log = columns.where(LogEntry.log_id == scheme).order_by(LogEntry.idx)
        for case, idx, entry in db.execute(log.execution_options(yield_per=5_000)):
            if case is not None and case in wanted and _type(entry) in types:
                found[case].append(_fact(idx, entry))
    return found


def _type(entry: bytes) -> str:
    return bytes(entry[TYPE_AT : entry.index(b'"', TYPE_AT)]).decode()


def _fact(idx: int, entry: bytes) -> LoggedFact:
    body = json.loads(entry)
    at = datetime.strptime(body["t"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    pub, rows = body.get("pub", {}), body.get("rows", ())
    return LoggedFact(idx, at, body["type"], body["actor"], pub, rows)


def _people(db: Session) -> People:
    columns = (Account.id, Account.pseudonym, Account.name, Account.state, Account.principal_id)
    accounts: dict[UUID, Columns] = {row.id: row for row in db.execute(select(*columns))}
    offices = select(OfficeHolding).where(_today(OfficeHolding.until))
    auditors = select(AuditorAppointment).where(_today(AuditorAppointment.until))
    return People(
        accounts=accounts,
        by_principal={row.principal_id: row for row in accounts.values() if row.principal_id},
        offices={(one.account_id, one.scheme, one.office) for one in db.scalars(offices)},
        auditors={(one.account_id, one.scheme) for one in db.scalars(auditors)},
    )


def _today(until: Any) -> Any:
    return or_(until.is_(None), until > clock.now())


def _packs(db: Session) -> Callable[[str, int], Any]:
    known: dict[tuple[str, int], Any] = {}

    def pack(scheme: str, version: int) -> Any:
        if (scheme, version) not in known:
            known[scheme, version] = pack_version(db, scheme, version)
        return known[scheme, version]

    return pack
