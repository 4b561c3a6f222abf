"""What follows a decision, what steps are taken before one, and what leaves the organisation."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import Compartment, sealed, sealed_optional


class OutcomeState(StrEnum):
    """How far an outcome has come."""

    OPEN = "open"
    DONE = "done"
    WAIVED = "waived"
    REFUSED = "refused"
    """Where it is what was asked for, and may be refused."""
    SET_ASIDE = "set_aside"
    """By an appeal."""


class Outcome(LoggedRow, Base):
    """An obligation: who must do what, by when, and proof that it was done."""

    __tablename__ = "outcome"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    """The party who must do it; None where it is an officer, or somebody outside the case."""
    hours: Mapped[int | None]
    due_at: Mapped[datetime]
    effective_from: Mapped[datetime | None]
    """Where it waits for an appeal: the end of the window, or None until that is known."""
    state: Mapped[str] = mapped_column(default=OutcomeState.OPEN)
    """An `OutcomeState`."""
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    what: Mapped[bytes] = sealed(Compartment.INTERNAL)
    owner: Mapped[bytes] = sealed(Compartment.INTERNAL)
    proof: Mapped[bytes | None] = sealed_optional(Compartment.INTERNAL)


class HoursProven(LoggedRow, Base):
    """Some of the hours of an outcome, with the day on which they were spent and how one knows."""

    __tablename__ = "hours_proven"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    outcome_id: Mapped[UUID] = mapped_column(ForeignKey("outcome.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    done_on: Mapped[datetime]
    minutes: Mapped[int]
    recorded_at: Mapped[datetime]
    what: Mapped[bytes] = sealed(Compartment.INTERNAL)


class Telling(LoggedRow, Base):
    """That one person was told of a pause or of an ending, and when."""

    __tablename__ = "telling"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    outcome_id: Mapped[UUID] = mapped_column(ForeignKey("outcome.id"), index=True)
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"))
    office: Mapped[str | None]
    """The office that was told, where it was no party."""
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    told_on: Mapped[datetime]
    recorded_at: Mapped[datetime]
    how: Mapped[bytes] = sealed(Compartment.INTERNAL)


class EndingTelling(LoggedRow, Base):
    """That one organisation was told of an end that holds in all, and that it confirmed it."""

    __tablename__ = "ending_telling"
    __table_args__ = (UniqueConstraint("outcome_id", "organisation"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    outcome_id: Mapped[UUID] = mapped_column(ForeignKey("outcome.id"))
    organisation: Mapped[str]
    told_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    how: Mapped[bytes | None] = sealed_optional(Compartment.INTERNAL)
    """How it was confirmed, where the handler recorded it."""


class EndingCopy(LoggedRow, Base):
    """What one officer of an organisation is told of it: the person's name, and nothing more."""

    __tablename__ = "ending_copy"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    telling_id: Mapped[UUID] = mapped_column(ForeignKey("ending_telling.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[bytes]
    """Sealed by `vault.personal`."""


class InterimMeasure(LoggedRow, Base):
    """A temporary, non-punitive step before any finding."""

    __tablename__ = "interim_measure"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    imposed_at: Mapped[datetime]
    review_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    what: Mapped[bytes] = sealed(Compartment.INTERNAL)
    reason: Mapped[bytes] = sealed(Compartment.INTERNAL)


class Referral(LoggedRow, Base):
    """Something taken to another body, or the reasoned decision not to."""

    __tablename__ = "referral"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    referred: Mapped[bool]
    made_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    body: Mapped[bytes] = sealed(Compartment.INTERNAL)
    """JSON: agency, what was shared, ground, reference; or why nothing was referred."""
    answer: Mapped[bytes | None] = sealed_optional(Compartment.INTERNAL)


class Override(LoggedRow, Base):
    """A recorded breach of confidentiality."""

    __tablename__ = "override"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    told_beforehand: Mapped[bool]
    body: Mapped[bytes] = sealed(Compartment.INTERNAL)
    """JSON: what, to whom, on what ground, and why the person was not told."""


class Appeal(LoggedRow, Base):
    """An appeal against a decision."""

    __tablename__ = "appeal"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    lodged_by: Mapped[str]
    """`respondent` or `reporter`."""
    lodged_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    result: Mapped[str | None]
    """`dismissed`, `varied` or `remitted`."""
    grounds: Mapped[bytes] = sealed(Compartment.INTERNAL)
    reasons: Mapped[bytes | None] = sealed_optional(Compartment.INTERNAL)
