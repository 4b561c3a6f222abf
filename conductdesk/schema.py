"""The whole schema in one place: every table, and how a database comes to have it."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from conductdesk.audit.triggers import create_triggers
from conductdesk.db import Base

PACKAGE = Path(__file__).resolve().parent
MIGRATIONS = PACKAGE.parent / "migrations"


def import_all_models() -> None:
    """Import the `models` of every capability, so that `Base.metadata` holds every table."""
    for package in pkgutil.iter_modules([str(PACKAGE)], "conductdesk."):
        models = f"{package.name}.models"
        if package.ispkg and find_spec(models) is not None:
            importlib.import_module(models)


def create_schema(engine: Engine) -> None:
    """Make every table and trigger at once, without the migrations: for tests and measurements."""
    import_all_models()
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        create_triggers(connection)


def migrate(engine: Engine) -> None:
    """Bring a database to the newest schema; repeatable."""
    command.upgrade(migration_config(engine), "head")


def gather_statistics(engine: Engine) -> None:
    """Let PostgreSQL count its rows now: after many came at once it would plan badly for a while.

    SQLite plans by its indexes alone, and needs nothing.
    """
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text("ANALYZE"))


def is_current(engine: Engine) -> bool:
    """Answer whether a database has the schema that this program expects."""
    with engine.connect() as connection:
        present = MigrationContext.configure(connection).get_current_heads()
    return set(present) == set(ScriptDirectory.from_config(migration_config(engine)).get_heads())


def migration_config(engine: Engine) -> Config:
    """Return what Alembic needs to know to work on *engine*."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["engine"] = engine
    return config
