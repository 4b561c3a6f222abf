"""The migrations and the models tell the same story."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from conductdesk.db import Database
from conductdesk.schema import MIGRATIONS, create_schema, migrate, migration_config

TRIGGERS = {
    "sqlite": "SELECT tbl_name || ' ' || name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgrelid::regclass || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def engine(new_empty_url: Callable[[str], str]) -> Iterator[Engine]:
    engine = Database(new_empty_url("migrated")).engine
    yield engine
    engine.dispose()


@pytest.fixture
def made_at_once(new_empty_url: Callable[[str], str]) -> Iterator[Engine]:
    engine = Database(new_empty_url("made")).engine
    create_schema(engine)
    yield engine
    engine.dispose()


def triggers(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text(TRIGGERS[engine.dialect.name])))


def test_there_is_one_head_and_it_is_the_pinned_one(engine: Engine) -> None:
    heads = ScriptDirectory.from_config(migration_config(engine)).get_heads()
    assert heads == [(MIGRATIONS / "HEAD").read_text(encoding="ascii").strip()]


@pytest.mark.both_backends
def test_a_migrated_database_is_what_the_models_say(engine: Engine) -> None:
    migrate(engine)
    command.check(migration_config(engine))


@pytest.mark.both_backends
def test_a_migrated_database_guards_its_log(engine: Engine, made_at_once: Engine) -> None:
    migrate(engine)
    assert triggers(engine) == triggers(made_at_once) != set()


@pytest.mark.both_backends
def test_migrating_again_changes_nothing(engine: Engine) -> None:
    migrate(engine)
    migrate(engine)
    command.check(migration_config(engine))
