"""The job loop."""

from __future__ import annotations

import logging
import os
import signal
import threading
from datetime import timedelta
from pathlib import Path

import pytest

from conductdesk import clock
from conductdesk.db import Database
from conductdesk.notices.models import JobTrouble, WorkerBeat
from conductdesk.notices.queries import last_beat, mail_health
from conductdesk.notices.worker import Job, run_worker, stop_on_signal

SOON = timedelta(milliseconds=20)


class Turns:
    """Does something a few times, and then stops the worker."""

    def __init__(self, stop: threading.Event, most: int) -> None:
        self.stop, self.most, self.done = stop, most, 0

    def __call__(self) -> None:
        """Count one turn."""
        self.done += 1
        if self.done >= self.most:
            self.stop.set()


def test_a_job_runs_again_and_again(database: Database) -> None:
    stop = threading.Event()
    turns = Turns(stop, 3)
    run_worker(database, [Job("turns", SOON, turns)], until=stop)
    assert turns.done == 3


def test_a_job_that_crashes_is_tried_again_and_stops_no_other(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    crashes, turns = Turns(threading.Event(), 99), Turns(stop, 3)

    def crash() -> None:
        crashes()
        raise ValueError("zanzibarmarker")

    with caplog.at_level(logging.ERROR):
        run_worker(database, [Job("crash", SOON, crash), Job("turns", SOON, turns)], until=stop)
    assert crashes.done >= 2
    assert turns.done == 3
    assert "job crash crashed: ValueError at test_worker.py" in caplog.text
    assert "zanzibarmarker" not in caplog.text
    with database.reading() as db:
        assert db.get_one(JobTrouble, "crash").crashes == crashes.done
        assert mail_health(db).troubled_jobs == ("crash",)


def test_trouble_is_forgotten_when_the_job_runs_well_again(database: Database) -> None:
    with database.writing() as db:
        db.add(JobTrouble(job="turns", since=clock.now(), crashes=2, last_error="OSError"))
        db.commit()
    stop = threading.Event()
    run_worker(database, [Job("turns", SOON, Turns(stop, 2))], until=stop)
    with database.reading() as db:
        assert mail_health(db).troubled_jobs == ()


def test_the_worker_shows_that_it_is_alive(database: Database) -> None:
    stop = threading.Event()
    run_worker(database, [Job("turns", SOON, Turns(stop, 2))], until=stop)
    with database.reading() as db:
        seen = last_beat(db)
    assert seen is not None
    assert clock.now() - seen < timedelta(seconds=10)


def test_beats_of_workers_long_gone_are_swept_away(database: Database) -> None:
    long_ago = clock.now() - timedelta(days=2)
    with database.writing() as db:
        db.add(WorkerBeat(worker="old", started_at=long_ago, beat_at=long_ago))
        db.commit()
    stop = threading.Event()
    run_worker(database, [Job("turns", SOON, Turns(stop, 1))], until=stop)
    with database.reading() as db:
        assert db.get(WorkerBeat, "old") is None


def test_a_signal_ends_the_worker_after_the_job_that_runs(database: Database) -> None:
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    finished: list[bool] = []

    def term() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        finished.append(True)

    try:
        jobs = [Job("term", SOON, term), Job("never", SOON, lambda: finished.append(False))]
        run_worker(database, jobs, until=stop_on_signal())
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
    assert finished == [True]


def test_a_database_that_is_away_does_not_end_the_worker(tmp_path: Path) -> None:
    stop = threading.Event()
    empty = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    turns = Turns(stop, 2)
    run_worker(empty, [Job("turns", SOON, turns)], until=stop)
    empty.engine.dispose()
    assert turns.done == 2
