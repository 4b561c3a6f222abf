"""What the register knows of somebody, how names are compared, and which ties count; pure."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from conductdesk.routing.names import name_words


class Age(StrEnum):
    """What is known of somebody's age."""

    UNDER_18 = "under_18"
    ADULT = "adult"
    NOT_KNOWN = "not_known"


class GroupKind(StrEnum):
    """How participants belong together; the number says how many."""

    PAIRING = "pairing"
    TRIAD = "triad"
    GROUP = "group"


MEMBERS: Mapping[GroupKind, range] = {
    GroupKind.PAIRING: range(2, 3),
    GroupKind.TRIAD: range(3, 4),
    GroupKind.GROUP: range(2, 101),
}
"""How many people each kind has."""


class TieKind(StrEnum):
    """How somebody is tied to another participant, or to an officer."""

    MANAGES = "manages"
    MANAGED_BY = "managed_by"
    FAMILY = "family"
    SAME = "same"
    """The participant and the officer are one person."""


@dataclass(frozen=True, order=True)
class Acceptance:
    """That somebody accepted a version of the code, and on which day."""

    on: date
    version: str


@dataclass(frozen=True)
class Person:
    """One participant, as sealed."""

    name: str
    role: str
    ref: str = ""
    """The scheme's own stable reference, by which a file finds the person again."""
    email: str = ""
    organisation: str = ""
    age: Age = Age.NOT_KNOWN
    accepted: tuple[Acceptance, ...] = ()
    """In the order of the days."""
    ended_on: date | None = None

    def to_json(self) -> str:
        """Return the text that is sealed; what is empty is left out."""
        said: dict[str, object] = {"name": self.name, "role": self.role, "age": self.age}
        said |= {key: getattr(self, key) for key in _TEXTS if getattr(self, key)}
        if self.accepted:
            said["accepted"] = [[one.on.isoformat(), one.version] for one in self.accepted]
        if self.ended_on:
            said["ended_on"] = self.ended_on.isoformat()
        return json.dumps(said, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Person:
        """Read what `to_json` wrote."""
        said = json.loads(text)
        ended_on = said.get("ended_on")
        return cls(
            name=said["name"],
            role=said["role"],
            age=Age(said["age"]),
            accepted=tuple(
                Acceptance(date.fromisoformat(on), version)
                for on, version in said.get("accepted", ())
            ),
            ended_on=date.fromisoformat(ended_on) if ended_on else None,
            **{key: said.get(key, "") for key in _TEXTS},
        )

    def having_accepted(self, acceptance: Acceptance) -> Person:
        """Return the person with one more acceptance; the same one twice counts once."""
        return replace(self, accepted=tuple(sorted({*self.accepted, acceptance})))


_TEXTS = ("ref", "email", "organisation")


@dataclass(frozen=True)
class Theirs:
    """Whose entries somebody keeps: everybody's, or those of some organisations."""

    organisations: frozenset[str] | None = None
    """None: everybody's, also of those whose organisation is not known."""

    @property
    def is_all(self) -> bool:
        """Whether they keep the whole register."""
        return self.organisations is None

    def has(self, person: Person) -> bool:
        """Answer whether they keep this person's entry."""
        return self.organisations is None or person.organisation in self.organisations


EVERYBODY = Theirs()


@dataclass(frozen=True)
class Group:
    """A pairing, a triad or a group, as sealed."""

    kind: GroupKind
    ref: str = ""
    name: str = ""

    def to_json(self) -> str:
        """Return the text that is sealed."""
        return json.dumps({"kind": self.kind, "ref": self.ref, "name": self.name}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Group:
        """Read what `to_json` wrote."""
        said = json.loads(text)
        return cls(GroupKind(said["kind"]), said["ref"], said["name"])


@dataclass(frozen=True)
class Place:
    """Somebody in a group, from a day, to a day."""

    id: UUID
    group_id: UUID
    participant_id: UUID
    since: date | None
    until: date | None


@dataclass(frozen=True)
class Bond:
    """A tie of one participant: to another one, or to an officer's account."""

    participant_id: UUID
    kind: TieKind
    other_id: UUID | None = None
    account_id: UUID | None = None

    @property
    def ends(self) -> frozenset[UUID]:
        """The participants at its ends."""
        return frozenset({self.participant_id, *([self.other_id] if self.other_id else [])})

    @property
    def canonical(self) -> Bond:
        """The same tie as it would be told from either end."""
        if self.other_id is None:
            return self
        turned = self.kind is TieKind.MANAGED_BY or (
            self.kind is TieKind.FAMILY and self.other_id < self.participant_id
        )
        if not turned:
            return self
        kind = TieKind.MANAGES if self.kind is TieKind.MANAGED_BY else self.kind
        return Bond(self.other_id, kind, self.participant_id)


@dataclass(frozen=True)
class Standing:
    """As what somebody takes part, and for which organisation."""

    role: str
    organisation: str


@dataclass(frozen=True)
class NameFacts:
    """What the routing index says about a name; of one that nobody has it says nothing.

    Where several participants share the name, it is what any of them brings.
    """

    tied: frozenset[UUID] = frozenset()
    """The accounts of officers who are tied to the person."""
    under_age: bool = False
    standings: frozenset[Standing] = field(default_factory=frozenset)
    declared: frozenset[UUID] = frozenset()
    """The accounts of officers, of any scheme, who declared that they are tied to the person."""

    @property
    def organisation(self) -> str:
        """The person's organisation; empty where it is not known, or where there are several."""
        found = {one.organisation for one in self.standings if one.organisation}
        return found.pop() if len(found) == 1 else ""

    def __or__(self, other: NameFacts) -> NameFacts:
        """Return what both say together."""
        return NameFacts(
            self.tied | other.tied,
            self.under_age or other.under_age,
            self.standings | other.standings,
            self.declared | other.declared,
        )


def is_under_age(person: Person) -> bool:
    """Answer whether a concern that names *person* may be about a child."""
    return person.age is Age.UNDER_18


def facts_of_person(person: Person, tied: frozenset[UUID]) -> NameFacts:
    """Return what the index keeps of *person*."""
    standing = Standing(person.role, person.organisation)
    return NameFacts(tied, is_under_age(person), frozenset({standing}))


def name_keys(name: str) -> tuple[str, ...]:
    """Return the one or two forms under which a name is found again, whatever its order.

    The first has all words; the second, where there are more than two, the first and the last:
    middle names come and go. Titles and marks on letters do not count, as in routing.
    """
    words = name_words(_in_order(name))
    if not words:
        return ()
    forms = (sorted(words), sorted({words[0], words[-1]}))
    return tuple(dict.fromkeys(" ".join(form) for form in forms))


def _in_order(name: str) -> str:
    """Return “Barnaby Thistlewood” for “Thistlewood, Barnaby”."""
    family, comma, given = name.partition(",")
    return f"{given} {family}" if comma and given.strip() else name


def tied_officers(
    bonds: Iterable[Bond], groups: Iterable[frozenset[UUID]]
) -> dict[UUID, frozenset[UUID]]:
    """Return, for each participant, the accounts of those officers who are tied to them.

    A tie to an officer counts. So does one to a participant who is an officer, and being in one
    pairing, triad or group with them, now or before.
    """
    known = list(bonds)
    tied: dict[UUID, set[UUID]] = defaultdict(set)
    officers: dict[UUID, set[UUID]] = defaultdict(set)
    for bond in known:
        if bond.account_id is not None:
            tied[bond.participant_id].add(bond.account_id)
            if bond.kind is TieKind.SAME:
                officers[bond.participant_id].add(bond.account_id)
    for together in (*(bond.ends for bond in known), *groups):
        for officer in together & officers.keys():
            for one in together:
                tied[one] |= officers[officer]
    return {participant_id: frozenset(accounts) for participant_id, accounts in tied.items()}
