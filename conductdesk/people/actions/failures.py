"""Counting failed sign-ins, under the address that was typed and in total."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.people.models import FailedSignIns
from conductdesk.people.rules import (
    FAILURES_FORGOTTEN_AFTER,
    FREE_FAILURES,
    FREE_FAILURES_IN_TOTAL,
    pause_after,
    pause_in_total,
    tidy_email,
)
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.seal import mac


@dataclass(frozen=True)
class Counts:
    """The two counters of an attempt; a counter that was never needed is None until locked."""

    address: FailedSignIns | None
    total: FailedSignIns | None


def find_counts(db: Session, keystore: Keystore, email: str) -> Counts:
    """Return the counters as they are, without waiting for anybody."""
    address, total = _keys(keystore, email)
    return Counts(_find(db, address), _find(db, total))


def lock_counts(db: Session, keystore: Keystore, email: str) -> Counts:
    """Return the counters, made where they are missing; other attempts wait for the commit."""
    address, total = _keys(keystore, email)
    return Counts(_lock(db, address), _lock(db, total))


def pause_now(counts: Counts) -> timedelta:
    """Return how much longer nobody may try."""
    moment = clock.now()
    pauses = ((counts.address, pause_after), (counts.total, pause_in_total))
    ends = (row.last_at + pause(_recent(row, moment)) for row, pause in pauses if row is not None)
    return max((end - moment for end in (*ends, moment)), default=timedelta(0))


def count_failure(counts: Counts) -> bool:
    """Count one failure; say whether a pause begins with it.

    The log gets an entry for that alone: a stranger must not be able to fill it.
    """
    moment, begins = clock.now(), False
    limits = ((counts.address, FREE_FAILURES), (counts.total, FREE_FAILURES_IN_TOTAL))
    for row, free in limits:
        if row is not None:
            row.failures = _recent(row, moment) + 1
            row.last_at = moment
            begins = begins or row.failures == free
    return begins


def failed_often(counts: Counts) -> bool:
    """Say whether the person should hear that somebody had been trying."""
    return counts.address is not None and counts.address.failures >= FREE_FAILURES


def forget_own(counts: Counts) -> None:
    """Begin anew under this address, because its owner signed in."""
    if counts.address is not None:
        counts.address.failures = 0


def forget_failures(db: Session) -> None:
    """Delete counts of failures that no longer matter; for the worker."""
    before = clock.now() - FAILURES_FORGOTTEN_AFTER
    db.execute(delete(FailedSignIns).where(FailedSignIns.last_at < before))


def _recent(row: FailedSignIns, moment: datetime) -> int:
    return 0 if row.last_at < moment - FAILURES_FORGOTTEN_AFTER else row.failures


def _keys(keystore: Keystore, email: str) -> tuple[bytes, bytes]:
    """Return what failures are counted under: nobody can be named from it."""
    typed = f"sign-in:{tidy_email(email)}".encode("utf-8", "replace")
    return mac(keystore.pepper(), typed), mac(keystore.pepper(), b"sign-ins in total")


def _find(db: Session, key_hash: bytes) -> FailedSignIns | None:
    return db.scalar(select(FailedSignIns).where(FailedSignIns.key_hash == key_hash))


def _lock(db: Session, key_hash: bytes) -> FailedSignIns:
    wanted = select(FailedSignIns).where(FailedSignIns.key_hash == key_hash).with_for_update()
    found = db.scalar(wanted)
    if found is not None:
        return found
    row = FailedSignIns(key_hash=key_hash, failures=0, last_at=clock.now())
    try:
        with db.begin_nested():
            db.add(row)
    except IntegrityError:  # somebody else counted the first failure at the same moment
        return db.scalars(wanted).one()
    return row
