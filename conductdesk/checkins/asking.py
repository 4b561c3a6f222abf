"""Who is asked for a check-in: everybody of one role, with those who are paired with them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from conductdesk.checkins.actions import Asked
from conductdesk.checkins.rules import About
from conductdesk.participants.rules import Person, Place


def whom_to_ask(
    people: Mapping[UUID, Person],
    places: Mapping[UUID, Mapping[UUID, Place]],
    role: str,
    asked_already: Iterable[UUID],
    day: date,
) -> list[Asked]:
    """Return everybody of *role* who still takes part on *day* and was not asked yet, by name."""
    together = _together(places, day)
    skipped = set(asked_already)
    found = [
        Asked(one, About(person.name, person.email, _names(people, together.get(one, set()), one)))
        for one, person in people.items()
        if person.role == role and _is_active(person, day) and one not in skipped
    ]
    return sorted(found, key=lambda asked: asked.about.name)


def _together(places: Mapping[UUID, Mapping[UUID, Place]], day: date) -> Mapping[UUID, set[UUID]]:
    """Return the others in the groups of each person on *day*."""
    together: dict[UUID, set[UUID]] = {}
    for group in places.values():
        now = {one for one, place in group.items() if _is_there(place, day)}
        for one in now:
            together.setdefault(one, set()).update(now - {one})
    return together


def _is_there(place: Place, day: date) -> bool:
    begun = place.since is None or place.since <= day
    return begun and (place.until is None or place.until >= day)


def _names(people: Mapping[UUID, Person], ids: Iterable[UUID], one: UUID) -> tuple[str, ...]:
    return tuple(sorted(people[other].name for other in ids if other != one and other in people))


def _is_active(person: Person, day: date) -> bool:
    return person.ended_on is None or person.ended_on > day
