from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.db import Database
from conductdesk.web import limits
from conductdesk.web.limits import CountedTooLateError, allow, purge_counts, window_end
from conductdesk.web.models import RateCount

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("limits")
    app.secret_key = "s" * 40
    with app.app_context():
        yield app


@pytest.mark.parametrize(
    ("moment", "ends"),
    [
        (NOON, NOON + HOUR),
        (NOON + timedelta(minutes=59, seconds=59), NOON + HOUR),
        (NOON + HOUR, NOON + 2 * HOUR),
    ],
)
def test_windows_follow_each_other_without_a_gap(moment: datetime, ends: datetime) -> None:
    assert window_end(moment, HOUR) == ends


@pytest.mark.usefixtures("app")
def test_tries_up_to_the_limit_are_allowed_and_no_more(db: Session) -> None:
    answers = [allow(db, "somebody", limit=3, window=HOUR) for _ in range(5)]

    assert answers == [True, True, True, False, False]


@pytest.mark.usefixtures("app")
def test_two_keys_do_not_count_for_each_other(db: Session) -> None:
    assert allow(db, "one", limit=1, window=HOUR)
    assert allow(db, "other", limit=1, window=HOUR)


@pytest.mark.usefixtures("app")
def test_a_new_window_begins_at_nothing(db: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "now", lambda: NOON)
    assert allow(db, "somebody", limit=1, window=HOUR)
    assert not allow(db, "somebody", limit=1, window=HOUR)

    monkeypatch.setattr(limits, "now", lambda: NOON + HOUR)
    assert allow(db, "somebody", limit=1, window=HOUR)
    assert purge_counts(db) == 1


@pytest.mark.usefixtures("app")
def test_the_key_does_not_lie_in_the_database(db: Session) -> None:
    allow(db, "somebody@example.org", limit=1, window=HOUR)

    (row,) = db.scalars(select(RateCount))
    assert b"somebody" not in row.key_hash
    assert len(row.key_hash) == 32


@pytest.mark.usefixtures("app")
def test_a_limit_asked_for_too_late_would_commit_half_a_change(db: Session) -> None:
    db.add(RateCount(key_hash=b"x" * 32, window_ends=NOON, count=1))

    with pytest.raises(CountedTooLateError):
        allow(db, "somebody", limit=1, window=HOUR)


@pytest.mark.both_backends
def test_tries_at_the_same_moment_are_all_counted(app: Flask, any_database: Database) -> None:
    def attempt(_number: int) -> bool:
        with app.app_context(), any_database.writing() as db:
            return allow(db, "somebody", limit=4, window=timedelta(days=400))

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(attempt, range(8))) == [False] * 4 + [True] * 4
