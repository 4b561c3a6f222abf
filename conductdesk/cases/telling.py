"""What is told of a case, section by section: the text that an audit copy is made of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.days import hours_in_words, in_words
from conductdesk.cases.endings import tellings_of
from conductdesk.cases.inquiry import (
    allegations_of,
    appeals_of,
    documents_of,
    evidence_of,
    outcomes_of,
    papers_of,
)
from conductdesk.cases.models import (
    Allegation,
    Appeal,
    Case,
    Concern,
    Document,
    DocumentKind,
    EndingTelling,
    Evidence,
    Finding,
    HoursProven,
    InterimMeasure,
    Message,
    MessageKind,
    Outcome,
    Override,
    Party,
    Referral,
    RespondentPaper,
    Telling,
)
from conductdesk.cases.queries import pack_of
from conductdesk.cases.wording import (
    answers_in_words,
    document_in_words,
    grounds_in_words,
    left_in_words,
)
from conductdesk.cases.words import BEARINGS, FINDINGS, STANDARDS
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys, NotGranted


@dataclass(frozen=True)
class _Source:
    """A case in the hands of somebody who can read all of it."""

    db: Session
    case: Case
    keys: CaseKeys
    pack: Pack
    called: Mapping[str, str]
    """What each party, allegation and agreement is called, by its id."""

    def party(self, party_id: object) -> str:
        return self.called.get(str(party_id), "Nobody in particular")


Texts = Callable[[_Source], Iterator[str]]


def told_of(db: Session, case: Case, keys: CaseKeys) -> Iterator[tuple[str, str]]:
    """Yield each section of what can be told of a case: its title, and its text with every name.

    Raises `NotGranted` for whoever cannot read all of the case.
    """
    source = _Source(db, case, keys, pack_of(db, case), _names_by_id(db, case))
    for title, texts in SECTIONS:
        yield title, "\n\n".join(texts(source))


def told_as_far_as(db: Session, case: Case, keys: CaseKeys) -> Iterator[tuple[str, str]]:
    """Yield each section that *keys* open; those to which they lack a key are left out."""
    source = _Source(db, case, keys, pack_of(db, case), _names_by_id(db, case))
    for title, texts in SECTIONS:
        with suppress(NotGranted):
            yield title, "\n\n".join(texts(source))


def _names_by_id(db: Session, case: Case) -> dict[str, str]:
    parties = db.scalars(select(Party).where(Party.case_id == case.id))
    called = {str(party.id): party.alias for party in parties}
    agreed = documents_of(db, case, DocumentKind.AGREEMENT)
    called |= {str(one.id): f"of {in_words(one.made_at)}" for one in agreed}
    return called | {str(one.id): f"Allegation {one.letter}" for one in allegations_of(db, case)}


def _reported(source: _Source) -> Iterator[str]:
    for row in source.db.scalars(select(Concern).where(Concern.case_id == source.case.id)):
        said = json.loads(source.keys.open(Concern.answers, row))
        for key in ("account", "happened", "wish", "sharing"):
            if said.get(key):
                yield f"{key.capitalize()}: {said[key]}"


def _parties(source: _Source) -> Iterator[str]:
    parties = select(Party).where(Party.case_id == source.case.id).order_by(Party.alias)
    yield from (party.alias for party in source.db.scalars(parties))


def _documents(*kinds: DocumentKind) -> Texts:
    def texts(source: _Source) -> Iterator[str]:
        for kind in kinds:
            for row in documents_of(source.db, source.case, kind):
                body = source.keys.open(Document.body, row)
                words = document_in_words(kind, body, source.called)
                yield f"{in_words(row.made_at)}\n{words}"

    return texts


def _allegations(source: _Source) -> Iterator[str]:
    for row in allegations_of(source.db, source.case):
        account = source.keys.open(Allegation.account, row)
        about = source.party(row.party_id)
        yield f"Allegation {row.letter}, against {about}, clause {row.clause}: {account}"


def _papers(source: _Source) -> Iterator[str]:
    for row in papers_of(source.db, source.case):
        words = source.keys.open(RespondentPaper.body, row)
        kind = row.kind.replace("_", " ").capitalize()
        yield f"{kind}, {source.party(row.party_id)}, {in_words(row.dated)}\n{words}"


def _evidence(source: _Source) -> Iterator[str]:
    for row in evidence_of(source.db, source.case):
        title, text = source.keys.open(Evidence.title, row), source.keys.open(Evidence.text, row)
        file = "\nA file was kept." if row.original_id else ""
        yield f"{title} ({BEARINGS.get(row.bearing, row.bearing)})\n{text}{file}"


def _findings(source: _Source) -> Iterator[str]:
    found = select(Finding).where(Finding.case_id == source.case.id).order_by(Finding.found_at)
    for row in source.db.scalars(found):
        later = " (a later finding took its place)" if row.superseded_at else ""
        result = FINDINGS.get(row.result, row.result)
        standard = STANDARDS.get(row.standard, row.standard)
        reasons = source.keys.open(Finding.reasons, row)
        yield f"{source.party(row.allegation_id)}: {result}{later}. {standard}.\n{reasons}"


def _outcomes(source: _Source) -> Iterator[str]:
    for row in outcomes_of(source.db, source.case):
        what, owner = source.keys.open(Outcome.what, row), source.keys.open(Outcome.owner, row)
        about = f", {source.party(row.party_id)}" if row.party_id else ""
        proof = source.keys.open(Outcome.proof, row)
        kind, state = source.pack.outcome(row.kind).name, row.state.replace("_", " ")
        hours = "".join(f"\n{one}" for one in _hours(source, row))
        said = f"{kind}{about}: {what}\nBy {owner}, due {in_words(row.due_at)}: {state}. {proof}"
        yield f"{said}{hours}{''.join(_confirmations(source, row))}"


def _confirmations(source: _Source, outcome: Outcome) -> Iterator[str]:
    for one in tellings_of(source.db, outcome):
        name = source.pack.organisation_named(one.organisation).name
        until = f"confirmed {in_words(one.confirmed_at)}" if one.confirmed_at else "not confirmed"
        how = source.keys.open(EndingTelling.how, one) if one.how else ""
        yield f"\n{name}: told {in_words(one.told_at)}, {until}. {how}".rstrip()


def _tellings(source: _Source) -> Iterator[str]:
    rows = select(Telling).where(Telling.case_id == source.case.id).order_by(Telling.told_on)
    for row in source.db.scalars(rows):
        who = source.pack.office(row.office).name if row.office else source.party(row.party_id)
        yield f"{who}, {in_words(row.told_on)}: {source.keys.open(Telling.how, row)}"


def _hours(source: _Source, outcome: Outcome) -> Iterator[str]:
    rows = select(HoursProven).where(HoursProven.outcome_id == outcome.id)
    for row in source.db.scalars(rows.order_by(HoursProven.done_on)):
        spent = f"{hours_in_words(row.minutes)} hours on {in_words(row.done_on)}"
        yield f"{spent}: {source.keys.open(HoursProven.what, row)}"


def _measures(source: _Source) -> Iterator[str]:
    rows = select(InterimMeasure).where(InterimMeasure.case_id == source.case.id)
    for row in source.db.scalars(rows.order_by(InterimMeasure.imposed_at)):
        what = source.keys.open(InterimMeasure.what, row)
        reason = source.keys.open(InterimMeasure.reason, row)
        ended = f", ended {in_words(row.ended_at)}" if row.ended_at else ""
        yield f"{in_words(row.imposed_at)}{ended}: {what}\n{reason}"


def _referrals(source: _Source) -> Iterator[str]:
    rows = select(Referral).where(Referral.case_id == source.case.id).order_by(Referral.made_at)
    for row in source.db.scalars(rows):
        kind = "Referred" if row.referred else "Not referred"
        body = left_in_words(source.keys.open(Referral.body, row))
        yield f"{kind}, {in_words(row.made_at)}\n{body}\n{source.keys.open(Referral.answer, row)}"


def _overrides(source: _Source) -> Iterator[str]:
    rows = select(Override).where(Override.case_id == source.case.id).order_by(Override.made_at)
    for row in source.db.scalars(rows):
        yield f"{in_words(row.made_at)}\n{left_in_words(source.keys.open(Override.body, row))}"


def _appeals(source: _Source) -> Iterator[str]:
    for row in appeals_of(source.db, source.case):
        grounds = grounds_in_words(source.keys.open(Appeal.grounds, row))
        reasons = answers_in_words(source.keys.open(Appeal.reasons, row))
        yield f"By the {row.lodged_by}, {in_words(row.lodged_at)}: {row.result}\n{grounds}\n{reasons}"


def _feedback(source: _Source) -> Iterator[str]:
    rows = select(Message).where(
        Message.case_id == source.case.id, Message.kind == MessageKind.FEEDBACK
    )
    for row in source.db.scalars(rows.order_by(Message.sent_at)):
        yield f"{in_words(row.sent_at)}\n{source.keys.open(Message.body, row)}"


_request_papers = _documents(DocumentKind.EXTENSION, DocumentKind.REFUSAL)

SECTIONS: tuple[tuple[str, Texts], ...] = (
    ("What was reported", _reported),
    ("Who was involved", _parties),
    ("Triage", _documents(DocumentKind.TRIAGE)),
    ("Low-level records as a whole", _documents(DocumentKind.LOW_LEVEL)),
    ("Holds", _documents(DocumentKind.HOLD)),
    ("Interim measures", _measures),
    ("Referrals", _referrals),
    ("Overrides of confidentiality", _overrides),
    (
        "What was agreed informally",
        _documents(DocumentKind.AGREEMENT, DocumentKind.AGREEMENT_ENDED),
    ),
    ("Terms of reference", _documents(DocumentKind.TERMS)),
    ("Allegations", _allegations),
    ("Notice and reply", _papers),
    ("Evidence", _evidence),
    ("Notes", _documents(DocumentKind.NOTE)),
    ("Report", _documents(DocumentKind.REPORT)),
    ("Findings", _findings),
    ("Who was told of the request", _tellings),
    ("What of the request took longer, or was refused", _request_papers),
    ("Outcomes", _outcomes),
    ("Appeals", _appeals),
    ("Feedback to the reporter", _feedback),
    ("Why no feedback was given", _documents(DocumentKind.NO_FEEDBACK)),
    ("Learning", _documents(DocumentKind.LEARNING)),
    ("What else happened", _documents(DocumentKind.WITHDRAWAL, DocumentKind.EVENT)),
)
