"""The inquiry: allegations, evidence, papers, and findings."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import Compartment, sealed, sealed_optional


class DocumentKind(StrEnum):
    """What a document of a case is."""

    ROUTING = "routing"
    TRIAGE = "triage"
    AGREEMENT = "agreement"
    AGREEMENT_ENDED = "agreement_ended"
    TERMS = "terms"
    NOTE = "note"
    REPORT = "report"
    LEARNING = "learning"
    NO_FEEDBACK = "no_feedback"
    HOLD = "hold"
    EVENT = "event"
    WITHDRAWAL = "withdrawal"
    LOW_LEVEL = "low_level"
    EXTENSION = "extension"
    REFUSAL = "refusal"


class DraftKind(StrEnum):
    """Which long text somebody may leave unfinished."""

    TERMS = "terms"
    REPORT = "report"
    DECISION = "decision"


class PaperKind(StrEnum):
    """What a paper between the scheme and the respondent is."""

    NOTICE = "notice"
    REPLY = "reply"
    NO_REPLY = "no_reply"
    LETTER = "letter"


HEARD = frozenset({PaperKind.REPLY, PaperKind.NO_REPLY})
"""The papers by which a respondent had their say, or let it pass."""


class Document(LoggedRow, Base):
    """A dated text on the case, once written never changed."""

    __tablename__ = "document"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    body: Mapped[bytes] = sealed(Compartment.INTERNAL)
    """A text, or JSON where the kind has several parts."""


class Draft(Base):
    """A long text that is not finished: it changes with every save, so no log vouches for it.

    There is one of each kind on a case, whoever has the seat for it.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("case_id", "kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    """Who saved it last."""
    saved_at: Mapped[datetime]
    page: Mapped[str]
    """The page that saved it last: one that does not know of that save must not undo it."""
    body: Mapped[bytes] = sealed(Compartment.INTERNAL)
    """JSON: what each field of the form held."""


class RespondentPaper(LoggedRow, Base):
    """A notice, a reply or a letter, as it was served or received outside the system."""

    __tablename__ = "respondent_paper"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    kind: Mapped[str]
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    dated: Mapped[datetime]
    """When it was served or received, as the officer recorded it."""
    reply_by: Mapped[datetime | None]
    made_at: Mapped[datetime]
    body: Mapped[bytes] = sealed(Compartment.RESPONDENT)


class Allegation(LoggedRow, Base):
    """One respondent, one clause, one account of what happened."""

    __tablename__ = "allegation"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"))
    letter: Mapped[str]
    clause: Mapped[str]
    made_at: Mapped[datetime]
    account: Mapped[bytes] = sealed(Compartment.INTERNAL)


class Evidence(LoggedRow, Base):
    """One item for or against an allegation; a file keeps its original sealed."""

    __tablename__ = "evidence"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    allegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("allegation.id"))
    bearing: Mapped[str]
    """`for`, `against` or `neutral`."""
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]
    considered_at: Mapped[datetime | None]
    original_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_file.id"))
    working_id: Mapped[UUID | None] = mapped_column(ForeignKey("sealed_file.id"))
    title: Mapped[bytes] = sealed(Compartment.INTERNAL)
    text: Mapped[bytes | None] = sealed_optional(Compartment.INTERNAL)


class Finding(LoggedRow, Base):
    """The decision on one allegation."""

    __tablename__ = "finding"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    allegation_id: Mapped[UUID] = mapped_column(ForeignKey("allegation.id"), index=True)
    result: Mapped[str]
    """`upheld`, `partly_upheld`, `not_upheld` or `not_determined`."""
    standard: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    found_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]
    reasons: Mapped[bytes] = sealed(Compartment.INTERNAL)
