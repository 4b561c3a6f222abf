"""Mail on its way out, against a real server on the loopback address."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.db import Database
from conductdesk.notices import mail
from conductdesk.notices.actions import (
    claim_next,
    forget_case,
    forget_old,
    notify,
    post_for,
    seal_link,
    try_again,
)
from conductdesk.notices.jobs import send_due
from conductdesk.notices.models import OutboxRow
from conductdesk.notices.queries import mail_health, undelivered, undelivered_about
from conductdesk.notices.rules import BACK_OFF, LEASE, Notice
from conductdesk.people.models import Account, AccountState
from conductdesk.people.queries import account_by_id
from conductdesk.refusal import Refused
from conductdesk.settings import Settings, load_settings
from conductdesk.vault.keystore import Keystore

MARKER = "zanzibarmarker"
ADDRESS = "ada@example.org"


class Sink:
    """A mail server that keeps what it gets, or refuses it."""

    def __init__(self) -> None:
        self.delivered: list[tuple[list[str], bytes]] = []
        self.answer = "250 OK"
        self.answer_to_recipient = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name and signature are aiosmtpd's
        self,
        _server: SMTP,
        _session: SmtpSession,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if self.answer_to_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer_to_recipient

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _server: SMTP, _session: SmtpSession, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            assert isinstance(envelope.content, bytes)
            self.delivered.append(([*envelope.rcpt_tos], envelope.content))
        return self.answer


class Loopback(Controller):
    """aiosmtpd on a free port."""

    def __init__(self, sink: Sink) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        super().__init__(sink, hostname="127.0.0.1", port=port)


@pytest.fixture
def sink() -> Sink:
    return Sink()


@pytest.fixture
def settings(sink: Sink, tmp_path: Path) -> Iterator[Settings]:
    server = Loopback(sink)
    server.start()
    yield settings_for(server.port, tmp_path)
    server.stop()


def settings_for(port: int, data: Path) -> Settings:
    """Return settings that send to *port*, in the clear."""
    return load_settings(
        {
            "CONDUCTDESK_DATA": str(data),
            "CONDUCTDESK_URL": "https://desk.example.org",
            "CONDUCTDESK_PUBLIC_SECRET": "p" * 32,
            "CONDUCTDESK_DESK_SECRET": "d" * 32,
            "CONDUCTDESK_NAME": "Quiet Post",
            "MAIL_SENDER": "post@example.org",
            "MAIL_SERVER": "127.0.0.1",
            "MAIL_PORT": str(port),
            "MAIL_TLS": "no",
        }
    )


@pytest.fixture
def ada(database: Database) -> UUID:
    return add_account(database, ADDRESS)


def add_account(database: Database, email: str) -> UUID:
    """Insert an account as it stands after activation; what the log says of it is not at issue."""
    account = Account(
        email=email, name=MARKER, pseudonym=uuid4().hex, state=AccountState.ACTIVE.value
    )
    with database.writing() as db:
        db.add(account)
        db.flush()
        db.info.pop("changed_rows")
        db.commit()
        return account.id


def queue(
    database: Database, account_id: UUID, notice: Notice, *, about: UUID | None = None
) -> UUID:
    """Queue one mail and commit."""
    with database.writing() as db:
        row = notify(db, account_id, notice, case_id=about)
        db.commit()
        return row.id


def row_of(database: Database, row_id: UUID) -> OutboxRow:
    with database.reading() as db:
        return db.get_one(OutboxRow, row_id)


def make_due(database: Database, row_id: UUID) -> None:
    """Let the pause before the next attempt be over."""
    with database.writing() as db:
        db.get_one(OutboxRow, row_id).due_at = clock.now()
        db.commit()


def yes(_db: Session, _row: OutboxRow) -> bool:
    """Everybody may still know."""
    return True


def no(_db: Session, _row: OutboxRow) -> bool:
    """Nobody may know any more."""
    return False


@pytest.mark.parametrize("notice", Notice)
def test_no_mail_holds_a_word_of_the_case(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink, notice: Notice
) -> None:
    case_id = uuid4()
    account_id = add_account(database, "grace@example.org")
    with database.writing() as db:
        notify(
            db, account_id, notice, case_id=case_id, link=seal_link(keystore, account_id, "token")
        )
        db.commit()
    assert send_due(database, keystore, settings, yes) == 1
    recipients, raw = sink.delivered[0]
    assert recipients == ["grace@example.org"]
    shown = raw.decode() + message_from_bytes(raw, policy=default).as_string()
    for forbidden in (MARKER, str(case_id), case_id.hex, str(account_id), "concern", "allegation"):
        assert forbidden not in shown


def test_each_mail_has_one_recipient(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink
) -> None:
    for number in range(3):
        queue(database, add_account(database, f"p{number}@example.org"), Notice.UPDATE)
    assert send_due(database, keystore, settings, yes) == 3
    assert sorted(recipients for recipients, _raw in sink.delivered) == [
        ["p0@example.org"],
        ["p1@example.org"],
        ["p2@example.org"],
    ]


@pytest.mark.both_backends
def test_a_mail_is_sent_once(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink, ada: UUID
) -> None:
    queue(database, ada, Notice.UPDATE)
    assert send_due(database, keystore, settings, yes) == 1
    assert send_due(database, keystore, settings, yes) == 0
    assert len(sink.delivered) == 1


def test_the_same_mail_is_not_queued_twice_while_it_waits(database: Database, ada: UUID) -> None:
    case_id = uuid4()
    first = queue(database, ada, Notice.UPDATE, about=case_id)
    assert queue(database, ada, Notice.UPDATE, about=case_id) == first
    assert queue(database, ada, Notice.UPDATE, about=uuid4()) != first
    assert queue(database, ada, Notice.URGENT, about=case_id) != first


def test_a_mail_that_rolls_back_with_its_case_is_not_sent(
    database: Database, keystore: Keystore, settings: Settings, ada: UUID
) -> None:
    with database.writing() as db:
        notify(db, ada, Notice.UPDATE)
        db.flush()
        db.rollback()
    assert send_due(database, keystore, settings, yes) == 0


def test_a_mail_waits_until_it_is_due(
    database: Database, keystore: Keystore, settings: Settings, ada: UUID
) -> None:
    with database.writing() as db:
        row = notify(db, ada, Notice.UPDATE, due_at=clock.now() + timedelta(hours=1))
        db.commit()
        row_id = row.id
    assert send_due(database, keystore, settings, yes) == 0
    make_due(database, row_id)
    assert send_due(database, keystore, settings, yes) == 1


def test_whoever_may_no_longer_know_gets_no_mail(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE, about=uuid4())
    assert send_due(database, keystore, settings, no) == 0
    assert sink.delivered == []
    assert row_of(database, row_id).withdrawn_at is not None
    assert send_due(database, keystore, settings, yes) == 0


def test_an_ended_account_gets_no_mail(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink, ada: UUID
) -> None:
    queue(database, ada, Notice.UPDATE)
    with database.writing() as db:
        account = account_by_id(db, ada)
        assert account
        account.state = AccountState.ENDED.value
        db.flush()
        db.info.pop("changed_rows")
        db.commit()
    assert send_due(database, keystore, settings, yes) == 0
    assert sink.delivered == []


@pytest.mark.both_backends
def test_a_refused_mail_is_tried_again_after_a_pause(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    sink.answer = f"451 try later, {ADDRESS}"
    assert send_due(database, keystore, settings, yes) == 0
    row = row_of(database, row_id)
    assert row.last_error == "SMTPDataError 451"
    assert row.due_at > clock.now() + BACK_OFF[0] - timedelta(seconds=30)
    sink.answer = "250 OK"
    assert send_due(database, keystore, settings, yes) == 0
    make_due(database, row_id)
    assert send_due(database, keystore, settings, yes) == 1
    assert row_of(database, row_id).last_error is None


def test_one_refused_address_does_not_hold_up_the_others(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink, ada: UUID
) -> None:
    sink.answer_to_recipient = "550 unknown"
    first = queue(database, ada, Notice.UPDATE)
    second = queue(database, add_account(database, "grace@example.org"), Notice.UPDATE)
    send_due(database, keystore, settings, yes)
    errors = {row_of(database, row_id).last_error for row_id in (first, second)}
    assert errors == {"SMTPRecipientsRefused 550"}


@pytest.mark.both_backends
def test_giving_up_is_loud(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink, ada: UUID
) -> None:
    case_id = uuid4()
    row_id = queue(database, ada, Notice.UPDATE, about=case_id)
    sink.answer = "554 no"
    for _attempt in range(len(BACK_OFF) + 1):
        make_due(database, row_id)
        send_due(database, keystore, settings, yes)
    with database.reading() as db:
        assert [row.id for row in undelivered(db)] == [row_id]
        assert [row.id for row in undelivered_about(db, case_id)] == [row_id]
        health = mail_health(db)
    assert (health.waiting, health.given_up) == (0, 1)
    make_due(database, row_id)
    sink.answer = "250 OK"
    assert send_due(database, keystore, settings, yes) == 0


def test_a_given_up_mail_can_be_sent_anew_by_hand(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    with database.writing() as db:
        row = db.get_one(OutboxRow, row_id)
        with pytest.raises(Refused):
            try_again(row)
        row.attempts, row.given_up_at = 8, clock.now()
        try_again(row)
        db.commit()
    assert send_due(database, keystore, settings, yes) == 1


def test_a_server_that_never_answers_times_out(
    database: Database,
    keystore: Keystore,
    settings: Settings,
    ada: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.3)
    row_id = queue(database, ada, Notice.UPDATE)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dumb = replace(settings, mail_port=silent.getsockname()[1])
        began = time.monotonic()
        assert send_due(database, keystore, dumb, yes) == 0
    assert time.monotonic() - began < 5
    assert row_of(database, row_id).last_error == "SMTPServerDisconnected"


def test_a_server_that_is_down_ends_the_round(
    database: Database, keystore: Keystore, settings: Settings, ada: UUID
) -> None:
    queue(database, ada, Notice.UPDATE)
    queue(database, ada, Notice.URGENT)
    down = replace(settings, mail_port=1)
    assert send_due(database, keystore, down, yes) == 0
    with database.reading() as db:
        health = mail_health(db)
    assert (health.waiting, health.failing) == (2, 1)
    assert health.oldest_due is not None


def test_mail_is_not_sent_in_the_clear_when_encryption_is_asked_for(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    send_due(database, keystore, replace(settings, mail_tls=True), yes)
    assert sink.delivered == []
    assert row_of(database, row_id).last_error == "SMTPNotSupportedError"


@pytest.mark.both_backends
def test_a_row_of_a_crashed_worker_is_taken_up_again(
    database: Database, keystore: Keystore, settings: Settings, ada: UUID
) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    with database.writing() as db:
        assert claim_next(db)
        assert claim_next(db) is None
        db.commit()
    assert send_due(database, keystore, settings, yes) == 0
    with database.writing() as db:
        db.get_one(OutboxRow, row_id).claimed_at = clock.now() - LEASE - timedelta(seconds=1)
        db.commit()
    assert send_due(database, keystore, settings, yes) == 1


@pytest.mark.both_backends
def test_a_mail_that_kills_its_worker_each_time_is_given_up(database: Database, ada: UUID) -> None:
    row_id = queue(database, ada, Notice.UPDATE)
    with database.writing() as db:
        db.get_one(OutboxRow, row_id).attempts = 8
        db.flush()
        assert claim_next(db) is None
        db.commit()
    assert row_of(database, row_id).given_up_at is not None


def test_the_activation_token_is_sealed_while_it_waits_and_gone_when_sent(
    database: Database,
    keystore: Keystore,
    settings: Settings,
    sink: Sink,
    ada: UUID,
    tmp_path: Path,
) -> None:
    token = "4f1d2c3b4a5968778695a4b3c2d1e0ff"
    with database.writing() as db:
        post_for(keystore)(db, ada, Notice.ACTIVATION, token)
        db.commit()
    assert all(token.encode() not in file.read_bytes() for file in tmp_path.glob("*.db*"))
    send_due(database, keystore, settings, yes)
    assert f"/desk/activate/{token}" in sink.delivered[0][1].decode()
    with database.reading() as db:
        assert [row.link_sealed for row in db.query(OutboxRow)] == [None]


@pytest.mark.both_backends
def test_two_workers_at_once_send_each_mail_once(
    database: Database, keystore: Keystore, settings: Settings, sink: Sink
) -> None:
    for number in range(12):
        queue(database, add_account(database, f"p{number}@example.org"), Notice.UPDATE)
    sent: list[int] = []
    workers = [
        threading.Thread(target=lambda: sent.append(send_due(database, keystore, settings, yes)))
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
