"""The case itself, who is on it, who is kept from it, its parties and its clocks."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk import clock
from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import Compartment, sealed

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""When nothing is due: a moment, and not an empty column, so that an index keeps the order."""

CLOSED = "state IN ('aftercare', 'closed')"
OPEN = "state NOT IN ('aftercare', 'closed')"
"""Written out, because an index on some rows serves only the query that says the same words."""
LINKED = "linked_to IS NOT NULL"
JOINED = "joined_to IS NOT NULL"
"""Few cases are linked or joined to another; whatever equals an id is not null, so such a query is served."""


def _index_where(condition: str, name: str, *columns: str) -> Index:
    return Index(name, *columns, sqlite_where=text(condition), postgresql_where=text(condition))


class Case(LoggedRow, Base):
    """What an officer handles. Nothing in this row says what the case is about."""

    __tablename__ = "cases"
    __table_args__ = (
        _index_where(OPEN, "ix_cases_open_due", "next_due_at", "id", "state"),
        _index_where(OPEN, "ix_cases_open_taken_due", "taken", "next_due_at", "id"),
        _index_where(CLOSED, "ix_cases_closed_due", "next_due_at", "id"),
        _index_where(LINKED, "ix_cases_linked_to", "linked_to"),
        _index_where(JOINED, "ix_cases_joined_to", "joined_to"),
    )

    scheme: Mapped[str]
    pack_version: Mapped[int]
    code_name: Mapped[str] = mapped_column(unique=True)
    pseudonym: Mapped[str] = mapped_column(unique=True)
    """How the audit log calls the case: 32 random hex digits."""
    kind: Mapped[str]
    organisation: Mapped[str] = mapped_column(default="")
    """The key of the organisation whose officers receive; empty where there is one, or none known."""
    routing_rule: Mapped[str] = mapped_column(default="")
    """The pack's rule that chose the chain, so that whoever follows comes from the same."""
    channel: Mapped[str]
    reporter_mode: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=0)
    """Counts the moves, so that the second of two deciders loses cleanly."""
    route: Mapped[str | None]
    urgent: Mapped[bool] = mapped_column(default=False)
    at_risk: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reopened_at: Mapped[datetime | None]
    """What was settled before this moment must be settled again."""
    appeal_until: Mapped[datetime | None]
    safeguarding_hold_since: Mapped[datetime | None]
    police_pause_since: Mapped[datetime | None]
    legal_hold_since: Mapped[datetime | None]
    retention_class: Mapped[str | None]
    keep_until: Mapped[datetime | None]
    linked_to: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    joined_to: Mapped[UUID | None] = mapped_column(ForeignKey("cases.id"))
    """The case about the same matter, in which this one is looked into."""
    joined_at: Mapped[datetime | None]
    taken: Mapped[bool] = mapped_column(default=False)
    """Whether somebody who is on the case has attested."""
    next_due_at: Mapped[datetime] = mapped_column(default=NEVER)
    """The nearest running clock, or `NEVER`; the caseload is sorted by it."""
    last_activity_at: Mapped[datetime]
    last_activity: Mapped[str]
    """The type of the newest log entry that is not a read, such as `case.triaged`."""


class Appointment(LoggedRow, Base):
    """Somebody's seat on a case, from a date, to a date."""

    __tablename__ = "appointment"
    __table_args__ = (
        Index("ix_appointment_account_case", "account_id", "until", "case_id"),
        Index("ix_appointment_account_capacity", "account_id", "capacity", "until", "case_id"),
    )

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    capacity: Mapped[str]
    office: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    attested_at: Mapped[datetime | None]
    """When they said that they have no conflict of interest."""


class Barrier(LoggedRow, Base):
    """Somebody who is kept away from a case; why is sealed, so that a copy does not tell."""

    __tablename__ = "barrier"
    __table_args__ = (UniqueConstraint("case_id", "account_id"),)

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    since: Mapped[datetime]
    why: Mapped[bytes] = sealed(Compartment.INTERNAL)


class Party(LoggedRow, Base):
    """Somebody whom a case is about: respondent, affected person, witness or supporter."""

    __tablename__ = "party"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    part: Mapped[str]
    alias: Mapped[str]
    """The stable pseudonym, such as *Respondent A*."""
    name: Mapped[bytes] = sealed(Compartment.INTERNAL)
    """Whoever decides or hears an appeal must see the names before they attest."""
    copied_from: Mapped[UUID | None]
    """The party of a case that was joined to this one, from whom it was copied."""
    added_at: Mapped[datetime] = mapped_column(default=lambda: clock.now())


class CaseClock(LoggedRow, Base):
    """One clock of a case: by when something must be done."""

    __tablename__ = "case_clock"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    name: Mapped[str]
    subject_id: Mapped[UUID | None]
    """The outcome, or the agreement, that it is about: a case may have several."""
    starts_at: Mapped[datetime]
    due_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    """When the clock ceased to matter, because the case went another way."""


class CaseRead(Base):
    """That one sign-in has already left its read entry for a case."""

    __tablename__ = "case_read"

    session_hash: Mapped[bytes] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    read_at: Mapped[datetime]
