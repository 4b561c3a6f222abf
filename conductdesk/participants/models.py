"""Tables of the register, and of declared interests: whom officers are tied to.

The rows of people are vouched for in manifests (docs/decisions/0022): an import of 50,000 rows is
one act, and leaves one entry.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.clock import now
from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import Compartment, sealed


class Register(LoggedRow, Base):
    """The register of one scheme. Its id stands where the vault says `case_id`."""

    __tablename__ = "register"

    scheme: Mapped[str] = mapped_column(unique=True)
    pseudonym: Mapped[str] = mapped_column(unique=True)
    """How the audit log calls the register: 32 random hex digits."""
    version: Mapped[int] = mapped_column(default=0)
    """Counts the acts on it; the manifest of each has its number."""
    begun_at: Mapped[datetime] = mapped_column(default=now)


class RegisterManifest(LoggedRow, Base):
    """Which rows one act wrote or deleted, each with its code; see `manifest.py`."""

    __tablename__ = "register_manifest"
    __table_args__ = (UniqueConstraint("register_id", "version"),)

    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"))
    version: Mapped[int]
    content: Mapped[bytes]


class VouchedRow:
    """A row that a manifest vouches for."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    row_salt: Mapped[bytes] = mapped_column(default=lambda: secrets.token_bytes(32))


class Participant(VouchedRow, Base):
    """Somebody who takes part, or took part. Nothing in clear says who or what they are."""

    __tablename__ = "participant"

    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), index=True)
    person: Mapped[bytes] = sealed(Compartment.IDENTITY)
    """JSON of `rules.Person`."""


class ParticipantGroup(VouchedRow, Base):
    """A pairing, a triad or a group."""

    __tablename__ = "participant_group"

    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), index=True)
    about: Mapped[bytes] = sealed(Compartment.IDENTITY)
    """JSON of `rules.Group`."""


class Membership(VouchedRow, Base):
    """One participant in one group, from a day, to a day (`2026-03-27`)."""

    __tablename__ = "participant_membership"
    __table_args__ = (UniqueConstraint("group_id", "participant_id"),)

    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), index=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("participant_group.id"))
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id"), index=True)
    since: Mapped[str | None] = mapped_column(String(10))
    until: Mapped[str | None] = mapped_column(String(10))


class ParticipantTie(VouchedRow, Base):
    """A tie of one participant. To whom, and of which kind, is sealed."""

    __tablename__ = "participant_tie"

    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), index=True)
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participant.id"), index=True)
    about: Mapped[bytes] = sealed(Compartment.IDENTITY)
    """JSON: the kind, and the id of the other participant or of the officer's account."""


class RoutingIndex(Base):
    """What intake may know of a name, under a key that lies in the keystore; see `index.py`."""

    __tablename__ = "routing_index"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    participant_id: Mapped[UUID | None] = mapped_column(ForeignKey("participant.id"), index=True)
    interest_id: Mapped[UUID | None] = mapped_column(ForeignKey("interest.id"), index=True)
    """Where the row comes from: the register of a scheme, or what an officer declared."""
    token: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    facts: Mapped[bytes]


class Interest(LoggedRow, Base):
    """A tie that an officer declared; to whom, and of which kind, their own key alone opens."""

    __tablename__ = "interest"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    declared_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When the officer took it back. What the tie's own last day is, is sealed too."""
    about: Mapped[bytes]
    """JSON of `interests.Declared`, sealed by `vault.personal`."""


class RegisterUpload(Base):
    """A file that waits for its preview to be accepted; its ciphertext lies in `sealed_chunk`."""

    __tablename__ = "register_upload"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    file_id: Mapped[UUID]
    expires: Mapped[datetime] = mapped_column(index=True)
    file: Mapped[bytes] = sealed(Compartment.IDENTITY)
    """JSON: the file's key, its id and its SHA-256."""
    rows_done: Mapped[int] = mapped_column(default=0)
    """How far the import has come, for whoever watches it."""


class RegisterRead(Base):
    """That one sign-in has already left its read entry for a register."""

    __tablename__ = "register_read"

    session_hash: Mapped[bytes] = mapped_column(primary_key=True)
    register_id: Mapped[UUID] = mapped_column(ForeignKey("register.id"), primary_key=True)
    read_at: Mapped[datetime] = mapped_column(default=now)
