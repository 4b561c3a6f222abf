"""Tables of the vault: who has a key, the data keys of each case, and who was granted them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Enum, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, MappedColumn, mapped_column

from conductdesk.clock import now
from conductdesk.db import Base, LoggedRow
from conductdesk.vault.seal import HPKE_X25519_AES256, load_private_key


class Compartment(StrEnum):
    """A part of a case with keys, and therefore readers, of its own."""

    INTAKE = "intake"
    IDENTITY = "identity"
    INTERNAL = "internal"
    RESPONDENT = "respondent"
    RECORD = "record"


class PrincipalKind(StrEnum):
    """Whose key it is."""

    STAFF = "staff"
    REPORTER = "reporter"
    RESPONDENT = "respondent"
    RECOVERY = "recovery"
    OUTSIDE = "outside"


class GrantReason(StrEnum):
    """Why a key was granted or taken back; part of the log's public facts, so never free text."""

    ROUTED = "routed"
    RECEIPT = "receipt"
    SERVED = "served"
    APPOINTED = "appointed"
    HANDED_OVER = "handed-over"
    SUCCEEDED = "succeeded"
    SAFEGUARDING = "safeguarding"
    CLOSED = "closed"
    AUDIT = "audit"
    BREAK_GLASS = "break-glass"
    RECOVERY = "recovery"
    NEW_KEY = "new-key"
    NEW_EPOCH = "new-epoch"
    RECUSED = "recused"
    CONFLICT = "conflict"
    LEFT = "left"
    REPLACED = "replaced"


class RequestState(StrEnum):
    """What became of a request for a grant."""

    WAITING = "waiting"
    FILLED = "filled"
    REFUSED = "refused"


@dataclass(frozen=True)
class Keyring:
    """A principal's own private key, in the clear: only ever in memory."""

    principal_id: UUID
    private_key: bytes = field(repr=False)

    @cached_property
    def key(self) -> X25519PrivateKey:
        """Return the key object; building it once saves more than an unwrap costs."""
        return load_private_key(self.private_key)


def word_of(words: type[StrEnum]) -> Enum:
    """Return a column type that stores the value of one of *words*."""
    return Enum(words, native_enum=False, length=20, values_callable=lambda all_: list(all_))


def sealed(compartment: Compartment) -> MappedColumn[bytes]:
    """Return a column for text that only holders of *compartment* can open."""
    return mapped_column(LargeBinary, info={"compartment": compartment})


def sealed_optional(compartment: Compartment) -> MappedColumn[bytes | None]:
    """Return such a column that may be empty."""
    return mapped_column(LargeBinary, nullable=True, info={"compartment": compartment})


class Principal(LoggedRow, Base):
    """Somebody who has a key: an officer, a reporter, a respondent, the recovery key."""

    __tablename__ = "principal"
    kind: Mapped[PrincipalKind] = mapped_column(word_of(PrincipalKind))
    public_key: Mapped[bytes]
    fingerprint: Mapped[str] = mapped_column(String(32), unique=True)
    owner: Mapped[str] = mapped_column(String(32))
    """The pseudonym of whose key it is; of somebody without an account, the kind of key."""
    pub_mac: Mapped[bytes]
    published_at: Mapped[datetime] = mapped_column(default=now)


class DataKey(LoggedRow, Base):
    """One compartment of a case in one epoch; its secret lies in the grants alone."""

    __tablename__ = "data_key"
    __table_args__ = (UniqueConstraint("case_id", "compartment", "epoch"),)
    case_id: Mapped[UUID]
    compartment: Mapped[Compartment] = mapped_column(word_of(Compartment))
    epoch: Mapped[int]
    public_key: Mapped[bytes]
    ended_at: Mapped[datetime | None]
    """Since when somebody who once held it must not read what comes: a new epoch is due."""


class KeyGrant(LoggedRow, Base):
    """A data key, wrapped to one principal."""

    __tablename__ = "key_grant"
    __table_args__ = (UniqueConstraint("data_key_id", "principal_id"),)
    data_key_id: Mapped[UUID] = mapped_column(ForeignKey("data_key.id"))
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id"), index=True)
    fingerprint: Mapped[str] = mapped_column(String(32))
    suite: Mapped[int] = mapped_column(default=HPKE_X25519_AES256)
    wrapped: Mapped[bytes]


class GrantRequest(LoggedRow, Base):
    """Somebody should get a compartment, and nobody who holds it was there to grant it."""

    __tablename__ = "grant_request"
    __table_args__ = (Index("ix_grant_request_case_id_state", "case_id", "state"),)
    case_id: Mapped[UUID]
    compartment: Mapped[Compartment] = mapped_column(word_of(Compartment))
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id"), index=True)
    reason: Mapped[GrantReason] = mapped_column(word_of(GrantReason))
    state: Mapped[RequestState] = mapped_column(word_of(RequestState), default=RequestState.WAITING)
    made_at: Mapped[datetime] = mapped_column(default=now)


class SealedFile(LoggedRow, Base):
    """A file of a case: its key and its name are sealed, its chunks lie in `sealed_chunk`."""

    __tablename__ = "sealed_file"
    case_id: Mapped[UUID] = mapped_column(index=True)
    compartment: Mapped[Compartment] = mapped_column(word_of(Compartment))
    content_id: Mapped[UUID] = mapped_column(index=True)
    """The `file_id` of its chunks. A file in two compartments is two rows with the same chunks."""
    file_key: Mapped[bytes]
    facts: Mapped[bytes]
    """Name, media type, size and SHA-256 of the clear file: sealed JSON."""
    ciphertext_sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(default=now)


class SealedChunk(Base):
    """A piece of a sealed file's ciphertext; `SealedFile.ciphertext_sha256` vouches for it."""

    __tablename__ = "sealed_chunk"
    file_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
