"""How often something may be tried: counters in the database, shared by all processes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from flask import current_app
from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conductdesk.clock import now
from conductdesk.db import start_writing
from conductdesk.vault.seal import mac
from conductdesk.web.models import RateCount


class CountedTooLateError(Exception):
    """A limit was asked for after the request had already changed something."""


def allow(db: Session, key: str, *, limit: int, window: timedelta) -> bool:
    """Count one try of *key*, and answer whether it is within *limit* for each *window*.

    The count commits at once, so that a refused try is counted too: ask before anything else is
    changed. The key lies in the database as an HMAC only.
    """
    if db.new or db.dirty or db.deleted:
        raise CountedTooLateError("ask allow() before the request changes anything")
    start_writing(db)
    count = _count_one(db, mac(_secret(), key.encode()), window_end(now(), window))
    db.commit()
    return count <= limit


def window_end(moment: datetime, window: timedelta) -> datetime:
    """Return the end of the window that *moment* lies in; windows follow each other from 1970."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + ((moment - epoch) // window + 1) * window


def purge_counts(db: Session) -> int:
    """Delete the counters of windows that are over, and return how many there were."""
    done = db.execute(delete(RateCount).where(RateCount.window_ends <= now()))
    return cast(CursorResult[Any], done).rowcount


def _count_one(db: Session, key_hash: bytes, ends: datetime) -> int:
    this = (RateCount.key_hash == key_hash) & (RateCount.window_ends == ends)
    try:
        with db.begin_nested():
            db.add(RateCount(key_hash=key_hash, window_ends=ends, count=1))
    except IntegrityError:
        db.execute(update(RateCount).where(this).values(count=RateCount.count + 1))
    return db.scalar(select(RateCount.count).where(this)) or 0


def _secret() -> bytes:
    return str(current_app.secret_key).encode()
