"""How Alembic reaches the database, and what it takes care of around every migration."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.operations import MigrationScript
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, Enum, TypeDecorator, inspect

from conductdesk.audit.triggers import GUARDED, create_triggers
from conductdesk.db import Base, Database
from conductdesk.schema import import_all_models
from conductdesk.settings import load_settings

LOCK_TIMEOUT = "4s"
"""How long a migration waits for others on PostgreSQL before it gives up and may be repeated."""
STATEMENT_TIMEOUT = "60s"


def chosen_engine() -> Engine:
    """Return the engine handed over, or the one of `-x url=`, or the environment's."""
    engine: Engine | None = context.config.attributes.get("engine")
    if engine is not None:
        return engine
    url = context.get_x_argument(as_dictionary=True).get("url")
    return Database(url or load_settings(os.environ).database_url).engine


def run(engine: Engine) -> None:
    """Run what was asked for in one transaction."""
    with engine.execution_options(writes=True).connect() as connection:
        _foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                _migrate(connection)
        finally:
            _foreign_keys(connection, "ON")


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT}'")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        process_revision_directives=number_revision,
    )
    context.run_migrations()
    _restore_guards(connection)


def _restore_guards(connection: Connection) -> None:
    """Make the triggers again: rebuilding a table drops them, and no migration may forget it."""
    if inspect(connection).has_table(GUARDED[0]):
        create_triggers(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise RuntimeError(f"the migration leaves rows that point nowhere: {broken[:5]}")


def _foreign_keys(connection: Connection, state: Literal["ON", "OFF"]) -> None:
    """Switch SQLite's foreign keys, which only works outside a transaction.

    Off during a migration: a table is rebuilt by dropping the old one, and that would delete the
    rows of others that point to it.
    """
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys={state}")


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the plain ones below them: a migration must not change later."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    if kind == "type" and isinstance(item, Enum) and not item.native_enum:
        return f"sa.String(length={item.length})"
    return False


def number_revision(
    _context: MigrationContext,
    _revision: str | Iterable[str | None] | Iterable[str],
    directives: list[MigrationScript],
) -> None:
    """Number migrations 0001, 0002 …, so that two of them made at once collide in git."""
    head = ScriptDirectory.from_config(context.config).get_current_head()
    for directive in directives:
        directive.rev_id = f"{int(head or 0) + 1:04d}"


import_all_models()
if context.is_offline_mode():
    raise SystemExit("Migrations need the database: they are not written out as SQL.")
run(chosen_engine())
