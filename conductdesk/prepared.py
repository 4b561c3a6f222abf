"""Inserts as the driver takes them: SQLAlchemy compiles each once, not once for each batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert

TABLES_KEPT = 128


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert *rows*, each with every column of *table*."""
    prepared = _insert_into(table, connection.dialect)
    connection.exec_driver_sql(prepared.sql, [prepared.bound(row) for row in rows])


@dataclass(frozen=True, slots=True)
class _Prepared:
    """The text of a statement, and for each column what turns a value into the driver's."""

    sql: str
    columns: tuple[tuple[str, Callable[[Any], Any]], ...]
    positional: bool

    def bound(self, row: Mapping[str, Any]) -> Any:
        """Return the values of *row* as the driver takes them."""
        values = {name: as_stored(row[name]) for name, as_stored in self.columns}
        return tuple(values.values()) if self.positional else values


@lru_cache(TABLES_KEPT)
def _insert_into(table: Table, dialect: Dialect) -> _Prepared:
    compiled = insert(table).compile(dialect=dialect)
    columns = [table.columns[name] for name in compiled.positiontup or compiled.params]
    kinds = ((column.name, column.type.dialect_impl(dialect)) for column in columns)
    as_stored = ((name, kind.bind_processor(dialect) or _as_it_is) for name, kind in kinds)
    return _Prepared(compiled.string, tuple(as_stored), compiled.positional)


def _as_it_is(value: Any) -> Any:
    return value
