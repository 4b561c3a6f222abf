"""The messages of a case as the desk shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from conductdesk.cases.models import Case, Message
from conductdesk.people.models import Account
from conductdesk.policy import Viewer
from conductdesk.vault.files import FileName, name_of
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import SealedFile


@dataclass(frozen=True)
class FileFace:
    """The file of a message: of which one, and what its two forms are called."""

    message_id: UUID
    original: FileName
    working: FileName | None


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
    original, working = aliased(SealedFile), aliased(SealedFile)
    rows = db.execute(
        select(Message, Account.name, original, working)
        .outerjoin(Account, Account.id == Message.account_id)
        .outerjoin(original, original.id == Message.original_id)
        .outerjoin(working, working.id == Message.working_id)
        .where(Message.case_id == case.id)
        .order_by(Message.sent_at, Message.id)
    )
    return tuple(
        MessageFace(
            mine=message.account_id is not None and message.account_id == viewer.account_id,
            sender=_sender(message, name),
            at=message.sent_at,
            text=keys.open(Message.body, message),
            file=_file(keys, message, as_sent, copy),
        )
        for message, name, as_sent, copy in rows
    )


def _file(
    keys: CaseKeys, message: Message, original: SealedFile | None, working: SealedFile | None
) -> FileFace | None:
    if original is None:
        return None
    copy = name_of(keys, working) if working else None
    return FileFace(message.id, name_of(keys, original), copy)


def _sender(message: Message, name: str | None) -> str:
    if message.from_reporter:
        return "Reporter"
    return name or "Automatic message"
