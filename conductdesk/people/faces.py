"""What the pages about people show: frozen values, never a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.people.models import Account, AccountState, OfficeHolding
from conductdesk.people.queries import accounts, audits_of, offices_of
from conductdesk.schemes.pack import Pack
from conductdesk.web.face import Manner
from conductdesk.web.models import WebSession

STATES: Mapping[str, str] = {
    AccountState.INVITED: "Invited",
    AccountState.ACTIVE: "Active",
    AccountState.ENDED: "Ended",
}


@dataclass(frozen=True)
class Post:
    """An office that somebody holds, or a scheme that they audit."""

    id: UUID
    words: str
    since: datetime


@dataclass(frozen=True)
class PersonShown:
    """One person, as an administrator and they themselves see them."""

    id: UUID
    name: str
    email: str
    state: str
    administrator: bool
    custodian: bool
    offices: tuple[Post, ...]
    audits: tuple[Post, ...]

    @property
    def is_ended(self) -> bool:
        """Whether the account has ended."""
        return self.state == STATES[AccountState.ENDED]

    @property
    def is_active(self) -> bool:
        """Whether the person can sign in."""
        return self.state == STATES[AccountState.ACTIVE] and not self.custodian

    @property
    def does(self) -> tuple[str, ...]:
        """Everything that the person is, in words."""
        marks = (
            ("Administrator",) if self.administrator else (),
            ("Custodian of the recovery key",) if self.custodian else (),
        )
        posts = tuple(post.words for post in (*self.offices, *self.audits))
        return (*(word for some in marks for word in some), *posts)


@dataclass(frozen=True)
class SignInShown:
    """One browser in which the person is signed in."""

    since: datetime
    last_used: datetime

    @classmethod
    def of(cls, row: WebSession, manner: Manner) -> SignInShown:
        """Work the moments out of the limits: nothing else is stored, no address, no browser."""
        return cls(row.absolute_expires - manner.absolute, row.idle_expires - manner.idle)


def account_shown(db: Session, account: Account, packs: Sequence[Pack]) -> PersonShown:
    """Return one person, with offices in the words of the *packs* in force."""
    names = {pack.key: pack.name for pack in packs}
    posts = {(pack.key, post): words for pack in packs for post, words in pack.posts.items()}
    held, audited = offices_of(db, account), audits_of(db, account)
    return PersonShown(
        id=account.id,
        name=account.name,
        email=account.email,
        state=STATES[account.state],
        administrator=account.administrator,
        custodian=account.custodian,
        offices=tuple(
            Post(
                one.id,
                f"{posts.get((one.scheme, _post(one)), one.office)}, "
                f"{names.get(one.scheme, one.scheme)}",
                one.since,
            )
            for one in held
        ),
        audits=tuple(
            Post(one.id, f"Auditor, {names.get(one.scheme, one.scheme)}", one.since)
            for one in audited
        ),
    )


def _post(held: OfficeHolding) -> str:
    return f"{held.office}/{held.organisation}" if held.organisation else held.office


def everybody(db: Session, packs: Sequence[Pack]) -> list[PersonShown]:
    """Return all accounts by name; those that ended come last."""
    people = [account_shown(db, account, packs) for account in accounts(db)]
    return sorted(people, key=lambda person: person.is_ended)
