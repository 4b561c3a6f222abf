"""What the reporter sent, who the reporter is, and the messages to and fro."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import Compartment, sealed, sealed_optional


class MessageKind(StrEnum):
    """What a message in the mailbox is."""

    MESSAGE = "message"
    AUTOMATIC = "automatic"
    FEEDBACK = "feedback"
    UPDATE = "update"
    TREATED_BADLY = "treated_badly"
    WITHDRAWAL = "withdrawal"
    CHECK_IN = "check_in"
    NOTE_CONFIRMED = "note_confirmed"
    NOTE_CORRECTED = "note_corrected"


class Concern(LoggedRow, Base):
    """What a reporter submitted, in their own words; never changed."""

    __tablename__ = "concern"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    sent_at: Mapped[datetime]
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """The officer who wrote it down for the reporter; None where the reporter wrote it."""
    answers: Mapped[bytes] = sealed(Compartment.INTAKE)
    """JSON of `cases.concern.Concern`, without the reporter's identity."""


class Reporter(LoggedRow, Base):
    """One receipt of a case; a lost one is ended, and a new row made."""

    __tablename__ = "reporter"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    lookup: Mapped[bytes] = mapped_column(unique=True)
    """The receipt's hash, by which the mailbox finds its case."""
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id"))
    issued_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    shown_to_officer: Mapped[bool] = mapped_column(default=False)
    """Whether an officer handed the receipt over, and so has seen it."""
    identity: Mapped[bytes | None] = sealed_optional(Compartment.IDENTITY)
    """JSON of name and ways to reach; None for an anonymous reporter."""


class Message(LoggedRow, Base):
    """One message in the mailbox."""

    __tablename__ = "message"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """Who wrote it; None for the reporter and for the automatic message."""
    from_reporter: Mapped[bool]
    kind: Mapped[str]
    """A `MessageKind`."""
    sent_at: Mapped[datetime]
    original_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_file.id"))
    working_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_file.id"))
    """The copy without metadata; None where the file is of a kind of which none is made."""
    body: Mapped[bytes] = sealed(Compartment.INTAKE)


class Consent(LoggedRow, Base):
    """What the reporter agreed to have shared: as whom, with whom, how and when."""

    __tablename__ = "consent"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    terms: Mapped[bytes] = sealed(Compartment.INTAKE)
    """JSON of `cases.sharing.Sharing`."""
