"""The cases that are linked to one another, as far as the viewer may know of them."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of_many, visible_cases
from conductdesk.policy import Permission, Viewer, may

FIRST = "The first case. Its reporter is treated badly for telling."
LINKED = "Opened because the reporter is treated badly for telling."
INTO = "About the same matter: this case is looked into there."
TAKEN_IN = "About the same matter: it is looked into here."


@dataclass(frozen=True)
class LinkFace:
    """A case that is linked to the one on the page."""

    id: UUID
    name: str
    says: str
    entered: bool
    """Whether the viewer attested, so that the case opens to them."""


def linked_to(db: Session, case: Case, viewer: Viewer) -> tuple[LinkFace, ...]:
    """Return the cases that were linked or joined to this one, or this one to them, by age.

    A case of which *viewer* may not know is left out: nothing tells that there is one.
    """
    near = (Case.linked_to == case.id) | (Case.joined_to == case.id)
    beyond = [one for one in (case.linked_to, case.joined_to) if one is not None]
    if beyond:  # asked for nothing, SQLite would look at every case
        near |= Case.id.in_(beyond)
    nearest = visible_cases(viewer).where(near).order_by(Case.received_at, Case.id)
    found = db.scalars(nearest).all()
    facts = facts_of_many(db, found) if found else {}
    return tuple(
        LinkFace(
            id=one.id,
            name=one.code_name,
            says=_how(case, one),
            entered=may(viewer, Permission.READ, facts[one.id]),
        )
        for one in found
    )


def _how(case: Case, other: Case) -> str:
    if other.id == case.joined_to:
        return INTO
    if other.joined_to == case.id:
        return TAKEN_IN
    return FIRST if other.id == case.linked_to else LINKED
