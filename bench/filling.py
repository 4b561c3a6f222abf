"""Many cases at once. For measurements alone: no action made them, and no log vouches for them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from conductdesk.cases.models import NEVER, Appointment, Case, CaseClock
from conductdesk.cases.workflow import State
from conductdesk.demo.cast import SCHEME
from conductdesk.demo.world import World
from conductdesk.policy import Capacity

BATCH = 5_000
OPEN_OF = 10
"""One case in so many is open: the others lie closed, as they do in a scheme that has run for long."""

Rows = dict[type[Any], list[Mapping[str, object]]]


def fill_up(world: World, total: int) -> None:
    """Add rows until the database holds *total* cases, all of them seen by the liaison officer."""
    with world.database.writing() as db:
        present = db.scalar(select(func.count()).select_from(Case)) or 0
        for first in range(present, total, BATCH):
            _add(db, _rows(world, range(first, min(first + BATCH, total))))
        db.commit()


def _add(db: Session, rows: Rows) -> None:
    for model, values in rows.items():
        db.connection().execute(insert(cast(Table, model.__table__)), values)


def _rows(world: World, numbers: range) -> Rows:
    rows: Rows = {Case: [], Appointment: [], CaseClock: []}
    for number in numbers:
        case = _case(number)
        rows[Case].append(case)
        rows[Appointment].extend(_seats(world, case))
        if case["state"] == State.INVESTIGATING:
            rows[CaseClock].append(_clock(case))
    return rows


def _case(number: int) -> dict[str, object]:
    received = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=number % 100_000)
    is_open = number % OPEN_OF == 0
    return {
        "id": uuid4(),
        "row_salt": secrets.token_bytes(32),
        "scheme": SCHEME,
        "pack_version": 1,
        "code_name": f"Quiet Meadow {number}",
        "pseudonym": secrets.token_hex(16),
        "kind": "concern",
        "channel": "public_form",
        "reporter_mode": "named",
        "state": (State.INVESTIGATING if is_open else State.CLOSED).value,
        "version": 4,
        "route": "formal",
        "urgent": False,
        "at_risk": False,
        "received_at": received,
        "acknowledged_at": received,
        "closed_at": None if is_open else received,
        "next_due_at": received + timedelta(days=400) if is_open else NEVER,
        "taken": True,
        "last_activity_at": received,
        "last_activity": "case.investigation_opened" if is_open else "case.closed",
    }


def _seats(world: World, case: Mapping[str, object]) -> Iterator[dict[str, object]]:
    for who, capacity in (("liaison", Capacity.HANDLER), ("chair", Capacity.ALTERNATE)):
        yield {
            "id": uuid4(),
            "row_salt": secrets.token_bytes(32),
            "case_id": case["id"],
            "account_id": world.members[who].account_id,
            "capacity": capacity.value,
            "office": who,
            "since": case["received_at"],
            "until": None,
            "attested_at": case["received_at"],
        }


def _clock(case: Mapping[str, object]) -> dict[str, object]:
    return {
        "id": uuid4(),
        "row_salt": secrets.token_bytes(32),
        "case_id": case["id"],
        "name": "report",
        "starts_at": case["received_at"],
        "due_at": case["next_due_at"],
    }
