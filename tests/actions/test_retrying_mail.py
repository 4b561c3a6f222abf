"""A mail that does not go out: tried again, taken up again, and in the end given up."""

from __future__ import annotations

import socket
import time
from dataclasses import replace
from datetime import timedelta
from smtplib import SMTPNotSupportedError
from uuid import UUID, uuid4

import pytest

from conductdesk import clock
from conductdesk.db import Database
from conductdesk.notice import Notice
from conductdesk.notices import mail
from conductdesk.notices.actions import claim_next, try_again
from conductdesk.notices.complaints import complaints
from conductdesk.notices.jobs import send_due
from conductdesk.notices.mail import knock
from conductdesk.notices.models import OutboxRow
from conductdesk.notices.queries import mail_health, undelivered, unreached_about
from conductdesk.notices.rules import BACK_OFF, LEASE
from conductdesk.refusal import Refused
from conductdesk.settings import Settings
from conductdesk.vault.keystore import Keystore
from tests.actions.mail_steps import ADDRESS, Sink, add_account, make_due, queue, row_of, yes


@pytest.mark.both_backends
def test_a_refused_mail_is_tried_again_after_a_pause(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    sink.answer = f"451 try later, {ADDRESS}"
    assert send_due(database, keystore, mail_settings, yes) == 0
    row = row_of(database, row_id)
    assert row.last_error == "SMTPDataError 451"
    assert row.due_at > clock.now() + BACK_OFF[0] - timedelta(seconds=30)
    sink.answer = "250 OK"
    assert send_due(database, keystore, mail_settings, yes) == 0
    make_due(database, row_id)
    assert send_due(database, keystore, mail_settings, yes) == 1
    assert row_of(database, row_id).last_error is None


def test_one_refused_address_does_not_hold_up_the_others(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink, ada: UUID
) -> None:
    sink.answer_to_recipient = "550 unknown"
    first = queue(database, ada, Notice.UPDATE)
    second = queue(database, add_account(database, "grace@example.org"), Notice.UPDATE)
    send_due(database, keystore, mail_settings, yes)
    errors = {row_of(database, row_id).last_error for row_id in (first, second)}
    assert errors == {"SMTPRecipientsRefused 550"}


@pytest.mark.both_backends
def test_giving_up_is_loud(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink, ada: UUID
) -> None:
    case_id = uuid4()
    row_id = queue(database, ada, Notice.UPDATE, about=case_id)
    sink.answer = "554 no"
    for _attempt in range(len(BACK_OFF) + 1):
        make_due(database, row_id)
        send_due(database, keystore, mail_settings, yes)
    with database.reading() as db:
        assert [row.id for row in undelivered(db)] == [row_id]
        assert unreached_about(db, case_id) == {ada}
        health = mail_health(db)
    assert (health.waiting, health.given_up) == (0, 1)
    make_due(database, row_id)
    sink.answer = "250 OK"
    assert send_due(database, keystore, mail_settings, yes) == 0
    queue(database, ada, Notice.UPDATE, about=case_id)
    assert send_due(database, keystore, mail_settings, yes) == 1
    with database.reading() as db:
        assert unreached_about(db, case_id) == frozenset()  # every mail says the same


def test_a_given_up_mail_can_be_sent_anew_by_hand(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    with database.writing() as db:
        row = db.get_one(OutboxRow, row_id)
        with pytest.raises(Refused):
            try_again(row)
        row.attempts, row.given_up_at = 8, clock.now()
        try_again(row)
        db.commit()
    assert send_due(database, keystore, mail_settings, yes) == 1


def test_a_server_that_never_answers_times_out(
    database: Database,
    keystore: Keystore,
    mail_settings: Settings,
    ada: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.3)
    row_id = queue(database, ada, Notice.UPDATE)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dumb = replace(mail_settings, mail_port=silent.getsockname()[1])
        began = time.monotonic()
        assert send_due(database, keystore, dumb, yes) == 0
    assert time.monotonic() - began < 5
    assert row_of(database, row_id).last_error == "SMTPServerDisconnected"


def test_a_server_that_is_down_ends_the_round_and_is_said_aloud(
    database: Database,
    keystore: Keystore,
    mail_settings: Settings,
    ada: UUID,
    caplog: pytest.LogCaptureFixture,
) -> None:
    queue(database, ada, Notice.UPDATE)
    queue(database, ada, Notice.URGENT)
    down = replace(mail_settings, mail_port=1)
    assert send_due(database, keystore, down, yes) == 0
    with database.reading() as db:
        health = mail_health(db)
    assert (health.waiting, health.failing) == (2, 1)
    assert health.oldest_due is not None
    assert "1 e-mail could not be sent yet: ConnectionRefused" in complaints(health)["mail waiting"]
    assert [record.message for record in caplog.records] == [
        "a mail could not be sent: ConnectionRefusedError"
    ]


def test_a_server_is_greeted_without_sending_anything(mail_settings: Settings, sink: Sink) -> None:
    knock(mail_settings)
    assert sink.delivered == []
    with pytest.raises(OSError, match="refused"):
        knock(replace(mail_settings, mail_port=1))
    with pytest.raises(SMTPNotSupportedError):
        knock(replace(mail_settings, mail_tls=True))


def test_mail_is_not_sent_in_the_clear_when_encryption_is_asked_for(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    send_due(database, keystore, replace(mail_settings, mail_tls=True), yes)
    assert sink.delivered == []
    assert row_of(database, row_id).last_error == "SMTPNotSupportedError"


@pytest.mark.both_backends
def test_a_row_of_a_crashed_worker_is_taken_up_again(
    database: Database, keystore: Keystore, mail_settings: Settings, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    with database.writing() as db:
        assert claim_next(db)
        assert claim_next(db) is None
        db.commit()
    assert send_due(database, keystore, mail_settings, yes) == 0
    with database.writing() as db:
        db.get_one(OutboxRow, row_id).claimed_at = clock.now() - LEASE - timedelta(seconds=1)
        db.commit()
    assert send_due(database, keystore, mail_settings, yes) == 1


@pytest.mark.both_backends
def test_a_mail_that_kills_its_worker_each_time_is_given_up(database: Database, ada: UUID) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    with database.writing() as db:
        db.get_one(OutboxRow, row_id).attempts = 8
        db.flush()
        assert claim_next(db) is None
        db.commit()
    assert row_of(database, row_id).given_up_at is not None
