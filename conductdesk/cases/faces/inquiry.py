"""The inquiry as its pages show it: allegations, both sides, terms and notes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.concern import Part
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.inquiry import (
    accused_of,
    allegations_of,
    documents_of,
    evidence_of,
    papers_of,
    unheard,
    unserved,
)
from conductdesk.cases.models import (
    HEARD,
    Allegation,
    Case,
    Document,
    DocumentKind,
    Evidence,
    PaperKind,
    RespondentPaper,
)
from conductdesk.cases.words import STANDARDS
from conductdesk.people.models import Account
from conductdesk.schemes.calendar import local_day
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

PAPERS: Mapping[PaperKind, str] = {
    PaperKind.NOTICE: "Notice served",
    PaperKind.REPLY: "Reply received",
    PaperKind.NO_REPLY: "No reply",
    PaperKind.LETTER: "Letter of the outcome",
}


@dataclass(frozen=True)
class PaperFace:
    """A paper to or from a respondent."""

    kind: PaperKind
    dated: datetime
    reply_by: datetime | None
    text: str

    @property
    def title(self) -> str:
        """What the desk calls it."""
        return PAPERS[self.kind]


@dataclass(frozen=True)
class RespondentFace:
    """Somebody against whom there is an allegation, and whether they had their say."""

    id: UUID
    name: str
    letters: str
    served: bool
    heard: bool
    reply_by: datetime | None
    papers: tuple[PaperFace, ...]


@dataclass(frozen=True)
class AllegationFace:
    """One allegation, with what speaks for it and against it, and both sides' say."""

    id: UUID
    letter: str
    account: str
    clause: str
    party_id: UUID
    respondent: str
    evidence_for: int
    evidence_against: int
    evidence_neither: int
    notice: datetime | None
    answer: PaperFace | None


@dataclass(frozen=True)
class TermsFace:
    """The terms of reference that hold."""

    questions: str
    standard: str
    """A key of `words.STANDARDS`."""
    standard_words: str
    due_on: date
    set_at: datetime


@dataclass(frozen=True)
class NoteFace:
    """A dated note."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True)
class InquiryFace:
    """Everything that the inquiry page shows beside its tasks."""

    allegations: tuple[AllegationFace, ...]
    respondents: tuple[RespondentFace, ...]
    terms: TermsFace | None
    notes: tuple[NoteFace, ...]


def inquiry_of(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> InquiryFace:
    """Return the inquiry, for whoever holds the key to it."""
    respondents = respondents_shown(db, case, keys)
    return InquiryFace(
        allegations=allegations_shown(db, case, keys, pack, respondents),
        respondents=respondents,
        terms=terms_shown(db, case, keys),
        notes=_notes(db, case, keys),
    )


def allegations_shown(
    db: Session,
    case: Case,
    keys: CaseKeys,
    pack: Pack,
    respondents: Sequence[RespondentFace],
) -> tuple[AllegationFace, ...]:
    """Return the allegations by their letters; an item about all of them counts for each."""
    sides = {one.id: one for one in respondents}
    counted = Counter((item.allegation_id, item.bearing) for item in evidence_of(db, case))
    return tuple(
        AllegationFace(
            id=row.id,
            letter=row.letter,
            account=keys.open(Allegation.account, row),
            clause=f"Clause {row.clause}: {pack.clause(row.clause).title}",
            party_id=row.party_id,
            respondent=sides[row.party_id].name,
            evidence_for=counted[row.id, "for"] + counted[None, "for"],
            evidence_against=counted[row.id, "against"] + counted[None, "against"],
            evidence_neither=counted[row.id, "neutral"] + counted[None, "neutral"],
            notice=_notice_of(sides[row.party_id]),
            answer=_answer_of(sides[row.party_id]),
        )
        for row in allegations_of(db, case)
    )


def respondents_shown(db: Session, case: Case, keys: CaseKeys) -> tuple[RespondentFace, ...]:
    """Return the respondents against whom there is an allegation, with their papers."""
    names = names_of(db, case, keys)
    not_served = {one.party_id for one in unserved(db, case)}
    not_heard = {one.id for one in unheard(db, case)}
    papers = papers_of(db, case)
    letters = _letters_by_party(db, case)
    return tuple(
        RespondentFace(
            id=party.id,
            name=names[party.id],
            letters=", ".join(letters[party.id]),
            served=party.id not in not_served,
            heard=party.id not in not_heard,
            reply_by=_reply_by(papers, party.id),
            papers=tuple(_paper(keys, one) for one in papers if one.party_id == party.id),
        )
        for party in accused_of(db, case)
    )


def names_of(db: Session, case: Case, keys: CaseKeys) -> dict[UUID, str]:
    """Return the respondents' names by their id; an alias where the name cannot be opened."""
    shown = parties_of(db, case, keys)
    return {one.id: one.name for one in shown if one.part == Part.RESPONDENT}


def terms_shown(db: Session, case: Case, keys: CaseKeys) -> TermsFace | None:
    """Return the terms of reference that were set last."""
    found = documents_of(db, case, DocumentKind.TERMS)
    if not found:
        return None
    body = json.loads(keys.open(Document.body, found[-1]))
    return TermsFace(
        questions=body["questions"],
        standard=body["standard"],
        standard_words=STANDARDS[body["standard"]],
        due_on=date.fromisoformat(body["due_on"]),
        set_at=found[-1].made_at,
    )


def clauses_offered(case: Case, pack: Pack) -> dict[str, str]:
    """Return the clauses that held when the concern came, or before, with their titles."""
    held = pack.clauses_until(local_day(case.received_at))
    return {cited: f"{cited}. {clause.title}" for cited, clause in held.items()}


def letters_of(db: Session, case: Case) -> dict[str, UUID]:
    """Return the allegations' ids by their letters."""
    return {row.letter: row.id for row in allegations_of(db, case)}


def name_of_account(db: Session, account_id: UUID | None) -> str:
    """Return the name of an officer; the reporter has none here."""
    if account_id is None:
        return "the reporter"
    return db.scalars(select(Account.name).where(Account.id == account_id)).one()


def waiting_evidence(evidence: Sequence[Evidence]) -> int:
    """Return how many items nobody has considered."""
    return sum(item.considered_at is None for item in evidence)


def _letters_by_party(db: Session, case: Case) -> dict[UUID, list[str]]:
    letters: dict[UUID, list[str]] = {}
    for row in allegations_of(db, case):
        letters.setdefault(row.party_id, []).append(row.letter)
    return letters


def _reply_by(papers: Sequence[RespondentPaper], party_id: UUID) -> datetime | None:
    dates = [one.reply_by for one in papers if one.party_id == party_id and one.reply_by]
    return dates[-1] if dates else None


def _paper(keys: CaseKeys, row: RespondentPaper) -> PaperFace:
    can_read = keys.holds(Compartment.RESPONDENT)
    text = keys.open(RespondentPaper.body, row) if can_read else ""
    return PaperFace(PaperKind(row.kind), row.dated, row.reply_by, text)


def _notice_of(side: RespondentFace) -> datetime | None:
    served = [paper.dated for paper in side.papers if paper.kind is PaperKind.NOTICE]
    return served[-1] if served and side.served else None


def _answer_of(side: RespondentFace) -> PaperFace | None:
    answers = [paper for paper in side.papers if paper.kind in HEARD]
    return answers[-1] if answers and side.heard else None


def _notes(db: Session, case: Case, keys: CaseKeys) -> tuple[NoteFace, ...]:
    rows = reversed(documents_of(db, case, DocumentKind.NOTE))
    return tuple(
        NoteFace(name_of_account(db, row.account_id), row.made_at, keys.open(Document.body, row))
        for row in rows
    )
