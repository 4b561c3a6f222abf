"""What the register says of those who go by the name of a party."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from conductdesk.participants.faces.bonds import TieShown, ties_shown
from conductdesk.participants.faces.people import PersonShown, people_called
from conductdesk.participants.kept import Kept


@dataclass(frozen=True)
class KnownFace:
    """Somebody in the register, with their ties."""

    person: PersonShown
    ties: tuple[TieShown, ...]


def known_people(db: Session, kept: Kept, name: str) -> tuple[KnownFace, ...]:
    """Return everybody in the register who goes by *name*; several people may."""
    return tuple(
        KnownFace(person, ties_shown(db, kept, person.id))
        for person in people_called(db, kept, name)
    )
