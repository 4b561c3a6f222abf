"""What the worker runs, and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.jobs import ask_witnesses
from conductdesk.cases.jobs import case_jobs
from conductdesk.cases.models import Case
from conductdesk.cases.queries import reviewable_cases, visible_by_id
from conductdesk.db import Database
from conductdesk.intake.actions import forget_entries
from conductdesk.notices.jobs import mail_checkpoints, send_due, tidy_outbox
from conductdesk.notices.models import OutboxRow
from conductdesk.notices.worker import Job
from conductdesk.participants.actions.uploading import drop_old_uploads
from conductdesk.people.actions import forget_failures
from conductdesk.people.queries import account_by_id, viewer_of
from conductdesk.web.limits import purge_counts
from conductdesk.web.sessions import purge_sessions
from conductdesk.web.state import Services


def worker_jobs(services: Services) -> list[Job]:
    """Return every job of an installation."""
    database, keystore, settings = services.database, services.keystore, services.settings
    return [
        Job(
            "mail",
            timedelta(seconds=10),
            lambda: send_due(database, keystore, settings, may_still_know),
        ),
        *case_jobs(database, keystore),
        Job(
            "witnesses",
            timedelta(minutes=10),
            lambda: ask_witnesses(database, settings.witnesses),
        ),
        Job(
            "checkpoint mail",
            timedelta(hours=1),
            lambda: mail_checkpoints(database, keystore, settings.checkpoint_mail),
        ),
        Job("sessions", timedelta(minutes=5), lambda: tidy(database, purge_sessions)),
        Job("entries", timedelta(minutes=15), lambda: tidy(database, forget_entries)),
        Job("uploads", timedelta(minutes=15), lambda: tidy(database, drop_old_uploads)),
        Job("counters", timedelta(minutes=15), lambda: tidy(database, purge_counts)),
        Job("failures", timedelta(hours=1), lambda: tidy(database, forget_failures)),
        Job("outbox", timedelta(hours=6), lambda: tidy_outbox(database)),
    ]


def may_still_know(db: Session, row: OutboxRow) -> bool:
    """Answer whether the row's account may know, at this moment, of the case it is about."""
    account = account_by_id(db, row.account_id) if row.account_id else None
    if row.case_id is None or account is None:
        return row.case_id is None
    viewer = viewer_of(db, account)
    audited = reviewable_cases(viewer).where(Case.id == row.case_id)
    return (
        visible_by_id(db, viewer, row.case_id) is not None
        or db.scalar(select(audited.exists())) is True
    )


def tidy(database: Database, forget: Callable[[Session], object]) -> None:
    """Delete, in a transaction of its own, what *forget* finds to be over."""
    with database.writing() as db:
        forget(db)
        db.commit()
