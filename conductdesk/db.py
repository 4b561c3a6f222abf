"""Sessions, the declarative base, and the rows that the audit log vouches for."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    LargeBinary,
    MetaData,
    Table,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    inspect,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from conductdesk.prepared import insert_all

BUSY_TIMEOUT = 10_000
"""How long a writer waits for SQLite's lock, in milliseconds."""

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={BUSY_TIMEOUT}",
    "foreign_keys=ON",
    "secure_delete=ON",
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware in Python and UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment as the driver wants it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the stored moment, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of the main database."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: UtcDateTime(), UUID: Uuid(), bytes: LargeBinary()}


class LoggedRow:
    """A row that the audit log vouches for.

    Each change to it must be followed, in the same transaction, by a log entry that carries
    HMAC-SHA256(`row_salt`, `stored_bytes`). The salt lies in the row, so that deleting the row
    also takes away the means of guessing what it held.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    row_salt: Mapped[bytes] = mapped_column(default=lambda: secrets.token_bytes(32))


class UnrecordedChangeError(Exception):
    """A logged row changed, and the transaction was about to commit without a log entry."""


def stored_bytes(table: Table, values: Mapping[str, Any]) -> bytes:
    """Return the canonical JSON of one row, as the audit log's HMAC covers it.

    Keys are the column names in ascending order, without `row_salt`; bytes and ids are lower-case
    hex, moments are `2026-11-22T10:00:00.000000Z`; no white space; ASCII. An empty column is left
    out, so that a later version may add one without touching what was vouched for.
    """
    pairs = {name: _plain(values[name]) for name in _vouched_for(table) if values[name] is not None}
    return _CANONICAL.encode(pairs).encode("ascii")


_CANONICAL = json.JSONEncoder(separators=(",", ":"))


@cache
def _vouched_for(table: Table) -> tuple[str, ...]:
    return tuple(sorted(column.name for column in table.columns if column.name != "row_salt"))


def _plain(value: Any) -> str | int | bool:
    if isinstance(value, (str, int)):  # a bool is an int
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    raise TypeError(f"a logged row cannot hold a {type(value).__name__}")


class Database:
    """One engine, and the two kinds of session on it: reading and writing."""

    def __init__(self, url: str) -> None:
        self.engine = _make_engine(url)
        self._writer = self.engine.execution_options(writes=True)
        self._reading, self._writing = sessionmaker(self.engine), sessionmaker(self._writer)

    def reading(self) -> Session:
        """Return a session whose transaction takes no write lock when it begins."""
        return self._reading()

    def writing(self) -> Session:
        """Return a session whose transaction begins with the write lock (SQLite)."""
        return self._writing()

    def connected_to_write(self) -> AbstractContextManager[Connection]:
        """Return a connection that begins with the write lock, and commits where nothing raises."""
        return self._writer.begin()


def start_writing(db: Session) -> None:
    """End the reading transaction of *db* and begin a writing one; loaded rows are refreshed."""
    db.rollback()
    db.connection(execution_options={"writes": True})


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row on its way into the database past the unit of work; *values* has every column."""

    table: Table
    values: Mapping[str, Any]
    logged: bool
    """Whether the audit log vouches for it."""

    @property
    def id(self) -> UUID:
        """The row's id."""
        return cast(UUID, self.values["id"])


ChangedRow = LoggedRow | NewRow | None
"""A row as it stands in this transaction; None where it was deleted."""


def changed_rows(db: Session) -> dict[tuple[str, UUID], ChangedRow]:
    """Return the logged rows changed since the last log entry."""
    changed: dict[tuple[str, UUID], ChangedRow] = db.info.setdefault("changed_rows", {})
    return changed


def new_row(kind: type[Base], /, **values: object) -> NewRow:
    """Return a row of *kind* for `insert_rows`, with its defaults; `TypeError` for a wrong name."""
    shape = _shape(cast(Any, kind))
    filled = {
        column: values.pop(name) if name in values else _default(default)
        for column, name, default in shape.columns
    }
    if values:
        raise TypeError(f"{kind.__name__} has no {', '.join(values)}")
    return NewRow(shape.table, filled, shape.logged)


def as_new_row(made: Base) -> NewRow:
    """Return what *made* holds, which is in no session, as a row for `insert_rows`."""
    kind = type(made)
    held = {name: getattr(made, name) for _column, name in columns_of(kind)}
    return new_row(kind, **{name: value for name, value in held.items() if value is not None})


def insert_rows(db: Session, rows: Iterable[NewRow]) -> None:
    """Insert new rows with one statement for each table.

    For an act that makes dozens of rows at once. Logged rows are noted as changed like any other;
    none of the rows is in the session afterwards.
    """
    db.flush()  # the rows may refer to some that wait in the session
    filled: dict[Table, list[Mapping[str, Any]]] = {}
    for row in rows:
        filled.setdefault(row.table, []).append(row.values)
        if row.logged:
            changed_rows(db)[row.table.name, row.id] = row
    connection = db.connection()
    for table in sorted(filled, key=_order().__getitem__):
        insert_all(connection, table, filled[table])


@dataclass(frozen=True, slots=True)
class _Shape:
    """What `new_row` knows of a mapped class: (column, attribute, default) of each column."""

    table: Table
    columns: tuple[tuple[str, str, Any], ...]
    logged: bool


@cache
def _shape(kind: Any) -> _Shape:
    table = cast(Table, inspect(kind).local_table)
    columns = ((column, name, table.columns[column].default) for column, name in columns_of(kind))
    return _Shape(table, tuple(columns), issubclass(kind, LoggedRow))


def _default(default: Any) -> object:
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


@cache
def columns_of(kind: type[Any]) -> list[tuple[str, str]]:
    """Return the column names of a mapped class, each with the name of its attribute."""
    mapper = inspect(kind)
    columns = cast(Table, mapper.local_table).columns
    return [(column.name, mapper.get_property_by_column(column).key) for column in columns]


@cache
def _order() -> Mapping[Table, int]:
    """Return the place of each table, so that a row comes after those that it refers to."""
    return {table: place for place, table in enumerate(Base.metadata.sorted_tables)}


def _make_engine(url: str) -> Engine:
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@event.listens_for(Session, "after_flush")
def _remember_changes(db: Session, _context: object) -> None:
    changed = changed_rows(db)
    for row in (*db.new, *db.dirty):
        if isinstance(row, LoggedRow) and (row in db.new or db.is_modified(row)):
            changed[row.__tablename__, row.id] = row  # type: ignore[attr-defined]  # every LoggedRow is mapped
    for row in db.deleted:
        if isinstance(row, LoggedRow):
            changed[row.__tablename__, row.id] = None  # type: ignore[attr-defined]  # every LoggedRow is mapped


@event.listens_for(Session, "before_commit")
def _refuse_unrecorded_changes(db: Session) -> None:
    db.flush()
    changed = changed_rows(db)
    if changed:
        tables = ", ".join(sorted({table for table, _id in changed}))
        raise UnrecordedChangeError(f"no log entry covers the changes to: {tables}")


@event.listens_for(Session, "after_soft_rollback")
def _forget_changes(db: Session, _previous: object) -> None:
    db.info.pop("changed_rows", None)
