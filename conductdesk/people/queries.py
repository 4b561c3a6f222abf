"""Reads of accounts and offices."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.db import UtcDateTime
from conductdesk.people.models import (
    Account,
    AccountState,
    AuditorAppointment,
    Invitation,
    OfficeHolding,
)
from conductdesk.people.rules import tidy_email
from conductdesk.policy import Viewer
from conductdesk.vault.models import Principal
from conductdesk.vault.principals import PublishedKey
from conductdesk.web.models import WebSession


def account_by_id(db: Session, account_id: UUID) -> Account | None:
    """Return the account, or None."""
    return db.get(Account, account_id)


def held_account(db: Session, account_id: UUID) -> Account | None:
    """Return the account as it is at this moment, held until the commit, or None."""
    weakest = {"key_share": True}  # what refers to the account may be added by others meanwhile
    return db.get(Account, account_id, with_for_update=weakest, populate_existing=True)


def account_by_email(db: Session, email: str) -> Account | None:
    """Return the account with this address, however it was typed, or None."""
    return db.scalar(select(Account).where(Account.email == tidy_email(email)))


def accounts(db: Session) -> list[Account]:
    """Return every account in order of name."""
    return list(db.scalars(select(Account).order_by(Account.name, Account.id)))


def custodians(db: Session) -> list[Account]:
    """Return the custodians of the recovery key who have not left."""
    wanted = select(Account).where(Account.custodian, Account.state != AccountState.ENDED)
    return list(db.scalars(wanted.order_by(Account.name, Account.id)))


def administrators(db: Session) -> list[Account]:
    """Return the active administrators; a custodian cannot sign in, whatever else they are."""
    wanted = select(Account).where(Account.administrator, ~Account.custodian)
    active = wanted.where(Account.state == AccountState.ACTIVE)
    return list(db.scalars(active.order_by(Account.name, Account.id)))


def invited_administrators(db: Session) -> list[Account]:
    """Return the administrators whose activation link still works."""
    wanted = select(Account).join(Invitation, Invitation.account_id == Account.id)
    open_ones = Invitation.used_at.is_(None), Invitation.expires > clock.now()
    found = wanted.where(Account.administrator, Account.state == AccountState.INVITED, *open_ones)
    return list(db.scalars(found.order_by(Account.name, Account.id)))


def names_by_pseudonym(db: Session, pseudonyms: Iterable[str]) -> dict[str, str]:
    """Return the names behind the actors of log entries; unknown pseudonyms are left out."""
    wanted = select(Account.pseudonym, Account.name).where(Account.pseudonym.in_(set(pseudonyms)))
    return dict(db.execute(wanted).all())


def principal_of(db: Session, account: Account) -> Principal | None:
    """Return the account's published key, or None before activation."""
    return db.get(Principal, account.principal_id) if account.principal_id else None


def viewer_of(db: Session, account: Account) -> Viewer:
    """Return what policy needs to know about *account* now."""
    held = offices_of(db, account)
    return Viewer(
        account_id=account.id,
        pseudonym=account.pseudonym,
        name=account.name,
        administrator=account.administrator,
        custodian=account.custodian,
        offices=frozenset((one.scheme, one.office) for one in held),
        posts=frozenset((one.scheme, one.office, one.organisation) for one in held),
        audits=frozenset(appointed.scheme for appointed in audits_of(db, account)),
        reporter_of=None,
    )


def offices_of(db: Session, account: Account) -> list[OfficeHolding]:
    """Return the offices that *account* holds now."""
    wanted = select(OfficeHolding).where(OfficeHolding.account_id == account.id, _held_now())
    return list(db.scalars(wanted.order_by(OfficeHolding.scheme, OfficeHolding.office)))


def audits_of(db: Session, account: Account) -> list[AuditorAppointment]:
    """Return the schemes that *account* audits now."""
    wanted = select(AuditorAppointment).where(
        AuditorAppointment.account_id == account.id, _audits_now()
    )
    return list(db.scalars(wanted.order_by(AuditorAppointment.scheme)))


def holders(db: Session, scheme: str, office: str) -> list[Account]:
    """Return the active holders of an office in the order in which they are asked."""
    return [account for _office, account in _officers(db, scheme, OfficeHolding.office == office)]


def officers(db: Session, scheme: str) -> list[tuple[str, Account]]:
    """Return (office key, account) for every active holder of every office of *scheme*."""
    return _officers(db, scheme, OfficeHolding.scheme == scheme)


def officers_at(db: Session, scheme: str, moment: datetime) -> list[tuple[str, Account]]:
    """Return (office key, account) of whoever held an office of *scheme* at a moment."""
    wanted = (
        select(OfficeHolding.office, Account)
        .join(Account, OfficeHolding.account_id == Account.id)
        .where(OfficeHolding.scheme == scheme, OfficeHolding.since <= moment)
        .where(or_(OfficeHolding.until.is_(None), OfficeHolding.until > moment))
        .order_by(OfficeHolding.office, OfficeHolding.place, OfficeHolding.since)
    )
    return [(office, account) for office, account in db.execute(wanted)]


def offices_since(
    db: Session, scheme: str, accounts: Collection[UUID], moment: datetime
) -> frozenset[str]:
    """Return the offices of *scheme* that some accounts have held at any time since a moment."""
    held = select(OfficeHolding.office).where(
        OfficeHolding.scheme == scheme,
        OfficeHolding.account_id.in_(accounts),
        or_(OfficeHolding.until.is_(None), OfficeHolding.until > moment),
    )
    return frozenset(db.scalars(held)) if accounts else frozenset()


def held_an_office(db: Session, scheme: str, offices: Collection[str]) -> frozenset[UUID]:
    """Return the accounts that hold one of *offices* of *scheme*, or ever held one."""
    held = select(OfficeHolding.account_id).where(
        OfficeHolding.scheme == scheme, OfficeHolding.office.in_(offices)
    )
    return frozenset(db.scalars(held)) if offices else frozenset()


def came_into_office(db: Session, scheme: str, after: datetime) -> list[tuple[str, Account]]:
    """Return (office key, account) of whoever came into an office of *scheme* after a moment."""
    return _officers(db, scheme, OfficeHolding.since > after)


@dataclass(frozen=True, slots=True)
class InOffice:
    """Somebody who holds an office now, and the key that can be sealed to."""

    office: str
    account_id: UUID
    name: str
    organisation: str
    key: PublishedKey | None


def in_office(db: Session, scheme: str) -> tuple[InOffice, ...]:
    """Return every active holder of every office of *scheme*, in the order of `officers`."""
    found = db.connection().execute(_IN_OFFICE, {"scheme": scheme, "moment": clock.now()})
    return tuple(InOffice(*row[:4], row.id and PublishedKey(*row[4:])) for row in found)


def names_by_post(db: Session, scheme: str) -> dict[str, list[str]]:
    """Return the names of the active holders of each post of *scheme*, as `Pack.posts` keys them."""
    found: dict[str, list[str]] = {}
    for one in in_office(db, scheme):
        post = f"{one.office}/{one.organisation}" if one.organisation else one.office
        found.setdefault(post, []).append(one.name)
    return found


def auditors(db: Session, scheme: str) -> list[Account]:
    """Return the active auditors of *scheme*."""
    wanted = (
        select(Account)
        .join(AuditorAppointment, AuditorAppointment.account_id == Account.id)
        .where(AuditorAppointment.scheme == scheme, _audits_now())
        .where(Account.state == AccountState.ACTIVE)
        .order_by(Account.name, Account.id)
    )
    return list(db.scalars(wanted).unique())


def open_invitation(db: Session, token: str) -> Invitation | None:
    """Return the invitation of *token* while it can still be used, or None."""
    return db.scalar(_open_invitation(token))


def held_invitation(db: Session, token: str) -> Invitation | None:
    """Return the same, held until the commit and as it is at this moment."""
    held = _open_invitation(token).with_for_update()
    return db.scalar(held.execution_options(populate_existing=True))


def sessions_of(db: Session, account: Account) -> list[WebSession]:
    """Return the sessions in which *account* is signed in, the newest first."""
    moment = clock.now()
    wanted = select(WebSession).where(
        WebSession.owner_id == account.id,
        WebSession.idle_expires > moment,
        WebSession.absolute_expires > moment,
    )
    return list(db.scalars(wanted.order_by(WebSession.absolute_expires.desc())))


def holding_by_id(db: Session, account: Account, holding_id: UUID) -> OfficeHolding | None:
    """Return a holding of *account*, or None."""
    held = db.get(OfficeHolding, holding_id)
    return held if held is not None and held.account_id == account.id else None


def appointment_by_id(
    db: Session, account: Account, appointment_id: UUID
) -> AuditorAppointment | None:
    """Return an appointment of *account* as an auditor, or None."""
    appointed = db.get(AuditorAppointment, appointment_id)
    return appointed if appointed is not None and appointed.account_id == account.id else None


def token_hash(token: str) -> bytes:
    """Return what the database keeps of an activation token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def _open_invitation(token: str) -> Select[Invitation]:
    return select(Invitation).where(
        Invitation.token_hash == token_hash(token),
        Invitation.used_at.is_(None),
        Invitation.expires > clock.now(),
    )


def _officers(db: Session, scheme: str, which: ColumnElement[bool]) -> list[tuple[str, Account]]:
    wanted = (
        select(OfficeHolding.office, Account)
        .join(Account, OfficeHolding.account_id == Account.id)
        .where(OfficeHolding.scheme == scheme, which, _held_now())
        .where(Account.state == AccountState.ACTIVE)
        .order_by(OfficeHolding.office, OfficeHolding.place, OfficeHolding.since)
    )
    return [(office, account) for office, account in db.execute(wanted)]


_IN_OFFICE = (
    select(
        OfficeHolding.office,
        OfficeHolding.account_id,
        Account.name,
        OfficeHolding.organisation,
        Principal.id,
        Principal.public_key,
        Principal.fingerprint,
        Principal.pub_mac,
        Principal.owner,
    )
    .join(Account, OfficeHolding.account_id == Account.id)
    .outerjoin(Principal, Principal.id == Account.principal_id)
    .where(
        OfficeHolding.scheme == bindparam("scheme"),
        OfficeHolding.since <= bindparam("moment", type_=UtcDateTime()),
        or_(OfficeHolding.until.is_(None), OfficeHolding.until > bindparam("moment")),
        Account.state == AccountState.ACTIVE,
    )
    .order_by(OfficeHolding.office, OfficeHolding.place, OfficeHolding.since)
)


def _held_now() -> ColumnElement[bool]:
    moment = clock.now()
    ended = or_(OfficeHolding.until.is_(None), OfficeHolding.until > moment)
    return (OfficeHolding.since <= moment) & ended


def _audits_now() -> ColumnElement[bool]:
    moment = clock.now()
    ended = or_(AuditorAppointment.until.is_(None), AuditorAppointment.until > moment)
    return (AuditorAppointment.since <= moment) & ended
