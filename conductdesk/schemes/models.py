"""Tables: each version of a scheme pack that was ever in force."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from conductdesk.db import Base, LoggedRow


class SchemeVersion(LoggedRow, Base):
    """One version of a scheme's pack, as its file was when it was loaded."""

    __tablename__ = "scheme_version"
    __table_args__ = (UniqueConstraint("scheme", "version"),)

    scheme: Mapped[str]
    version: Mapped[int]
    source: Mapped[str]
    """The TOML text of the pack."""
    loaded_at: Mapped[datetime]
