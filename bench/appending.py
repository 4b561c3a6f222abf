"""One log entry, over the plain insert of the row that it vouches for."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from statistics import median
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.house import House
from bench.table import Row, at_most
from conductdesk import clock
from conductdesk.audit.record import Event, append
from conductdesk.cases.models import Case, CaseClock
from conductdesk.db import changed_rows
from conductdesk.demo.cast import SCHEME

TIMES = 300

Write = Callable[[Session, UUID], None]


def measured(built: House) -> Iterator[Row]:
    """Yield the time of both, in turns, each in a transaction of its own."""
    with built.world.database.reading() as db:
        case_id = db.scalars(select(Case.id).limit(1)).one()
    plain, logged = [], []
    for _turn in range(TIMES):
        plain.append(_timed(built, case_id, _insert))
        logged.append(_timed(built, case_id, _insert_and_append))
    yield Row("plain insert and commit: p50", f"{median(plain):.2f} ms")
    over = median(logged) - median(plain)
    yield at_most("log append, over a plain insert: p50", over, 1, "ms")


def _timed(built: House, case_id: UUID, write: Write) -> float:
    with built.world.database.writing() as db:
        began = time.perf_counter()
        write(db, case_id)
        db.commit()
        return (time.perf_counter() - began) * 1000


def _insert(db: Session, case_id: UUID) -> None:
    db.add(_row(case_id))
    db.flush()
    changed_rows(db).clear()  # for the comparison alone: no entry vouches for this row


def _insert_and_append(db: Session, case_id: UUID) -> None:
    db.add(_row(case_id))
    append(db, SCHEME, [Event("bench.measured", "system", {"turn": secrets.token_hex(4)})])


def _row(case_id: UUID) -> CaseClock:
    moment = clock.now()
    return CaseClock(id=uuid4(), case_id=case_id, name="report", starts_at=moment, due_at=moment)
