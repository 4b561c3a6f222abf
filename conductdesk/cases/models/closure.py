"""What two people agree on, what the auditor gets, and the check-ins after closure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import Compartment, sealed


class ProposalKind(StrEnum):
    """What somebody proposes that a second person must agree to, beside the step of a move."""

    CLOSE = "close"
    WAIVE = "waive"
    """To give an outcome up."""
    DESTROY = "destroy"
    NO_REFERRAL = "no_referral"
    LIFT = "lift"
    """To lift a barrier; only one waits at a time."""


STEP = "step:"
"""What the kind of a proposal begins with that prepares a move; the move follows."""


class Proposal(LoggedRow, Base):
    """Something that one person proposed and a second person must agree to."""

    __tablename__ = "proposal"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    """A `ProposalKind`, or `STEP` and the move that it prepares."""
    subject_id: Mapped[UUID | None]
    """The outcome, referral or barrier that it is about."""
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]
    used_at: Mapped[datetime | None]
    """When the step was made that it prepared: a reason is for one step, and not for the next."""
    reason: Mapped[bytes] = sealed(Compartment.RECORD)


class AuditCopy(LoggedRow, Base):
    """The masked copy of a closed case, as its handler checked it."""

    __tablename__ = "audit_copy"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    made_at: Mapped[datetime]
    body: Mapped[bytes] = sealed(Compartment.RECORD)
    """JSON: sections of text in which the parties go by their pseudonyms."""
    named: Mapped[bytes] = sealed(Compartment.RECORD)
    """JSON of `ties.NamedInCopy`: whom the case names, as codes that an auditor's tie is held against."""


class TieCheck(Base):
    """That somebody looked whether a tie of an auditor is to somebody whom the case names."""

    __tablename__ = "tie_check"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    tie_id: Mapped[UUID] = mapped_column(ForeignKey("new_tie.id"), primary_key=True)


class CheckIn(LoggedRow, Base):
    """A question to the reporter after closure: are you being treated badly for telling us?

    What was answered is not kept here. A yes opens a linked case, and may be about an officer who
    sees this row.
    """

    __tablename__ = "check_in"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    days: Mapped[int]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
