"""How the people of a register belong together: groups and ties, with names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.participants.kept import Kept
from conductdesk.participants.queries import (
    Tie,
    group_by_id,
    group_of,
    groups_of,
    open_people,
    places_in,
    places_of,
    places_of_register,
    ties_of,
)
from conductdesk.participants.rules import Group, Place
from conductdesk.participants.words import GROUPS, TIES, TIES_TURNED
from conductdesk.people.models import Account
from conductdesk.people.queries import officers

REMOVED = "Somebody who was removed"
ELSEWHERE = "Somebody of another organisation"
LEFT = "An officer who has left"


@dataclass(frozen=True)
class MemberShown:
    """Somebody in a group, from a day, to a day."""

    id: UUID
    name: str
    since: date | None
    until: date | None


@dataclass(frozen=True)
class GroupShown:
    """A pairing, a triad or a group, with the names of those in it."""

    id: UUID
    kind: str
    ref: str
    members: tuple[MemberShown, ...]

    @property
    def is_over(self) -> bool:
        """Whether nobody is in it any more."""
        return all(one.until is not None for one in self.members)


@dataclass(frozen=True)
class TieShown:
    """A tie, told from one end."""

    id: UUID
    words: str
    other: str
    other_id: UUID | None
    """The participant at the other end, where the keeper keeps their entry, too."""


def ties_shown(db: Session, kept: Kept, participant_id: UUID) -> tuple[TieShown, ...]:
    """Return the ties of somebody, told from their end."""
    mine = [tie for tie in ties_of(db, kept.keys, kept.register) if participant_id in tie.bond.ends]
    names = _names(db, kept, {one for tie in mine for one in tie.bond.ends})
    names |= _officers(db, (tie.bond.account_id for tie in mine))
    return tuple(_tie(tie, participant_id, names) for tie in mine)


def tied_officers_shown(db: Session, scheme: str) -> dict[str, str]:
    """Return whom a participant can be tied to: every officer of the scheme, by account."""
    found = {account.id: account.name for _office, account in officers(db, scheme)}
    in_order = sorted(found.items(), key=lambda one: one[1])
    return {str(account_id): name for account_id, name in in_order}


def groups_with(db: Session, kept: Kept, participant_id: UUID) -> tuple[GroupShown, ...]:
    """Return the groups that somebody is or was in."""
    ids = {place.group_id for place in places_of(db, [participant_id])}
    return tuple(filter(None, (group_shown(db, kept, one) for one in sorted(ids))))


def group_shown(db: Session, kept: Kept, group_id: UUID) -> GroupShown | None:
    """Return one group, or None."""
    row = group_by_id(db, kept.register, group_id)
    if row is None:
        return None
    places = places_in(db, [group_id])
    names = _names(db, kept, {place.participant_id for place in places})
    if not kept.theirs.is_all and set(names.values()) <= {ELSEWHERE}:
        return None
    return _group(group_id, group_of(kept.keys, row), places, names)


def groups_page(db: Session, kept: Kept, page: int, most: int) -> tuple[list[GroupShown], int]:
    """Return one page of the groups, those that go on first, and how many there are."""
    places = places_of_register(db, kept.register)
    known = _groups(db, kept, places)
    in_order = sorted(known, key=lambda one: (_is_over(places.get(one[0], {})), one[1].ref, one[0]))
    shown = in_order[(page - 1) * most : page * most]
    ids = {one for group_id, _group in shown for one in places.get(group_id, {})}
    names = _names(db, kept, ids)
    return [
        _group(group_id, group, places.get(group_id, {}).values(), names)
        for group_id, group in shown
    ], len(known)


def _groups(
    db: Session, kept: Kept, places: Mapping[UUID, Mapping[UUID, Place]]
) -> list[tuple[UUID, Group]]:
    """Return the groups in which somebody is whose entry the keeper keeps."""
    known = groups_of(db, kept.keys, kept.register)
    if kept.theirs.is_all:
        return known
    opened = open_people(db, kept.keys, kept.register)
    mine = {one for one, person in opened if kept.theirs.has(person)}
    return [(one, group) for one, group in known if mine & places.get(one, {}).keys()]


def _is_over(places: Mapping[UUID, Place]) -> bool:
    return all(place.until is not None for place in places.values())


def _group(
    group_id: UUID, group: Group, places: Iterable[Place], names: Mapping[UUID, str]
) -> GroupShown:
    members = (
        MemberShown(
            place.participant_id,
            names.get(place.participant_id, REMOVED),
            place.since,
            place.until,
        )
        for place in places
    )
    in_order = tuple(sorted(members, key=lambda one: (one.until is not None, one.name)))
    return GroupShown(group_id, GROUPS[group.kind], group.ref, in_order)


def _tie(tie: Tie, participant_id: UUID, names: Mapping[UUID, str]) -> TieShown:
    bond = tie.bond
    if bond.participant_id == participant_id:
        other, words = bond.other_id or bond.account_id, TIES[bond.kind]
    else:
        other, words = bond.participant_id, TIES_TURNED[bond.kind]
    unknown = LEFT if bond.account_id else REMOVED
    name = names.get(other, unknown) if other else unknown
    linked = other if not bond.account_id and name not in (ELSEWHERE, REMOVED) else None
    return TieShown(tie.id, words, name, linked)


def _names(db: Session, kept: Kept, ids: Iterable[UUID]) -> dict[UUID, str]:
    opened = open_people(db, kept.keys, kept.register, ids)
    return {one: person.name if kept.theirs.has(person) else ELSEWHERE for one, person in opened}


def _officers(db: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = select(Account.id, Account.name).where(Account.id.in_([one for one in ids if one]))
    return {account_id: f"{name}, officer" for account_id, name in db.execute(wanted)}
