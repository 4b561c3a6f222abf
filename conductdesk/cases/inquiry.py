"""Reads of an inquiry: allegations, papers, evidence, findings, outcomes and appeals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.concern import Part
from conductdesk.cases.models import (
    HEARD,
    Allegation,
    Appeal,
    Case,
    CheckIn,
    Document,
    DocumentKind,
    Evidence,
    Finding,
    InterimMeasure,
    Message,
    Outcome,
    OutcomeState,
    PaperKind,
    Party,
    Proposal,
    ProposalKind,
    ProposedDecision,
    Referral,
    RespondentPaper,
)
from conductdesk.refusal import Refused

CaseRow = TypeVar(
    "CaseRow",
    Allegation,
    CheckIn,
    Evidence,
    InterimMeasure,
    Message,
    Outcome,
    Party,
    Proposal,
    ProposedDecision,
    Referral,
)


def allegations_of(db: Session, case: Case) -> Sequence[Allegation]:
    """Return the allegations in the order of their letters."""
    wanted = select(Allegation).where(Allegation.case_id == case.id)
    found = db.scalars(wanted).all()
    return sorted(found, key=lambda allegation: (len(allegation.letter), allegation.letter))


def respondents_of(db: Session, case: Case) -> Sequence[Party]:
    """Return whom the concern is about, by their alias."""
    wanted = select(Party).where(Party.case_id == case.id, Party.part == Part.RESPONDENT)
    return db.scalars(wanted.order_by(Party.alias)).all()


def accused_of(db: Session, case: Case) -> Sequence[Party]:
    """Return the respondents against whom there is an allegation."""
    named = {allegation.party_id for allegation in allegations_of(db, case)}
    return [party for party in respondents_of(db, case) if party.id in named]


def papers_of(db: Session, case: Case, party_id: UUID | None = None) -> Sequence[RespondentPaper]:
    """Return the papers to and from one respondent, or all of them, the oldest first."""
    wanted = select(RespondentPaper).where(RespondentPaper.case_id == case.id)
    if party_id is not None:
        wanted = wanted.where(RespondentPaper.party_id == party_id)
    return db.scalars(wanted.order_by(RespondentPaper.made_at)).all()


def last_notice(db: Session, case: Case, party_id: UUID) -> RespondentPaper | None:
    """Return the newest notice that was served on a respondent."""
    return _newest_notices(papers_of(db, case, party_id)).get(party_id)


def unserved(db: Session, case: Case) -> Sequence[Allegation]:
    """Return the allegations of which the respondent has had no notice yet."""
    notices = _newest_notices(papers_of(db, case))
    return [
        allegation
        for allegation in allegations_of(db, case)
        if (notice := notices.get(allegation.party_id)) is None
        or notice.made_at < allegation.made_at
    ]


def unheard(db: Session, case: Case) -> Sequence[Party]:
    """Return the respondents whose newest notice has neither a reply nor a non-reply."""
    papers = papers_of(db, case)
    return [party for party in accused_of(db, case) if not _heard(papers, party.id)]


def evidence_of(db: Session, case: Case) -> Sequence[Evidence]:
    """Return the items of evidence, the oldest first."""
    wanted = select(Evidence).where(Evidence.case_id == case.id)
    return db.scalars(wanted.order_by(Evidence.added_at)).all()


def findings_of(db: Session, case: Case) -> Sequence[Finding]:
    """Return the findings that stand; an appeal may have superseded others."""
    return db.scalars(
        select(Finding).where(Finding.case_id == case.id, Finding.superseded_at.is_(None))
    ).all()


def outcomes_of(db: Session, case: Case) -> Sequence[Outcome]:
    """Return every outcome, the first due first."""
    wanted = select(Outcome).where(Outcome.case_id == case.id)
    return db.scalars(wanted.order_by(Outcome.due_at, Outcome.id)).all()


def open_outcomes(db: Session, case: Case) -> Sequence[Outcome]:
    """Return the outcomes that are neither done, waived nor set aside."""
    return [outcome for outcome in outcomes_of(db, case) if outcome.state == OutcomeState.OPEN]


def waiting_waiver(db: Session, case: Case, outcome: Outcome) -> Proposal | None:
    """Return the proposal to give *outcome* up that waits for a second person."""
    waiting = open_proposals(db, case, ProposalKind.WAIVE)
    return next((one for one in waiting if one.subject_id == outcome.id), None)


def open_proposals(db: Session, case: Case, kind: str) -> Sequence[Proposal]:
    """Return the proposals of *kind* that wait for a second person, the oldest first."""
    wanted = select(Proposal).where(
        Proposal.case_id == case.id, Proposal.kind == kind, Proposal.settled_at.is_(None)
    )
    return db.scalars(wanted.order_by(Proposal.proposed_at)).all()


def open_proposal(db: Session, case: Case, kind: str) -> Proposal | None:
    """Return the proposal of *kind* that waits for a second person, or None."""
    return next(iter(open_proposals(db, case, kind)), None)


def appeals_of(db: Session, case: Case) -> Sequence[Appeal]:
    """Return the appeals, the oldest first."""
    wanted = select(Appeal).where(Appeal.case_id == case.id)
    return db.scalars(wanted.order_by(Appeal.lodged_at)).all()


def open_appeal(db: Session, case: Case) -> Appeal | None:
    """Return the appeal that waits for its decision."""
    return next((one for one in appeals_of(db, case) if one.decided_at is None), None)


def documents_of(db: Session, case: Case, kind: DocumentKind) -> Sequence[Document]:
    """Return the documents of one kind, the oldest first."""
    wanted = select(Document).where(Document.case_id == case.id, Document.kind == kind)
    return db.scalars(wanted.order_by(Document.made_at)).all()


def row_of(db: Session, case: Case, model: type[CaseRow], row_id: UUID) -> CaseRow:
    """Return a row of this very case, or refuse; the id comes from a form."""
    row = db.get(model, row_id)
    if row is None or row.case_id != case.id:
        raise Refused("That is not part of this case. Choose from the list.")
    return row


def respondent_of(db: Session, case: Case, party_id: UUID) -> Party:
    """Return a respondent of this very case, or refuse."""
    party = row_of(db, case, Party, party_id)
    if party.part != Part.RESPONDENT:
        raise Refused("That person is not a respondent in this case. Choose from the list.")
    return party


def _newest_notices(papers: Sequence[RespondentPaper]) -> dict[UUID, RespondentPaper]:
    """Return each respondent's newest notice; *papers* begin with the oldest."""
    return {one.party_id: one for one in papers if one.kind == PaperKind.NOTICE}


def _heard(papers: Sequence[RespondentPaper], party_id: UUID) -> bool:
    notice = _newest_notices(papers).get(party_id)
    return notice is not None and any(
        paper.kind in HEARD and paper.made_at >= notice.made_at
        for paper in papers
        if paper.party_id == party_id
    )
