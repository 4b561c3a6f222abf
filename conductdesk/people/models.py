"""Accounts, the offices they hold, and what sign-in has to remember."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from conductdesk.db import Base, LoggedRow


class AccountState(StrEnum):
    """Where an account stands."""

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


class Account(LoggedRow, Base):
    """One person at the desk; a custodian of the recovery key has one for notices alone."""

    __tablename__ = "account"

    email: Mapped[str] = mapped_column(unique=True)
    """Lower case; what `rules.tidy_email` makes of it."""
    name: Mapped[str]
    pseudonym: Mapped[str] = mapped_column(unique=True)
    """32 hex characters; how the audit log names this account."""
    state: Mapped[str] = mapped_column(default=AccountState.INVITED)
    administrator: Mapped[bool] = mapped_column(default=False)
    custodian: Mapped[bool] = mapped_column(default=False)
    auth_salt: Mapped[bytes | None]
    auth_verifier: Mapped[bytes | None]
    kek_salt: Mapped[bytes | None]
    wrapped_private_key: Mapped[bytes | None]
    recovery_wrapped: Mapped[bytes | None]
    totp_sealed: Mapped[bytes | None]
    principal_id: Mapped[UUID | None]
    """The person's published key (vault); None until the account is activated."""


class OfficeHolding(LoggedRow, Base):
    """One account in one office of one scheme, from a moment, to a moment."""

    __tablename__ = "office_holding"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    scheme: Mapped[str]
    office: Mapped[str]
    place: Mapped[int]
    """The order in which holders are asked; the first is 1."""
    organisation: Mapped[str] = mapped_column(default="")
    """The key of the organisation for which they hold it, where each has its own."""
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class AuditorAppointment(LoggedRow, Base):
    """One account that audits the closed cases of one scheme."""

    __tablename__ = "auditor_appointment"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    scheme: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class NewTie(Base):
    """That an account was tied to somebody, by its own word or by the register: to whom is sealed.

    A closed case shows itself to an auditor once it was compared with each of theirs (`TieCheck`).
    Whoever audits has one from the beginning, to themselves: a case may name them.
    """

    __tablename__ = "new_tie"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)


class Invitation(LoggedRow, Base):
    """A single-use activation link; the database holds the hash of its token alone."""

    __tablename__ = "invitation"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    """SHA-256 of the token's text."""
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    expires: Mapped[datetime]
    used_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship()


class SignInState(Base):
    """The last one-time code that an account used, so that no code works twice."""

    __tablename__ = "sign_in_state"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    totp_last_counter: Mapped[int] = mapped_column(default=0)


class FailedSignIns(Base):
    """How often sign-in failed lately under one address (known or not), or in total."""

    __tablename__ = "failed_sign_ins"
    __table_args__ = (UniqueConstraint("key_hash"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    key_hash: Mapped[bytes]
    """HMAC-SHA256(pepper, address): the table names nobody."""
    failures: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime]
