"""The outcomes of a case as obligations, its appeals, and what was agreed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.acts import AppealResult, Side
from conductdesk.cases.faces.obligations import OutcomeFace, outcome_faces
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.inquiry import (
    appeals_of,
    documents_of,
    papers_of,
)
from conductdesk.cases.joined import other_is_closed
from conductdesk.cases.models import (
    Appeal,
    Case,
    Document,
    DocumentKind,
    PaperKind,
    RespondentPaper,
)
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

APPEAL_RESULTS: Mapping[str, str] = {
    AppealResult.DISMISSED: "Dismissed: the decision stands",
    AppealResult.VARIED: "Varied: the decision is changed",
    AppealResult.REMITTED: "Remitted: the case is looked into again",
}
SIDES: Mapping[str, str] = {
    Side.RESPONDENT: "The respondent",
    Side.REPORTER: "The reporter",
}


class _End(TypedDict):
    agreement: str
    done: bool
    words: str


@dataclass(frozen=True)
class GroundFace:
    """One ground of an appeal, and what the appeal body made of it."""

    ground: str
    why: str
    accepted: bool | None
    reasons: str


@dataclass(frozen=True)
class AppealFace:
    """One appeal."""

    id: UUID
    by: str
    lodged_at: datetime
    result: str
    """Empty while it waits."""
    grounds: tuple[GroundFace, ...]


@dataclass(frozen=True)
class Told:
    """One letter that went out."""

    id: UUID
    to: str
    at: datetime
    text: str


@dataclass(frozen=True)
class AgreementFace:
    """Something that was agreed informally, and what became of it."""

    id: UUID
    words: str
    is_open: bool
    state: str
    """What became of it, in a word or two."""
    how: str
    """How one can see it, or why it was not done; empty while it is open."""


@dataclass(frozen=True)
class OutcomesFace:
    """Everything that the page shows."""

    can_read: bool
    outcomes: tuple[OutcomeFace, ...]
    appeals: tuple[AppealFace, ...]
    letters: tuple[Told, ...]
    agreements: tuple[AgreementFace, ...]
    route: str | None
    """What the triage chose."""
    appeal_until: datetime | None
    """When the time to appeal ends; None until both sides are told."""
    other_closed: bool
    """Whether the case is joined to another that is closed by now."""


def outcomes_page_of(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> OutcomesFace:
    """Return what follows from the case, as far as *keys* open it."""
    can_read = keys.holds(Compartment.INTERNAL)
    return OutcomesFace(
        can_read=can_read,
        outcomes=tuple(outcome_faces(db, case, keys, pack)),
        appeals=tuple(appeal_faces(db, case, keys)) if can_read else (),
        letters=tuple(_letters(db, case, keys)) if keys.holds(Compartment.RESPONDENT) else (),
        agreements=tuple(agreement_faces(db, case, keys)) if can_read else (),
        route=case.route,
        appeal_until=case.appeal_until,
        other_closed=other_is_closed(db, case),
    )


def appeal_faces(db: Session, case: Case, keys: CaseKeys) -> list[AppealFace]:
    """Return the appeals, the oldest first; only for whoever holds the key to them."""
    return [
        AppealFace(
            id=row.id,
            by=SIDES[row.lodged_by],
            lodged_at=row.lodged_at,
            result=APPEAL_RESULTS[row.result] if row.result else "",
            grounds=_grounds(keys, row),
        )
        for row in appeals_of(db, case)
    ]


def agreement_faces(db: Session, case: Case, keys: CaseKeys) -> list[AgreementFace]:
    """Return what was agreed, the oldest first; only for whoever holds the key to it."""
    ends = _ends(db, case, keys)
    return [
        _agreement(keys, row, ends.get(str(row.id)))
        for row in documents_of(db, case, DocumentKind.AGREEMENT)
    ]


def _grounds(keys: CaseKeys, row: Appeal) -> tuple[GroundFace, ...]:
    answered = json.loads(keys.open(Appeal.reasons, row)) if row.reasons else []
    answers = {one["ground"]: one for one in answered}
    return tuple(
        GroundFace(
            ground=given["ground"],
            why=given["why"],
            accepted=answers.get(given["ground"], {}).get("accepted"),
            reasons=answers.get(given["ground"], {}).get("reasons", ""),
        )
        for given in json.loads(keys.open(Appeal.grounds, row))
    )


def _letters(db: Session, case: Case, keys: CaseKeys) -> list[Told]:
    names = {party.id: party.name for party in parties_of(db, case, keys)}
    return [
        Told(paper.id, names[paper.party_id], paper.dated, keys.open(RespondentPaper.body, paper))
        for paper in papers_of(db, case)
        if paper.kind == PaperKind.LETTER
    ]


def _agreement(keys: CaseKeys, row: Document, end: _End | None) -> AgreementFace:
    words = keys.open(Document.body, row)
    if end is None:
        return AgreementFace(row.id, words, is_open=True, state="Open", how="")
    state = "Done" if end["done"] else "Not done"
    return AgreementFace(row.id, words, is_open=False, state=state, how=end["words"])


def _ends(db: Session, case: Case, keys: CaseKeys) -> dict[str, _End]:
    """Return what became of each agreement, by the agreement's id."""
    rows = documents_of(db, case, DocumentKind.AGREEMENT_ENDED)
    ends: list[_End] = [json.loads(keys.open(Document.body, row)) for row in rows]
    return {end["agreement"]: end for end in ends}
