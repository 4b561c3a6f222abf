"""The people of a register: one of them, a page of them, or those whose name is looked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.participants.kept import Kept
from conductdesk.participants.queries import open_people
from conductdesk.participants.rules import Acceptance, Person, name_keys
from conductdesk.participants.words import AGES

PAGE = 50


@dataclass(frozen=True)
class PersonShown:
    """One participant, in words."""

    id: UUID
    name: str
    role: str
    organisation: str
    ref: str
    email: str
    age: str
    ended_on: date | None
    accepted: tuple[Acceptance, ...]


@dataclass(frozen=True)
class PeopleFound:
    """Some participants, and how many there are."""

    rows: tuple[PersonShown, ...]
    total: int
    page: int = 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))

    @property
    def said(self) -> str:
        """The number in words, for the page and for whoever hears it."""
        many = "1 person" if self.total == 1 else f"{self.total:,} people"
        here = len(self.rows)
        return many if here == self.total else f"{many}, {here} of them here"


def people_page(db: Session, kept: Kept, page: int) -> PeopleFound:
    """Return one page of everybody, by name."""
    order = sorted((folded(person.name), one) for one, person in _everybody(db, kept))
    first = (page - 1) * PAGE
    ids = [one for _name, one in order[first : first + PAGE]]
    return PeopleFound(people_shown(db, kept, ids), len(order), page)


def people_named(db: Session, kept: Kept, text: str, most: int = PAGE) -> PeopleFound:
    """Return those in whose name, reference, address or organisation every word of *text* is.

    It opens every entry: nothing that could be searched lies in the clear.
    """
    words = folded(text).split()
    found = [
        (folded(person.name), one)
        for one, person in _everybody(db, kept)
        if words and all(word in _haystack(person) for word in words)
    ]
    ids = [one for _name, one in nsmallest(most, found)]
    return PeopleFound(people_shown(db, kept, ids), len(found))


def people_called(db: Session, kept: Kept, name: str) -> tuple[PersonShown, ...]:
    """Return those who go by this full name, as intake compares names."""
    wanted = set(name_keys(name))
    ids = [one for one, person in _everybody(db, kept) if wanted & set(name_keys(person.name))]
    return people_shown(db, kept, ids)


def find_person(db: Session, kept: Kept, text: str) -> UUID | None:
    """Return whom a reference or a full name means; None where it is nobody, or several."""
    wanted, keys = text.strip(), set(name_keys(text))
    by_name = []
    for one, person in _everybody(db, kept):
        if person.ref and person.ref == wanted:
            return one
        if keys & set(name_keys(person.name)):
            by_name.append(one)
    return by_name[0] if len(by_name) == 1 else None


def people_shown(db: Session, kept: Kept, ids: Iterable[UUID]) -> tuple[PersonShown, ...]:
    """Return some participants in words, by name."""
    opened = open_people(db, kept.keys, kept.register, ids)
    shown = (person_shown(one, person) for one, person in opened if kept.theirs.has(person))
    return tuple(sorted(shown, key=lambda one: (folded(one.name), one.id)))


def person_shown(participant_id: UUID, person: Person) -> PersonShown:
    """Return one participant in words."""
    return PersonShown(
        id=participant_id,
        name=person.name,
        role=person.role,
        organisation=person.organisation,
        ref=person.ref,
        email=person.email,
        age=AGES[person.age],
        ended_on=person.ended_on,
        accepted=person.accepted,
    )


def folded(text: str) -> str:
    """Return *text* without capitals and without marks on its letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _haystack(person: Person) -> str:
    return folded(f"{person.name} {person.ref} {person.email} {person.organisation}")


def _everybody(db: Session, kept: Kept) -> Iterator[tuple[UUID, Person]]:
    """Yield everybody whom the keeper keeps."""
    for one, person in open_people(db, kept.keys, kept.register):
        if kept.theirs.has(person):
            yield one, person
