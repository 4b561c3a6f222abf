"""Items of evidence as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.faces.inquiry import letters_of, name_of_account
from conductdesk.cases.inquiry import evidence_of
from conductdesk.cases.models import Case, Evidence
from conductdesk.cases.words import BEARINGS
from conductdesk.vault.files import FileName, name_of
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import SealedFile


@dataclass(frozen=True)
class EvidenceFace:
    """One item of evidence."""

    id: UUID
    title: str
    about: str
    """The letter of its allegation, or *All*."""
    bearing: str
    added_at: datetime
    by: str
    considered_at: datetime | None
    text: str
    has_file: bool
    original: FileName | None
    working: FileName | None


def evidence_shown(db: Session, case: Case, keys: CaseKeys) -> tuple[EvidenceFace, ...]:
    """Return the items of a case, the oldest first, without opening what their files are."""
    letters = _letters(db, case)
    return tuple(_face(db, keys, row, letters) for row in evidence_of(db, case))


def item_shown(db: Session, case: Case, keys: CaseKeys, row: Evidence) -> EvidenceFace:
    """Return one item, with the names of its files."""
    original, working = (_file(db, keys, one) for one in (row.original_id, row.working_id))
    return _face(db, keys, row, _letters(db, case), original, working)


def _letters(db: Session, case: Case) -> dict[UUID, str]:
    return {row_id: letter for letter, row_id in letters_of(db, case).items()}


def _face(
    db: Session,
    keys: CaseKeys,
    row: Evidence,
    letters: Mapping[UUID, str],
    original: FileName | None = None,
    working: FileName | None = None,
) -> EvidenceFace:
    return EvidenceFace(
        id=row.id,
        title=keys.open(Evidence.title, row),
        about=letters[row.allegation_id] if row.allegation_id else "All",
        bearing=BEARINGS[row.bearing],
        added_at=row.added_at,
        by=name_of_account(db, row.account_id),
        considered_at=row.considered_at,
        text=keys.open(Evidence.text, row) if row.text else "",
        has_file=row.original_id is not None,
        original=original,
        working=working,
    )


def _file(db: Session, keys: CaseKeys, file_id: UUID | None) -> FileName | None:
    return None if file_id is None else name_of(keys, db.get_one(SealedFile, file_id))
