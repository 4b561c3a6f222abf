"""Tables of the weekly record: each link that was sent, and what was filled in."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import Compartment, sealed_optional


class CheckInLink(LoggedRow, Base):
    """One link to one form of one week; nothing in clear says who was asked."""

    __tablename__ = "check_in_link"

    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), index=True)
    participant_id: Mapped[UUID]
    """Of somebody who may have been removed from the register since."""
    form: Mapped[str]
    """`weekly`, `middle` or `end`."""
    week: Mapped[int]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    about: Mapped[bytes]
    """Names and a way to reach, sealed under the link's own token: see `rules.About`."""
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires: Mapped[datetime]
    filled_at: Mapped[datetime | None]
    answers: Mapped[bytes | None] = sealed_optional(Compartment.INTAKE)
    """JSON of `rules.Filled`, sealed to those who keep the register."""
