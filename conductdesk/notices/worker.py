"""The loop that runs the jobs, one at a time, until it is told to stop."""

from __future__ import annotations

import logging
import secrets
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from sqlalchemy import delete
from sqlalchemy.exc import SQLAlchemyError

from conductdesk import clock
from conductdesk.db import Database
from conductdesk.notices.models import JobTrouble, WorkerBeat

log = logging.getLogger(__name__)

BEAT = timedelta(seconds=20)
GLANCE = 0.25
"""Seconds between two looks at the stop sign."""
BEAT_FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Job:
    """Something that is run again and again; it opens and commits its own transactions.

    Several workers may run the same job at once, so it must claim what it works on.
    """

    name: str
    interval: timedelta
    run: Callable[[], object]


class StopSign(Protocol):
    """What tells the worker to stop; a `threading.Event` is one."""

    def is_set(self) -> bool:
        """Say whether it is time to stop."""
        ...

    def wait(self, timeout: float) -> object:
        """Wait for that, at most *timeout* seconds."""
        ...


def run_worker(database: Database, jobs: Sequence[Job], *, until: StopSign) -> None:
    """Run each job at its interval, one at a time, until *until* says stop.

    A job that crashes is logged without the error's text, and runs again at its next turn. A job
    that has begun is not interrupted.
    """
    worker = secrets.token_hex(8)
    timetable = [Job("beat", BEAT, lambda: _beat(database, worker)), *jobs]
    due = {job.name: 0.0 for job in timetable}
    trouble = set(due)  # the last worker may have left some; the first good run clears it
    while not until.is_set():
        for job in timetable:
            if until.is_set() or due[job.name] > time.monotonic():
                continue
            _run(database, job, trouble)
            due[job.name] = time.monotonic() + job.interval.total_seconds()
        until.wait(max(0.0, min(due.values()) - time.monotonic()))


def stop_on_signal() -> StopSign:
    """Return a sign that SIGTERM and SIGINT put up; call it in the main thread."""
    stop = _Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.put_up)
    return stop


class _Stop:
    """A sign without a lock: `Event.set` in a signal handler can wait for itself for ever."""

    def __init__(self) -> None:
        self._up = False

    def put_up(self, *_signal: object) -> None:
        self._up = True

    def is_set(self) -> bool:
        return self._up

    def wait(self, timeout: float) -> object:
        end = time.monotonic() + timeout
        while not self._up and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, GLANCE))
        return self._up


def _run(database: Database, job: Job, trouble: set[str]) -> None:
    try:
        job.run()
    except Exception as error:  # one job's error must not end the others
        log.error("job %s crashed: %s", job.name, where(error))  # noqa: TRY400 - no text, no values
        trouble.add(job.name)
        _remember(database, job.name, type(error).__name__)
    else:
        if job.name in trouble:
            trouble.discard(job.name)
            _remember(database, job.name, None)


def where(error: Exception) -> str:
    """Return an error's class and the lines that it came through, without its message."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = " < ".join(f"{Path(f.filename).name}:{f.lineno} {f.name}" for f in reversed(frames))
    return f"{type(error).__name__} at {lines}"


def _beat(database: Database, worker: str) -> None:
    moment = clock.now()
    with database.writing() as db:
        row = db.get(WorkerBeat, worker)
        if row is None:
            old = WorkerBeat.beat_at < moment - BEAT_FORGOTTEN_AFTER
            db.execute(delete(WorkerBeat).where(old))
            row = WorkerBeat(worker=worker, started_at=moment)
            db.add(row)
        row.beat_at = moment
        db.commit()


def _remember(database: Database, name: str, error: str | None) -> None:
    """Keep that a job is in trouble, or no longer, where `doctor` can see it."""
    try:
        with database.writing() as db:
            row = db.get(JobTrouble, name)
            if error is None:
                db.execute(delete(JobTrouble).where(JobTrouble.job == name))
            elif row is None:
                db.add(JobTrouble(job=name, since=clock.now(), crashes=1, last_error=error))
            else:
                row.crashes += 1
                row.last_error = error
            db.commit()
    except SQLAlchemyError as failure:
        log.error("job %s: cannot be recorded: %s", name, where(failure))  # noqa: TRY400 - as above
