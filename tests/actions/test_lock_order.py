"""Whoever writes to several cases or logs locks them in one order, so nobody waits for ever.

Only PostgreSQL lets several people write at once. Each test holds what one of them would hold, waits
until the other stands before it, and then goes on to what the other must not have yet.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from threading import Thread
from uuid import UUID

import pyotp
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import INSTALLATION, LogEntry
from conductdesk.audit.record import Event, append, lock_head
from conductdesk.cases.actions.declaring import declare_interest
from conductdesk.cases.actions.departing import leave_cases
from conductdesk.cases.actions.joining import join_case
from conductdesk.cases.actions.rerouting import recuse
from conductdesk.cases.actions.tending import ask_anew, tend
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.jobs import ask_grants
from conductdesk.cases.joined import lock_joined
from conductdesk.cases.models import Case
from conductdesk.db import Database
from conductdesk.people.actions.activating import Setup, activate
from conductdesk.people.actions.inviting import reset
from conductdesk.people.actions.leaving import end_account
from conductdesk.people.actions.offices import appoint_auditor, end_office
from conductdesk.people.models import Account
from conductdesk.people.queries import held_account, offices_of
from conductdesk.policy import SYSTEM
from conductdesk.vault.keys import CaseKeys
from conductdesk.web.models import WebSession
from tests.actions.audit_rows import ACTOR
from tests.actions.closing_steps import closed
from tests.actions.interest_steps import BARNABY
from tests.actions.tending_steps import lose_key
from tests.cast import CHEAP, PASSWORD, Cast

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)

PATIENCE = 20
"""Seconds; a test that waits longer than this is wrong."""


@contextmanager
def somebody_else(database: Database, act: Callable[[Session], object]) -> Iterator[None]:
    """Let *act* run to its commit beside the block, which it joins when it waits for a lock."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            with database.writing() as db:
                act(db)
                db.commit()
        except BaseException as error:
            failures.append(error)

    thread = Thread(target=run)
    thread.start()
    try:
        wait_for_a_lock(database)
        yield
    finally:
        thread.join(PATIENCE)
    assert not thread.is_alive()
    assert failures == []


def wait_for_a_lock(database: Database) -> None:
    """Return when somebody waits for a lock."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _look in range(PATIENCE * 20):
        with database.reading() as db:
            if db.scalar(waits):
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits for a lock")


def say(db: Session, log_id: str) -> None:
    """Write an entry as the last of a transaction."""
    append(db, log_id, [Event("note.made", ACTOR)])


def hold(db: Session, case_id: UUID) -> None:
    """Lock the row of a case, as every request does that acts on it."""
    db.execute(select(Case.id).where(Case.id == case_id).with_for_update())


def two_cases(cast: Cast) -> UUID:
    """Make two cases of the same people; return the one whose turn comes last."""
    last = max(cast.attested().id for _each in range(2))
    cast.db.rollback()  # the test's own session holds nothing while others wait
    return last


def begin_again(cast: Cast, who: str) -> Callable[[Session], object]:
    """Reset an account; return what uses its link without the printed code."""
    token = reset(cast.db, cast[who].account, actor="system").token
    cast.db.commit()
    secret = pyotp.random_base32()
    setup = Setup(PASSWORD, secret, pyotp.TOTP(secret).at(clock.now()))

    def begin(db: Session) -> object:
        lost = partial(ask_anew, db, cast.keystore)
        return activate(db, cast.keystore, token, setup, key_replaced=lost, cost=CHEAP)

    return begin


def test_a_lost_key_takes_its_schemes_logs_before_the_installation_s(
    cast: Cast, database: Database
) -> None:
    cast.attested()
    begin = begin_again(cast, "chair")
    with database.writing() as db:
        lock_head(db, cast.pack.log_id)  # as whoever ends an office has it by then
        with somebody_else(database, begin):
            say(db, INSTALLATION)
            db.commit()


def test_a_lost_key_takes_every_case_before_a_log(cast: Cast, database: Database) -> None:
    last, begin = two_cases(cast), begin_again(cast, "chair")
    with database.writing() as db:
        hold(db, last)
        with somebody_else(database, begin):
            say(db, cast.pack.log_id)
            db.commit()


def test_tending_takes_every_case_before_a_log(cast: Cast, database: Database) -> None:
    last = two_cases(cast)
    lose_key(cast, "chair")
    viewer, keyring = cast.viewer("liaison"), cast["liaison"].keyring
    cast.db.rollback()
    with database.writing() as db:
        hold(db, last)
        with somebody_else(database, lambda other: tend(other, cast.keystore, viewer, keyring)):
            say(db, cast.pack.log_id)
            db.commit()


def test_leaving_takes_every_case_before_a_log(cast: Cast, database: Database) -> None:
    last, chair = two_cases(cast), cast["chair"].id
    cast.db.rollback()

    def leave(other: Session) -> None:
        holding = offices_of(other, other.get_one(Account, chair))[0]
        departed = partial(leave_cases, other, cast.keystore, SYSTEM)
        end_office(other, holding, actor="system", departed=departed)

    with database.writing() as db:
        hold(db, last)
        with somebody_else(database, leave):
            say(db, cast.pack.log_id)
            db.commit()


def test_whoever_acts_on_a_joined_case_takes_all_that_are_joined_before_a_log(
    cast: Cast, database: Database
) -> None:
    into, case = cast.triaged(), cast.triaged()
    cast.let("liaison", case, join_case, into=into, reason=Reason("One meeting."))
    first, last = sorted((into.id, case.id))
    actor, keyring, pack = cast.viewer("chair"), cast["chair"].keyring, cast.pack
    cast.db.rollback()

    def step_away(other: Session) -> None:
        here = next(one for one in lock_joined(other, first) if one.id == first)
        keys = CaseKeys.load(other, cast.keystore, first, keyring)
        recuse(other, here, keys, pack=pack, actor=actor)

    with database.writing() as db:
        hold(db, last)
        with somebody_else(database, step_away):
            say(db, cast.pack.log_id)
            db.commit()


def test_a_declared_interest_takes_every_case_before_a_log(cast: Cast, database: Database) -> None:
    last = two_cases(cast)
    viewer, keyring = cast.viewer("liaison"), cast["liaison"].keyring
    cast.db.rollback()

    def step_away(other: Session) -> None:
        declare_interest(other, cast.keystore, keyring, actor=viewer, declared=BARNABY)

    with database.writing() as db:
        hold(db, last)
        with somebody_else(database, step_away):
            say(db, cast.pack.log_id)
            db.commit()


def test_the_job_for_auditors_waits_for_a_case_with_no_log_in_its_hands(
    cast: Cast, database: Database
) -> None:
    last = max(closed(cast).id for _each in range(2))
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    cast.db.commit()
    with database.writing() as db:
        hold(db, last)
        with somebody_else(database, lambda _db: ask_grants(database, cast.keystore)):
            say(db, cast.pack.log_id)
            db.commit()


def test_the_end_of_an_account_takes_it_before_its_sign_ins(cast: Cast, database: Database) -> None:
    me, later = cast["outsider"].account.id, clock.now() + timedelta(hours=1)
    kept = {"face": "desk", "sealed": b"", "idle_expires": later, "absolute_expires": later}
    cast.db.add(WebSession(id_hash=me.bytes * 2, owner_id=me, **kept))
    cast.db.commit()

    def end(db: Session) -> None:
        end_account(db, db.get_one(Account, me), actor="system")

    with database.writing() as db:
        held_account(db, me)  # as whoever changes a password has it by then
        with somebody_else(database, end):
            db.scalars(select(WebSession).with_for_update()).all()
            db.commit()


def test_an_activation_names_its_own_rows_in_the_installation_s_log(cast: Cast) -> None:
    cast.attested()
    lose_key(cast, "chair")
    entries = cast.db.query(LogEntry).filter_by(log_id=INSTALLATION).order_by(LogEntry.idx)
    last = next(one.entry for one in reversed(entries.all()) if b"account.activated" in one.entry)
    assert {table for table, _id, _mac in json.loads(last)["rows"]} >= {"account", "invitation"}
