"""A mail server on the loopback address, and mail that waits for it."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.db import Database
from conductdesk.demo.environment import free_port
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.notices.models import OutboxRow
from conductdesk.people.models import Account, AccountState
from conductdesk.settings import Settings, load_settings

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
        super().__init__(sink, hostname="127.0.0.1", port=free_port())


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
    """Return a mail as it waits now."""
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
