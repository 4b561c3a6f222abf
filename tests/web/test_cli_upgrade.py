"""`conductdesk upgrade`, which also counts the rows that came at once, as after `pg_restore`."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.notices.models import WorkerBeat
from conductdesk.vault.keystore import Keystore
from tests.web.command_line import CommandLine

MANY = 500


@pytest.fixture
def filled(db: Session, keystore: Keystore) -> Session:
    """A database into which many rows came at once."""
    moment = clock.now()
    beats = (f"worker-{number}" for number in range(MANY))
    db.add_all(WorkerBeat(worker=one, started_at=moment, beat_at=moment) for one in beats)
    db.commit()
    return db


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_postgresql_plans_at_once_with_the_rows_that_came(
    line: CommandLine, filled: Session
) -> None:
    known = text("SELECT reltuples FROM pg_class WHERE relname = 'worker_beat'")
    assert filled.scalar(known) != MANY
    filled.commit()
    assert "newest form" in line.said("upgrade")
    assert filled.scalar(known) == MANY


def test_sqlite_goes_on_planning_by_its_indexes(line: CommandLine, filled: Session) -> None:
    assert "newest form" in line.said("upgrade")
    tables = text("SELECT count(*) FROM sqlite_master WHERE name LIKE 'sqlite_stat%'")
    assert filled.scalar(tables) == 0
