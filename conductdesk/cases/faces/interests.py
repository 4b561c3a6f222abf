"""What an officer declared, for their own eyes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.days import in_words, noon_of, today
from conductdesk.participants.interests import Declared
from conductdesk.participants.queries import Declaration, declarations_of
from conductdesk.participants.words import INTERESTS
from conductdesk.people.queries import in_office
from conductdesk.policy import Viewer
from conductdesk.vault.models import Keyring

LOST = "Sealed to a key that you have lost. It counts all the same."


@dataclass(frozen=True)
class InterestShown:
    """One declaration in words."""

    id: UUID
    who: str
    tie: str
    declared_at: datetime
    days: str
    """From when, and how long, it keeps the officer away."""
    counts: bool


def interests_shown(db: Session, keyring: Keyring, viewer: Viewer) -> list[InterestShown]:
    """Return what the viewer declared; what counts now comes first, and the newest before others."""
    shown = [_shown(one) for one in declarations_of(db, keyring, viewer.account_id)]
    return sorted(shown, key=lambda one: not one.counts)


def colleagues(db: Session, viewer: Viewer) -> dict[str, str]:
    """Return the names, by id, of the others who hold an office in a scheme of the viewer's."""
    schemes = sorted({scheme for scheme, _office in viewer.offices})
    found = {one.account_id: one.name for scheme in schemes for one in in_office(db, scheme)}
    others = [(name, one.hex) for one, name in found.items() if one != viewer.account_id]
    return {one: name for name, one in sorted(others)}


def _shown(one: Declaration) -> InterestShown:
    counts, said = one.counts(today()), one.declared
    return InterestShown(
        id=one.id,
        who=said.name if said else LOST,
        tie=INTERESTS[said.kind] if said else "",
        declared_at=one.declared_at,
        days=_days(one, said),
        counts=counts,
    )


def _days(one: Declaration, said: Declared | None) -> str:
    if one.ended_at is not None:
        return f"Taken back on {in_words(one.ended_at)}"
    if said is None or said.until is None:
        return "Until you take it back"
    return f"Until {in_words(noon_of(said.until))}"
