"""Signing in, and being kept from guessing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from conductdesk.db import Database
from conductdesk.notices.actions import queue_mail_for
from conductdesk.notices.models import OutboxRow
from conductdesk.people.actions import (
    Activated,
    Attempt,
    NotSignedIn,
    SignedIn,
    forget_failures,
    sign_in,
    sign_out_everywhere,
)
from conductdesk.people.actions.signing_in import WRONG
from conductdesk.people.models import FailedSignIns
from conductdesk.people.rules import FREE_FAILURES, LONGEST_PAUSE
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.unlocking import PRODUCTION_COST, spend_as_if
from conductdesk.web.models import WebSession
from tests.actions.people_steps import (
    Hands,
    attempt,
    begin_log,
    code,
    ready,
    stop_clock,
    types_in_log,
)

WRONG_PASSWORD = "this is not the password"


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    return stop_clock(monkeypatch)


@pytest.fixture
def ada(db: Session, keystore: Keystore, hands: Hands) -> Iterator[Activated]:
    begin_log(db)
    yield ready(db, keystore, hands)
    db.rollback()


def fail(db: Session, keystore: Keystore, wrong: Attempt, times: int) -> list[str]:
    """Fail to sign in, and return what was said each time."""
    said = []
    for _time in range(times):
        answer = sign_in(db, keystore, wrong)
        db.commit()
        assert isinstance(answer, NotSignedIn)
        said.append(answer.sentence)
    return said


def session_of(account_id: UUID, hands: Hands) -> WebSession:
    """Return a signed-in browser's session."""
    ends = hands.moment + timedelta(hours=1)
    return WebSession(
        id_hash=account_id.bytes * 2,
        face="desk",
        sealed=b"",
        owner_id=account_id,
        idle_expires=ends,
        absolute_expires=ends,
    )


@pytest.mark.both_backends
def test_the_right_password_and_code_unlock_the_persons_own_key(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    signed_in = sign_in(db, keystore, attempt(hands, ada.account))
    db.commit()
    assert isinstance(signed_in, SignedIn)
    assert signed_in.account.id == ada.account.id
    assert signed_in.keyring == ada.keyring
    assert types_in_log(db)[-1] == "account.signed_in"


def test_a_code_signs_in_once(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    typed = attempt(hands, ada.account)
    assert isinstance(sign_in(db, keystore, typed), SignedIn)
    db.commit()
    assert sign_in(db, keystore, typed) == NotSignedIn(WRONG)
    db.commit()
    hands.pass_by(timedelta(seconds=30))
    assert isinstance(sign_in(db, keystore, attempt(hands, ada.account)), SignedIn)


def test_every_kind_of_failure_gets_the_same_words(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    good = attempt(hands, ada.account)
    kinds = [
        replace(good, password=WRONG_PASSWORD),
        replace(good, code="000000"),
        replace(good, email="nobody@example.org"),
        replace(good, password=good.password + "x" * 5000),
        replace(good, email="\x00\ud800' or 1=1 --"),
    ]
    assert {fail(db, keystore, kind, 1)[0] for kind in kinds} == {WRONG}


def test_a_wrong_password_does_not_use_up_the_code(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    good = attempt(hands, ada.account)
    fail(db, keystore, replace(good, password=WRONG_PASSWORD), 1)
    assert isinstance(sign_in(db, keystore, good), SignedIn)


def test_an_unknown_address_takes_as_long_as_a_wrong_password(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    began = time.perf_counter()
    spend_as_if(WRONG_PASSWORD, cost=PRODUCTION_COST)
    hashing = time.perf_counter() - began
    began = time.perf_counter()
    fail(db, keystore, Attempt("nobody@example.org", WRONG_PASSWORD, code(hands)), 1)
    assert time.perf_counter() - began > hashing / 4


@pytest.mark.both_backends
def test_the_pause_grows_and_ends(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    good = attempt(hands, ada.account)
    fail(db, keystore, replace(good, password=WRONG_PASSWORD), FREE_FAILURES)
    assert fail(db, keystore, good, 1) == [
        "There were too many attempts. Wait 1 second, then try again."
    ]
    hands.pass_by(timedelta(seconds=1))
    fail(db, keystore, replace(good, password=WRONG_PASSWORD), 1)
    assert "Wait 2 seconds" in fail(db, keystore, good, 1)[0]
    hands.pass_by(LONGEST_PAUSE)
    assert isinstance(sign_in(db, keystore, attempt(hands, ada.account)), SignedIn)


def test_known_and_unknown_addresses_pause_alike(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    known = replace(attempt(hands, ada.account), password=WRONG_PASSWORD)
    unknown = replace(known, email="nobody@example.org")
    said = fail(db, keystore, known, FREE_FAILURES + 1)
    assert fail(db, keystore, unknown, FREE_FAILURES + 1) == said


def test_a_pause_under_one_address_leaves_the_others_alone(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    wrong = replace(attempt(hands, ada.account), email="nobody@example.org")
    fail(db, keystore, wrong, FREE_FAILURES + 1)
    assert isinstance(sign_in(db, keystore, attempt(hands, ada.account)), SignedIn)


def test_a_run_of_failures_leaves_one_entry_and_no_address(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    before = len(types_in_log(db))
    wrong = replace(attempt(hands, ada.account), password=WRONG_PASSWORD)
    for _time in range(FREE_FAILURES + 3):
        fail(db, keystore, wrong, 1)
        hands.pass_by(LONGEST_PAUSE)
    assert types_in_log(db)[before:] == ["sign_in.paused"]
    kept = db.query(FailedSignIns).all()
    assert kept
    assert all(b"ada" not in row.key_hash for row in kept)


def test_the_owner_hears_that_somebody_had_been_trying(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    wrong = replace(attempt(hands, ada.account), password=WRONG_PASSWORD)
    fail(db, keystore, wrong, FREE_FAILURES)
    hands.pass_by(LONGEST_PAUSE)
    good = attempt(hands, ada.account)
    assert isinstance(sign_in(db, keystore, good, queue_mail=queue_mail_for(keystore)), SignedIn)
    db.commit()
    assert [row.notice for row in db.query(OutboxRow)] == ["new_sign_in"]


def test_failures_are_forgotten_after_an_hour(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    wrong = replace(attempt(hands, ada.account), password=WRONG_PASSWORD)
    fail(db, keystore, wrong, FREE_FAILURES)
    hands.pass_by(timedelta(hours=1, seconds=1))
    assert fail(db, keystore, wrong, 1) == [WRONG]
    assert fail(db, keystore, wrong, 1) == [WRONG]
    hands.pass_by(timedelta(hours=2))
    forget_failures(db)
    assert db.query(FailedSignIns).count() == 0


@pytest.mark.both_backends
def test_guesses_sent_at_once_do_not_get_past_the_pause(
    database: Database, db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    wrong = replace(attempt(hands, ada.account), password=WRONG_PASSWORD)
    db.rollback()
    said: list[str] = []

    def guess() -> None:
        with database.writing() as own:
            said.extend(fail(own, keystore, wrong, 1))

    threads = [threading.Thread(target=guess) for _guess in range(FREE_FAILURES + 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said.count(WRONG) == FREE_FAILURES
    assert len(said) == FREE_FAILURES + 4


def test_signing_out_everywhere_ends_every_session_of_the_account(
    db: Session, hands: Hands, ada: Activated
) -> None:
    other = session_of(UUID(int=7), hands)
    db.add_all([session_of(ada.account.id, hands), other])
    db.commit()
    sign_out_everywhere(db, ada.account)
    db.commit()
    assert db.query(WebSession).all() == [other]
