"""What the worker does about cases: destroy, ask, remind, sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import SigningStopped, sign_hour
from conductdesk.audit.queries import log_ids
from conductdesk.cases.actions.auditing import ask_for_auditors
from conductdesk.cases.actions.destroying import destroy_rows, ordered_destructions
from conductdesk.cases.actions.following_up import ask_what_is_due
from conductdesk.cases.actions.measuring import REVIEW
from conductdesk.cases.actions.proving import end_what_ran_out
from conductdesk.cases.actions.shutting_out import left_to_former_auditors, shut_former_out
from conductdesk.cases.actions.widening import end_glass
from conductdesk.cases.clocks import WINDOW
from conductdesk.cases.models import NOT_OVER, BreakGlass, Case, CaseClock, Outcome, OutcomeState
from conductdesk.cases.queries import seats_of
from conductdesk.cases.workflow import CLOSED_STATES, State
from conductdesk.db import Database
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.notices.models import OutboxRow
from conductdesk.notices.worker import Job
from conductdesk.policy import Capacity
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore

HAS_OUTCOMES = (State.DECIDED, State.APPEALED, State.CARRYING_OUT)
ONCE_A_DAY = timedelta(hours=24)
BEFORE_A_REVIEW = timedelta(days=2)
"""How long before its date the handler is reminded of the review of a measure."""


def case_jobs(database: Database, keystore: Keystore) -> tuple[Job, ...]:
    """Return what the worker runs about cases, and how often."""
    return (
        Job("destroy", timedelta(minutes=5), lambda: destroy_ordered(database, keystore)),
        Job("check-ins", timedelta(hours=1), lambda: ask_due_check_ins(database, keystore)),
        Job("endings", timedelta(hours=1), lambda: end_what_is_over(database, keystore)),
        Job("reminders", timedelta(hours=1), lambda: remind_handlers(database)),
        Job("auditors", timedelta(minutes=10), lambda: ask_grants(database, keystore)),
        Job(
            "former auditors",
            timedelta(minutes=10),
            lambda: take_back_from_former(database, keystore),
        ),
        Job("break-glass", timedelta(minutes=10), lambda: take_back_more(database, keystore)),
        Job("checkpoints", timedelta(hours=1), lambda: sign_checkpoints(database, keystore)),
    )


def destroy_ordered(database: Database, keystore: Keystore) -> None:
    """Destroy what was ordered: the shred key first, then the rows; repeatable after a crash."""
    with database.reading() as db:
        ordered = ordered_destructions(db)
    for case_id in ordered:
        keystore.destroy(case_id)
        with database.writing() as db:
            destroy_rows(db, case_id)
            db.commit()
    if ordered:
        _truncate_wal(database)


def ask_due_check_ins(database: Database, keystore: Keystore) -> None:
    """Ask the reporters whose check-in is due; the question is sealed without a key."""
    _for_each(database, keystore, Case.state == State.AFTERCARE, ask_what_is_due)


def end_what_is_over(database: Database, keystore: Keystore) -> None:
    """End the outcomes that last for a length of time, when it is over."""
    over = Outcome.state == OutcomeState.OPEN, Outcome.due_at < clock.now()
    has_one = Case.id.in_(select(Outcome.case_id).where(*over))
    _for_each(database, keystore, has_one & Case.state.in_(HAS_OUTCOMES), end_what_ran_out)


def remind_handlers(database: Database) -> None:
    """Tell handlers, daily at most, of overdue clocks and of measures that are to be reviewed."""
    with database.writing() as db:
        for case in db.scalars(select(Case).where(Case.id.in_(_pressing()))).all():
            for seat in seats_of(db, case):
                if seat.capacity == Capacity.HANDLER and not _told_today(db, seat.account_id, case):
                    notify(db, seat.account_id, Notice.UPDATE, case_id=case.id)
        db.commit()


def ask_grants(database: Database, keystore: Keystore) -> None:
    """Ask the holders of closed cases to let in those who became auditors later."""
    _for_each(database, keystore, Case.state.in_(CLOSED_STATES), ask_for_auditors)


def take_back_from_former(database: Database, keystore: Keystore) -> None:
    """Take the keys of closed cases back from those who do not audit their scheme any more."""
    which = Case.state.in_(CLOSED_STATES) & left_to_former_auditors()
    _for_each(database, keystore, which, shut_former_out)


def take_back_more(database: Database, keystore: Keystore) -> None:
    """Take back what auditors could read beyond the record, when its time is over."""
    over = BreakGlass.ends_at <= clock.now(), BreakGlass.state.in_(NOT_OVER)
    _for_each(database, keystore, Case.id.in_(select(BreakGlass.case_id).where(*over)), end_glass)


def sign_checkpoints(database: Database, keystore: Keystore) -> None:
    """Beat and sign in each log; raise `SigningStopped` after the last, if one cannot be signed."""
    with database.reading() as db:
        names = log_ids(db)
    stopped: SigningStopped | None = None
    for log_id in names:
        with database.writing() as db:
            try:
                sign_hour(db, keystore, log_id)
                db.commit()
            except SigningStopped as problem:
                stopped = problem
    if stopped is not None:
        raise stopped


def _for_each(
    database: Database,
    keystore: Keystore,
    which: ColumnElement[bool],
    act: Callable[[Session, Case, CaseKeys], object],
) -> None:
    """Let *act* do its work on each case, locked, in a transaction of its own.

    In one transaction for all, a job would wait for a case with a log's head in its hands, and
    whoever has that case waits for the head. A case that fails keeps no other waiting: what was
    wrong with the first of them is raised after the last.
    """
    failed: Exception | None = None
    with database.reading() as db:
        found = db.scalars(select(Case.id).where(which).order_by(Case.id)).all()
    for case_id in found:
        try:
            with database.writing() as db:
                wanted = select(Case).where(which, Case.id == case_id).with_for_update()
                case = db.scalars(wanted).one_or_none()
                if case is not None:
                    act(db, case, CaseKeys.load(db, keystore, case.id, None))
                    db.commit()
        except Exception as problem:
            failed = failed or problem
    if failed is not None:
        raise failed


def _pressing() -> Select[UUID]:
    moment = clock.now()
    soon = (CaseClock.name == REVIEW) & (CaseClock.due_at < moment + BEFORE_A_REVIEW)
    return select(CaseClock.case_id).where(
        CaseClock.met_at.is_(None),
        CaseClock.dropped_at.is_(None),
        CaseClock.paused_at.is_(None),
        CaseClock.name != WINDOW,
        or_(CaseClock.due_at < moment, soon),
    )


def _told_today(db: Session, account_id: UUID, case: Case) -> bool:
    told = select(OutboxRow.id).where(
        OutboxRow.account_id == account_id,
        OutboxRow.case_id == case.id,
        OutboxRow.made_at > clock.now() - ONCE_A_DAY,
    )
    return db.scalar(told.limit(1)) is not None


def _truncate_wal(database: Database) -> None:
    """Take what was deleted out of SQLite's write-ahead log too."""
    if database.engine.dialect.name == "sqlite":
        connection = database.engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
