"""Which officer somebody may be whose name is typed: nobody is told of a concern about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of, seats_of
from conductdesk.people.models import Account
from conductdesk.people.queries import in_office
from conductdesk.routing.names import likely, resembling
from conductdesk.routing.posts import described

SOME_OFFICE = "officer on this case"
"""What a post is called that the case's own version of the pack does not have."""


@dataclass(frozen=True)
class MayBe:
    """A post whose holder a typed name may mean."""

    post: str
    """Its key, as `Pack.posts` has it."""
    words: str
    accounts: frozenset[UUID]


def may_be(db: Session, case: Case, name: str) -> tuple[MayBe, ...]:
    """Return the posts whose holder *name* may mean: by their name, or by what the post is called.

    Of whoever holds one now, or has a seat on the case.
    """
    pack = pack_of(db, case)
    posts, called = pack.posts, described(name, pack)
    found: dict[str, set[UUID]] = {}
    for post, account_id, officer in _officers(db, case):
        if post.partition("/")[0] in called or resembling(name, {post: [officer]}):
            found.setdefault(post, set()).add(account_id)
    return tuple(
        MayBe(post, posts.get(post, SOME_OFFICE), frozenset(accounts))
        for post, accounts in sorted(found.items())
    )


def may_name(names: Iterable[str], accounts: Iterable[Account]) -> frozenset[UUID]:
    """Return those of *accounts* whose holder one of *names* means: nobody can be asked here."""
    holders = {account.id.hex: (account.name,) for account in accounts}
    return frozenset(UUID(key) for name in names for key in likely(name, holders))


def meant(found: Iterable[MayBe], not_meant: Collection[str]) -> frozenset[UUID]:
    """Return the accounts that a name means: of all who may be, but those in *not_meant*."""
    return frozenset(who for one in found if one.post not in not_meant for who in one.accounts)


def _officers(db: Session, case: Case) -> Iterator[tuple[str, UUID, str]]:
    """Yield post, account and name of everybody who could come to know of the case."""
    held = in_office(db, case.scheme)
    for one in held:
        post = f"{one.office}/{one.organisation}" if one.organisation else one.office
        yield post, one.account_id, one.name
    for seat in seats_of(db, case):
        if seat.account_id not in {one.account_id for one in held}:
            yield seat.office, seat.account_id, db.get_one(Account, seat.account_id).name
