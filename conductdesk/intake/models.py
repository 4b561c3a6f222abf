"""What an officer has written down of a concern so far, and the receipt that it then has."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base


class DeskDraft(Base):
    """One officer's draft for one scheme, or the receipt of what they have just sent.

    No session holds it, so that signing out, wanted or not, loses nothing. It is sealed to the
    officer who writes: nobody else opens it, and no log vouches for it.
    """

    __tablename__ = "desk_draft"
    __table_args__ = (UniqueConstraint("account_id", "scheme"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    scheme: Mapped[str]
    kept_at: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)
    body: Mapped[bytes]
    """JSON of `intake.entry.Entry`, sealed by `vault.personal`."""
