"""Read what the control tests need, for a whole population in one query a table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, Select, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import LogEntry
from conductdesk.cases.models import Case
from conductdesk.db import Base
from conductdesk.people.models import Account, AuditorAppointment, OfficeHolding
from conductdesk.policy import Viewer
from conductdesk.review.controls.material import TYPE_AT, Columns, LoggedFact, Material, People
from conductdesk.review.queries.population import Wanted, wanted_cases
from conductdesk.schemes.queries import pack_version
from conductdesk.vault.models import DataKey, KeyGrant

BEFORE_TYPE = 'Z","type":"'
"""What stands before the type in every entry."""


def material_of(
    db: Session,
    viewer: Viewer,
    wanted: Wanted,
    tables: Collection[type[Base]],
    types: Collection[str],
    only: Collection[UUID],
) -> list[Material]:
    """Return those of the cases *only* that *viewer* audits, with what is needed of them."""
    query = wanted_cases(viewer, wanted).where(Case.id.in_(only))
    ids = query.with_only_columns(Case.id)
    rows = {table: _by_case(db.execute(_rows_of(table, ids))) for table in tables}
    ordered = query.with_only_columns(*_open_columns(Case)).order_by(Case.closed_at.desc(), Case.id)
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
    found = db.execute(own.where(_is_one_of(types)).order_by(LogEntry.idx))
    return [LoggedFact(idx, entry) for idx, entry in found]


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
    """Return the entries of each case, the oldest first."""
    found: defaultdict[str, list[LoggedFact]] = defaultdict(list)
    query = select(LogEntry.case_ref, LogEntry.idx, LogEntry.entry).where(
        LogEntry.log_id.in_({case.scheme for case in cases}),
        LogEntry.case_ref.in_([case.pseudonym for case in cases]),
        _is_one_of(types),
    )
    for case, idx, entry in db.execute(query.order_by(LogEntry.case_ref, LogEntry.idx)):
        found[str(case)].append(LoggedFact(idx, entry))
    return found


def _is_one_of(types: Collection[str]) -> ColumnElement[bool]:
    """Return whether an entry has one of *types*; what no longer looks like an entry is read too."""
    begins = (_reads(TYPE_AT, f'{one}"') for one in sorted(types))
    return or_(*begins, not_(_reads(TYPE_AT - len(BEFORE_TYPE), BEFORE_TYPE)))


def _reads(at: int, words: str) -> ColumnElement[bool]:
    return func.substr(LogEntry.entry, at + 1, len(words)) == literal(words.encode())


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
