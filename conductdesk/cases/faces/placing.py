"""To which organisation a case belongs, for the page of its people."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from conductdesk.cases.actions.placing import is_of_the_whole
from conductdesk.cases.joined import OVER
from conductdesk.cases.models import Case
from conductdesk.policy import Viewer
from conductdesk.schemes.pack import Pack

NOT_KNOWN = "Not known yet"


@dataclass(frozen=True)
class OrganisationFace:
    """What the organisation is called, and whether the viewer may set another one."""

    name: str
    can_be_set: bool


def organisation_shown(
    db: Session, case: Case, pack: Pack, viewer: Viewer
) -> OrganisationFace | None:
    """Return the organisation of *case*; None where one desk receives for all."""
    if not pack.asks_organisation:
        return None
    can = case.state not in OVER and is_of_the_whole(db, case, pack, viewer)
    return OrganisationFace(organisation_name(pack, case), can)


def organisation_name(pack: Pack, case: Case) -> str:
    """Return the name of the organisation, or that it is not known."""
    return pack.organisation_named(case.organisation).name if case.organisation else NOT_KNOWN
