"""The tables of the web layer: sessions and counters. Neither is vouched for by the audit log."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base


class WebSession(Base):
    """One browser's session; its content opens with the token in the browser's cookie only."""

    __tablename__ = "web_session"

    id_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    face: Mapped[str]
    sealed: Mapped[bytes]
    owner_id: Mapped[UUID | None] = mapped_column(index=True)
    idle_expires: Mapped[datetime] = mapped_column(index=True)
    absolute_expires: Mapped[datetime]


class RateCount(Base):
    """How often something was tried in one window of time; the key is an HMAC."""

    __tablename__ = "rate_count"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    window_ends: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    count: Mapped[int]
