"""The messages of a case as the desk shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case, Message
from conductdesk.people.models import Account
from conductdesk.policy import Viewer
from conductdesk.vault.files import name_of
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import SealedFile


@dataclass(frozen=True)
class FileFace:
    """One file of a message: what it is called, and of which message it is."""

    message_id: UUID
    name: str


@dataclass(frozen=True)
class MessageFace:
    """One message; `mine` when the viewer wrote it."""

    mine: bool
    sender: str
    at: datetime
    text: str
    file: FileFace | None


def thread_of(db: Session, case: Case, keys: CaseKeys, viewer: Viewer) -> tuple[MessageFace, ...]:
    """Return every message, the oldest first."""
    rows = db.execute(
        select(Message, Account.name, SealedFile)
        .outerjoin(Account, Account.id == Message.account_id)
        .outerjoin(SealedFile, SealedFile.id == Message.original_id)
        .where(Message.case_id == case.id)
        .order_by(Message.sent_at, Message.id)
    )
    return tuple(
        MessageFace(
            mine=message.account_id is not None and message.account_id == viewer.account_id,
            sender=_sender(message, name),
            at=message.sent_at,
            text=keys.open(Message.body, message),
            file=FileFace(message.id, name_of(keys, file).name) if file else None,
        )
        for message, name, file in rows
    )


def _sender(message: Message, name: str | None) -> str:
    if message.from_reporter:
        return "Reporter"
    return name or "Automatic message"
