"""The databases that every other test stands on."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from conductdesk.db import Base, Database
from conductdesk.schema import import_all_models
from conductdesk.vault.keystore import Keystore

pytestmark = pytest.mark.both_backends


def test_a_fresh_database_holds_every_table(database: Database) -> None:
    import_all_models()
    assert set(Base.metadata.tables) <= set(inspect(database.engine).get_table_names())


def test_a_marked_test_runs_on_the_backend_it_is_named_after(db: Session, backend: str) -> None:
    assert db.get_bind().dialect.name == backend


def test_a_test_that_asks_for_any_database_needs_no_mark(any_database: Database) -> None:
    with any_database.reading() as db:
        assert db.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize("turn", ["first", "second"])
def test_two_tests_never_share_a_keystore(keystore: Keystore, turn: str) -> None:
    assert keystore.signed_head("seen") is None, turn
    keystore.remember_signed_head("seen", 1, b"root", "note")
    assert keystore.signed_head("seen") is not None  # the other one would find it
