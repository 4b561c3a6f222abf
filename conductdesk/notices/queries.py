"""What waits in the outbox, what could not be delivered, and whether a worker runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from conductdesk import clock
from conductdesk.notice import Notice
from conductdesk.notices.models import JobTrouble, OutboxRow, WorkerBeat
from conductdesk.notices.rules import LEASE


@dataclass(frozen=True)
class MailHealth:
    """How the mail is doing, for `doctor` and the administrator's page."""

    waiting: int
    failing: int
    """Waiting rows that failed at least once."""
    last_failure: str
    """The newest error of one of them, or nothing."""
    given_up: int
    oldest_due: datetime | None
    """When the longest overdue row should have been sent."""
    worker_seen: datetime | None
    troubled_jobs: tuple[str, ...]


def mail_health(db: Session) -> MailHealth:
    """Return how the outbox and the worker are doing."""
    return MailHealth(
        waiting=_count(db, is_waiting()),
        failing=_count(db, is_waiting(), OutboxRow.last_error.is_not(None)),
        last_failure=_last_failure(db),
        given_up=_count(db, OutboxRow.given_up_at.is_not(None)),
        oldest_due=db.scalar(
            select(func.min(OutboxRow.due_at)).where(is_waiting(), OutboxRow.due_at <= clock.now())
        ),
        worker_seen=last_beat(db),
        troubled_jobs=tuple(db.scalars(select(JobTrouble.job).order_by(JobTrouble.job))),
    )


def undelivered(db: Session) -> list[OutboxRow]:
    """Return the rows that nobody tries to send any more, newest first."""
    given_up = select(OutboxRow).where(OutboxRow.given_up_at.is_not(None))
    return list(db.scalars(given_up.order_by(OutboxRow.given_up_at.desc())))


def unreached_about(db: Session, case_id: UUID) -> frozenset[UUID]:
    """Return the accounts whom a mail about one case failed to reach, and none since (EM-11).

    Every mail says the same, so one that arrives makes up for those that did not.
    """
    arrived = aliased(OutboxRow)
    since = exists().where(
        arrived.case_id == OutboxRow.case_id,
        arrived.account_id == OutboxRow.account_id,
        arrived.sent_at > OutboxRow.made_at,
    )
    failed = select(OutboxRow.account_id).where(
        OutboxRow.case_id == case_id,
        OutboxRow.account_id.is_not(None),
        OutboxRow.last_error.is_not(None),
        OutboxRow.sent_at.is_(None),
        OutboxRow.withdrawn_at.is_(None),
    )
    return frozenset(one for one in db.scalars(failed.where(~since)) if one is not None)


def next_due(db: Session) -> OutboxRow | None:
    """Return, and lock where the database can, the next row that nobody else is sending."""
    moment = clock.now()
    free = or_(OutboxRow.claimed_at.is_(None), OutboxRow.claimed_at < moment - LEASE)
    due = select(OutboxRow).where(is_waiting(), OutboxRow.due_at <= moment, free)
    first = due.order_by(OutboxRow.due_at, OutboxRow.id).limit(1)
    return db.scalar(first.with_for_update(skip_locked=True))


def mailed_since(db: Session, notice: Notice, moment: datetime) -> bool:
    """Say whether any mail of this kind was queued after *moment*."""
    queued = select(OutboxRow.id).where(
        OutboxRow.notice == notice.value, OutboxRow.made_at > moment
    )
    return db.scalar(queued.limit(1)) is not None


def last_beat(db: Session) -> datetime | None:
    """Return when any worker was last seen alive."""
    return db.scalar(select(func.max(WorkerBeat.beat_at)))


def is_waiting() -> ColumnElement[bool]:
    """Return the condition that a row is neither sent, withdrawn nor given up."""
    return and_(
        OutboxRow.sent_at.is_(None),
        OutboxRow.withdrawn_at.is_(None),
        OutboxRow.given_up_at.is_(None),
    )


def _last_failure(db: Session) -> str:
    failed = select(OutboxRow.last_error).where(is_waiting(), OutboxRow.last_error.is_not(None))
    # Each wait is longer than the one before, so the last to be due is not always the last to fail.
    return db.scalar(failed.order_by(OutboxRow.attempts, OutboxRow.due_at.desc()).limit(1)) or ""


def _count(db: Session, *conditions: ColumnElement[bool]) -> int:
    return db.scalar(select(func.count()).select_from(OutboxRow).where(*conditions)) or 0
