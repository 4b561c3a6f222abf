"""Triggers that refuse to change or remove what the log holds."""

from __future__ import annotations

from sqlalchemy import Connection

GUARDED = ("log_entry", "log_tile")

_SQLITE = (
    "DROP TRIGGER IF EXISTS {table}_no_{verb}",
    "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
    "BEGIN SELECT RAISE(ABORT, '{table} only grows'); END",
)

_POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION refuse_log_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' only grows'; END $$"
)

_POSTGRESQL = (
    "DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}",
    "CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_log_change()",
)


def create_triggers(connection: Connection) -> None:
    """Make `log_entry` and `log_tile` refuse every UPDATE and DELETE (and TRUNCATE).

    Each migration calls this again, because rebuilding a table drops its triggers.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRESQL_FUNCTION)
        _create(connection, _POSTGRESQL, ("update", "delete", "truncate"))
    else:
        _create(connection, _SQLITE, ("update", "delete"))


def _create(connection: Connection, statements: tuple[str, ...], verbs: tuple[str, ...]) -> None:
    for table in GUARDED:
        for verb in verbs:
            for statement in statements:
                connection.exec_driver_sql(statement.format(table=table, verb=verb))
