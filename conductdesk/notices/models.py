"""The outbox, and what the worker tells about itself; jobs are rows."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base
from conductdesk.people.models import Account


class OutboxRow(Base):
    """One mail to one person: which notice and when, never what it says (EM-10)."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "sent_at", "given_up_at", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    notice: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey(Account.id))
    to_sealed: Mapped[bytes | None]
    """The address of somebody without an account, sealed and wiped like the link."""
    case_id: Mapped[UUID | None] = mapped_column(index=True)
    """What the permission is asked about when it is sent; it never reaches the mail."""
    link_sealed: Mapped[bytes | None]
    """The activation token, or a checkpoint, under the keystore's pepper; wiped when the row is done
    with."""
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    """When it was dropped unsent, because the person may no longer know."""
    given_up_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    """The error's class name and the server's code; never its text, which can hold an address."""


class WorkerBeat(Base):
    """When one worker process was last seen alive."""

    __tablename__ = "worker_beat"

    worker: Mapped[str] = mapped_column(primary_key=True)
    """Random; new for each process."""
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]


class JobTrouble(Base):
    """A job that crashed when it last ran; the row goes when it runs well again."""

    __tablename__ = "job_trouble"

    job: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    crashes: Mapped[int]
    last_error: Mapped[str]
    """The class name of the error."""
