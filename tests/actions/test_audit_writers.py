"""Processes that write to one log at once, and one that is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk.audit.record import ENTRIES, lock_head
from conductdesk.db import Database
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Principal
from tests.actions.audit_checks import assert_verifies
from tests.actions.audit_rows import LOG, begin_log, publish_key

ROOT = Path(__file__).parents[2]


@pytest.fixture
def log(db: Session) -> Session:
    begin_log(db)
    return db


@pytest.mark.both_backends
def test_processes_that_write_at_once_leave_no_gap_and_lose_nothing(
    log: Session, database: Database, database_url: str, keystore: Keystore
) -> None:
    log.commit()
    writers = [start_writer(database_url, "12") for _ in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    with database.reading() as db:
        indexes = db.execute(select(ENTRIES.c.idx).order_by(ENTRIES.c.idx)).scalars().all()
        assert list(indexes) == list(range(48))
        assert db.scalar(select(func.count()).select_from(Principal)) == 48
    assert_verifies(database, keystore)


@pytest.mark.both_backends
def test_a_process_killed_before_its_commit_leaves_neither_entry_nor_row(
    log: Session, database: Database, database_url: str, keystore: Keystore
) -> None:
    log.commit()
    assert start_writer(database_url, "3", "die").wait(60) == -signal.SIGKILL
    publish_key(log)
    log.commit()
    with database.reading() as db:
        assert lock_head(db, LOG).size == 3
        assert db.scalar(select(func.count()).select_from(Principal)) == 3
    assert_verifies(database, keystore)


def start_writer(url: str, *arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.actions.audit_writer", url, *arguments]
    return subprocess.Popen(command, cwd=ROOT)
