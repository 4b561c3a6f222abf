"""What a panel has before it: a proposed decision, and the votes of its members."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import Compartment, sealed


class ProposedDecision(LoggedRow, Base):
    """What one member proposes that the panel decides; a later one takes its place."""

    __tablename__ = "proposed_decision"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    """When the panel decided so; None for what it did not decide, or not yet."""
    agreed: Mapped[int | None]
    """How many members agreed when it was decided; who they were is sealed."""
    body: Mapped[bytes] = sealed(Compartment.INTERNAL)
    """JSON of `cases.acts.Decision`."""


class Vote(LoggedRow, Base):
    """What one member says to a proposed decision; their newest counts."""

    __tablename__ = "vote"

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    proposed_id: Mapped[UUID] = mapped_column(ForeignKey("proposed_decision.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    cast_at: Mapped[datetime]
    body: Mapped[bytes] = sealed(Compartment.INTERNAL)
    """JSON: whether the member agrees, and why."""
