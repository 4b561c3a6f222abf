"""One letter about a decision, as it was sent, and the entry that vouches for it."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.audit.queries import entry_bytes, entry_of_row
from conductdesk.audit.record import read_head
from conductdesk.audit.tree import hash_leaf
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.inquiry import papers_of
from conductdesk.cases.models import Case, PaperKind, RespondentPaper
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment


@dataclass(frozen=True)
class PlaceInLog:
    """Where an entry lies, as its proof says it too."""

    origin: str
    index: int
    leaf: str
    """Its hash, in base64."""


@dataclass(frozen=True)
class SentLetter:
    """One letter that went out."""

    id: UUID
    to: str
    at: datetime
    text: str
    entry: PlaceInLog | None
    """None where the log was changed, and no entry names the letter any more."""


def sent_letter(db: Session, case: Case, keys: CaseKeys, paper_id: UUID) -> tuple[SentLetter, ...]:
    """Return the letter *paper_id* of *case*; nothing where there is none, or no key to it."""
    if not keys.holds(Compartment.RESPONDENT):
        return ()
    return tuple(
        SentLetter(
            id=paper.id,
            to=_names(db, case, keys)[paper.party_id],
            at=paper.dated,
            text=keys.open(RespondentPaper.body, paper),
            entry=_place(db, case, paper),
        )
        for paper in papers_of(db, case)
        if paper.id == paper_id and paper.kind == PaperKind.LETTER
    )


def _names(db: Session, case: Case, keys: CaseKeys) -> dict[UUID, str]:
    return {party.id: party.name for party in parties_of(db, case, keys)}


def _place(db: Session, case: Case, paper: RespondentPaper) -> PlaceInLog | None:
    index = entry_of_row(db, case.scheme, case.pseudonym, paper.id)
    if index is None:
        return None
    leaf = hash_leaf(entry_bytes(db, case.scheme, index) or b"")
    origin = read_head(db, case.scheme).origin
    return PlaceInLog(origin, index, base64.b64encode(leaf).decode())
