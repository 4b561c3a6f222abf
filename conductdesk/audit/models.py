"""The tables of the audit log."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base

INSTALLATION = "installation"
"""The log of accounts, published keys and settings; each scheme has one of its own besides."""


class LogHead(Base):
    """Where a log ends. Its row is locked while a transaction appends."""

    __tablename__ = "log_head"

    log_id: Mapped[str] = mapped_column(primary_key=True)
    origin: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    frontier: Mapped[bytes]
    newest: Mapped[datetime | None]
    """The moment that the last entry carries; empty while there is none."""
    restored: Mapped[bool] = mapped_column(default=False)
    """True after a backup was restored, until a new origin has taken over."""


class LogEntry(Base):
    """The bytes of an entry, exactly as they are hashed."""

    __tablename__ = "log_entry"

    log_id: Mapped[str] = mapped_column(ForeignKey("log_head.log_id"), primary_key=True)
    idx: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    case_ref: Mapped[str | None]
    """The case's pseudonym once more, so that a case finds its entries."""
    entry: Mapped[bytes]
    leaf_hash: Mapped[bytes]

    __table_args__ = (Index(None, "log_id", "case_ref", "idx"),)


class LogTile(Base):
    """256 neighbouring hashes and the root above them; only full tiles are kept."""

    __tablename__ = "log_tile"

    log_id: Mapped[str] = mapped_column(ForeignKey("log_head.log_id"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    idx: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hashes: Mapped[bytes]
    root: Mapped[bytes]


class LogCheckpoint(Base):
    """A signed head, and what it was signed for."""

    __tablename__ = "log_checkpoint"

    log_id: Mapped[str] = mapped_column(ForeignKey("log_head.log_id"), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    purpose: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str]
    made_at: Mapped[datetime]


class WitnessState(Base):
    """What a witness on another machine last made of a log's checkpoints."""

    __tablename__ = "log_witness"

    log_id: Mapped[str] = mapped_column(ForeignKey("log_head.log_id"), primary_key=True)
    witness: Mapped[str] = mapped_column(primary_key=True)
    """The name of its key."""
    size: Mapped[int | None] = mapped_column(BigInteger)
    """The size of the last checkpoint that it cosigned; None until there is one."""
    cosigned_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    problem: Mapped[str | None]
    """Why the last attempt failed, in a sentence that says what to do."""


class EntryDetail(Base):
    """The sealed details behind an entry's commitment; deleting them leaves the entry whole."""

    __tablename__ = "entry_detail"

    log_id: Mapped[str] = mapped_column(primary_key=True)
    idx: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    case_id: Mapped[UUID] = mapped_column(index=True)
    sealed: Mapped[bytes]

    __table_args__ = (
        ForeignKeyConstraint(["log_id", "idx"], ["log_entry.log_id", "log_entry.idx"]),
    )


class CaseCounter(Base):
    """The number that the next entry about a case gets."""

    __tablename__ = "case_counter"

    log_id: Mapped[str] = mapped_column(ForeignKey("log_head.log_id"), primary_key=True)
    case_ref: Mapped[str] = mapped_column(primary_key=True)
    next_n: Mapped[int]
