"""The messages of a case as the desk shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case, Message
from conductdesk.people.models import Account
from conductdesk.vault.keys import CaseKeys


@dataclass(frozen=True)
class MessageFace:
    """One message; `mine` when the desk wrote it."""

    id: UUID
    mine: bool
    sender: str
    at: datetime
    text: str
    files: tuple[tuple[str, str], ...] = ()
    file_id: UUID | None = None


def thread_of(db: Session, case: Case, keys: CaseKeys) -> tuple[MessageFace, ...]:
    """Return every message, the oldest first."""
    rows = db.execute(
        select(Message, Account.name)
        .outerjoin(Account, Account.id == Message.account_id)
        .where(Message.case_id == case.id)
        .order_by(Message.sent_at, Message.id)
    )
    return tuple(
        MessageFace(
            id=message.id,
            mine=not message.from_reporter,
            sender=_sender(message, name),
            at=message.sent_at,
            text=keys.open(Message.body, message),
            file_id=message.file_id,
        )
        for message, name in rows
    )


def _sender(message: Message, name: str | None) -> str:
    if message.from_reporter:
        return "Reporter"
    return name or "Automatic message"
