"""A finding that rests on several cases, or on none, as one of its readers sees it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.faces.auditing import FindingFace, finding_face, names_of
from conductdesk.cases.models import SchemeFinding
from conductdesk.cases.queries import facts_of_many
from conductdesk.cases.scheme_findings import cases_under, findings_for, words_of
from conductdesk.policy import Permission, Viewer, may
from conductdesk.schemes.queries import packs_in_force
from conductdesk.vault.models import Keyring

WHOLE = "The scheme as a whole"
ELSEWHERE = "Several cases that you are not on"


@dataclass(frozen=True)
class SchemeFindingFace:
    """One finding, and what it rests on, as far as its reader may know."""

    id: UUID
    scheme: str
    """The scheme's name."""
    seen_on: str
    finding: FindingFace


def scheme_finding_face(
    db: Session, keyring: Keyring | None, viewer: Viewer, row: SchemeFinding
) -> SchemeFindingFace:
    """Return one finding, opened with the reader's own key."""
    pack = next(one for one in packs_in_force(db) if one.key == row.scheme)
    names = names_of(db, {row.account_id, row.replied_by, row.proven_by})
    offices = {office.key: office.name for office in pack.offices}
    face = finding_face(row, words_of(db, keyring, row), names, offices)
    return SchemeFindingFace(row.id, pack.name, _seen_on(db, viewer, row), face)


def findings_to_answer(
    db: Session, keyring: Keyring | None, viewer: Viewer
) -> tuple[SchemeFindingFace, ...]:
    """Return the findings that are for an office of *viewer*, the newest first."""
    rows = findings_for(db, viewer)
    return tuple(scheme_finding_face(db, keyring, viewer, row) for row in rows)


def _seen_on(db: Session, viewer: Viewer, row: SchemeFinding) -> str:
    """Name the cases that *viewer* may know of; of the others not even the number."""
    cases = cases_under(db, row)
    facts = facts_of_many(db, cases)
    ways = (Permission.REVIEW, Permission.READ)
    known = [one for one in cases if any(may(viewer, way, facts[one.id]) for way in ways)]
    names = ", ".join(one.code_name for one in known)
    return names or (ELSEWHERE if cases else WHOLE)
