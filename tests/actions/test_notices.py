"""Mail on its way out, against a real server on the loopback address."""

from __future__ import annotations

import threading
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from conductdesk import clock
from conductdesk.db import Database
from conductdesk.notice import Notice
from conductdesk.notices.actions import forget_case, forget_old, notify, queue_mail_for, seal_link
from conductdesk.notices.jobs import send_due
from conductdesk.notices.models import OutboxRow
from conductdesk.people.models import AccountState
from conductdesk.people.queries import account_by_id
from conductdesk.settings import Settings
from conductdesk.vault.keystore import Keystore
from tests.actions.mail_steps import MARKER, Sink, add_account, make_due, no, queue, row_of, yes


@pytest.mark.parametrize("notice", Notice)
def test_no_mail_holds_a_word_of_the_case(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink, notice: Notice
) -> None:
    case_id = uuid4()
    account_id = add_account(database, "grace@example.org")
    with database.writing() as db:
        notify(
            db, account_id, notice, case_id=case_id, link=seal_link(keystore, account_id, "token")
        )
        db.commit()
    assert send_due(database, keystore, mail_settings, yes) == 1
    recipients, raw = sink.delivered[0]
    assert recipients == ["grace@example.org"]
    shown = raw.decode() + message_from_bytes(raw, policy=default).as_string()
    for forbidden in (MARKER, str(case_id), case_id.hex, str(account_id), "concern", "allegation"):
        assert forbidden not in shown


def test_each_mail_has_one_recipient(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink
) -> None:
    for number in range(3):
        queue(database, add_account(database, f"p{number}@example.org"), Notice.UPDATE)
    assert send_due(database, keystore, mail_settings, yes) == 3
    assert sorted(recipients for recipients, _raw in sink.delivered) == [
        ["p0@example.org"],
        ["p1@example.org"],
        ["p2@example.org"],
    ]


@pytest.mark.both_backends
def test_a_mail_is_sent_once(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink, ada: UUID
) -> None:
    queue(database, ada, Notice.UPDATE)
    assert send_due(database, keystore, mail_settings, yes) == 1
    assert send_due(database, keystore, mail_settings, yes) == 0
    assert len(sink.delivered) == 1


def test_the_same_mail_is_not_queued_twice_while_it_waits(database: Database, ada: UUID) -> None:
    case_id = uuid4()
    first = queue(database, ada, Notice.UPDATE, about=case_id)
    assert queue(database, ada, Notice.UPDATE, about=case_id) == first
    assert queue(database, ada, Notice.UPDATE, about=uuid4()) != first
    assert queue(database, ada, Notice.URGENT, about=case_id) != first


def test_a_mail_that_rolls_back_with_its_case_is_not_sent(
    database: Database, keystore: Keystore, mail_settings: Settings, ada: UUID
) -> None:
    with database.writing() as db:
        notify(db, ada, Notice.UPDATE)
        db.flush()
        db.rollback()
    assert send_due(database, keystore, mail_settings, yes) == 0


def test_a_mail_waits_until_it_is_due(
    database: Database, keystore: Keystore, mail_settings: Settings, ada: UUID
) -> None:
    with database.writing() as db:
        row = notify(db, ada, Notice.UPDATE, due_at=clock.now() + timedelta(hours=1))
        db.commit()
        row_id = row.id
    assert send_due(database, keystore, mail_settings, yes) == 0
    make_due(database, row_id)
    assert send_due(database, keystore, mail_settings, yes) == 1


def test_whoever_may_no_longer_know_gets_no_mail(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE, about=uuid4())
    assert send_due(database, keystore, mail_settings, no) == 0
    assert sink.delivered == []
    assert row_of(database, row_id).withdrawn_at is not None
    assert send_due(database, keystore, mail_settings, yes) == 0


def test_an_ended_account_gets_no_mail(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink, ada: UUID
) -> None:
    queue(database, ada, Notice.UPDATE)
    with database.writing() as db:
        account = account_by_id(db, ada)
        assert account
        account.state = AccountState.ENDED.value
        db.flush()
        db.info.pop("changed_rows")
        db.commit()
    assert send_due(database, keystore, mail_settings, yes) == 0
    assert sink.delivered == []


def test_the_activation_token_is_sealed_while_it_waits_and_gone_when_sent(
    database: Database,
    keystore: Keystore,
    mail_settings: Settings,
    sink: Sink,
    ada: UUID,
    tmp_path: Path,
) -> None:
    token = "4f1d2c3b4a5968778695a4b3c2d1e0ff"
    with database.writing() as db:
        queue_mail_for(keystore)(db, ada, Notice.ACTIVATION, token)
        db.commit()
    assert all(token.encode() not in file.read_bytes() for file in tmp_path.glob("*.db*"))
    send_due(database, keystore, mail_settings, yes)
    assert f"/desk/activate/{token}" in sink.delivered[0][1].decode()
    with database.reading() as db:
        assert [row.link_sealed for row in db.query(OutboxRow)] == [None]


@pytest.mark.both_backends
def test_two_workers_at_once_send_each_mail_once(
    database: Database, keystore: Keystore, mail_settings: Settings, sink: Sink
) -> None:
    for number in range(12):
        queue(database, add_account(database, f"p{number}@example.org"), Notice.UPDATE)
    sent: list[int] = []
    workers = [
        threading.Thread(
            target=lambda: sent.append(send_due(database, keystore, mail_settings, yes))
        )
        for _worker in range(2)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 12
    assert len({recipients[0] for recipients, _raw in sink.delivered}) == 12
    assert len(sink.delivered) == 12


def test_mail_that_left_a_month_ago_is_forgotten(database: Database, ada: UUID) -> None:
    old, new = queue(database, ada, Notice.UPDATE), queue(database, ada, Notice.URGENT)
    with database.writing() as db:
        db.get_one(OutboxRow, old).sent_at = clock.now() - timedelta(days=31)
        db.get_one(OutboxRow, new).sent_at = clock.now() - timedelta(days=29)
        db.flush()
        forget_old(db)
        db.commit()
        assert [row.id for row in db.query(OutboxRow)] == [new]


def test_a_destroyed_case_leaves_no_row(database: Database, ada: UUID) -> None:
    case_id = uuid4()
    queue(database, ada, Notice.UPDATE, about=case_id)
    kept = queue(database, ada, Notice.UPDATE)
    with database.writing() as db:
        forget_case(db, case_id)
        db.commit()
        assert [row.id for row in db.query(OutboxRow)] == [kept]
