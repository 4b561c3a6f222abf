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


@dataclass(frozen=True)
class LinkFace:
    """A case that is linked to the one on the page."""

    id: UUID
    name: str
    says: str
    entered: bool
    """Whether the viewer attested, so that the case opens to them."""


def linked_to(db: Session, case: Case, viewer: Viewer) -> tuple[LinkFace, ...]:
    """Return the first case, and those that were linked to this one, the oldest first.

    A case of which *viewer* may not know is left out: nothing tells that there is one.
    """
    near = Case.linked_to == case.id
    if case.linked_to is not None:  # asked for nothing, SQLite would look at every case
        near |= Case.id == case.linked_to
    nearest = visible_cases(viewer).where(near).order_by(Case.received_at, Case.id)
    found = db.scalars(nearest).all()
    facts = facts_of_many(db, found) if found else {}
    return tuple(
        LinkFace(
            id=one.id,
            name=one.code_name,
            says=FIRST if one.id == case.linked_to else LINKED,
            entered=may(viewer, Permission.READ, facts[one.id]),
        )
        for one in found
    )
