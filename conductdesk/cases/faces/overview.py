"""The overview of a case: the allegations and findings so far, and the facts about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.faces.note import NoteStanding, note_standing
from conductdesk.cases.inquiry import documents_of
from conductdesk.cases.models import (
    HEARD,
    Allegation,
    Case,
    Document,
    DocumentKind,
    Evidence,
    Finding,
    Party,
    RespondentPaper,
)
from conductdesk.cases.words import CHANNELS, FINDINGS, MODES_IN_SHORT, ROUTES
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment


@dataclass(frozen=True)
class AllegationRow:
    """One allegation, and what stands beside it."""

    letter: str
    account: str
    clause: str
    evidence_for: int
    evidence_against: int
    heard: bool
    result: str
    reasons: str


@dataclass(frozen=True)
class Overview:
    """What the overview tells beside the next step."""

    rows: tuple[tuple[str, str], ...]
    allegations: tuple[AllegationRow, ...]
    note: NoteStanding | None
    """Where an officer entered the concern: whether its reporter has checked it."""


def overview_of(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> Overview:
    """Return the overview; what the viewer holds no key to is left out."""
    allegations: tuple[AllegationRow, ...] = ()
    together: list[tuple[str, str]] = []
    if keys.holds(Compartment.INTERNAL):
        allegations = tuple(_allegations(db, case, keys, pack))
        together = _together(db, case, keys)
    note = note_standing(db, case)
    rows = (*_facts(case, pack), *_came_in(case, note), *together)
    return Overview(rows=rows, allegations=allegations, note=note)


def _facts(case: Case, pack: Pack) -> list[tuple[str, str]]:
    rows = [
        ("Scheme", f"{pack.name}, pack version {pack.version}"),
        ("Kind", pack.kind(case.kind).name),
        ("Reporter", MODES_IN_SHORT[case.reporter_mode]),
    ]
    if case.route:
        rows.append(("Route", ROUTES[case.route]))
    if case.retention_class:
        rows.append(("Kept as", pack.retention_class(case.retention_class).name))
    return rows


def _together(db: Session, case: Case, keys: CaseKeys) -> list[tuple[str, str]]:
    """Say what the case shows as a whole with the low-level records about the same person."""
    kept = documents_of(db, case, DocumentKind.LOW_LEVEL)
    return [("Low-level records", keys.open(Document.body, row)) for row in kept]


def _came_in(case: Case, note: NoteStanding | None) -> list[tuple[str, str]]:
    """Say who entered the concern for somebody else, and whether that person has checked it."""
    if note is None:
        return [("Came in", CHANNELS.get(case.channel, case.channel))]
    return [("Came in", f"{note.channel}, entered by {note.entered_by}"), ("The note", note.words)]


def _allegations(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> list[AllegationRow]:
    rows = db.scalars(
        select(Allegation).where(Allegation.case_id == case.id).order_by(Allegation.letter)
    ).all()
    if not rows:
        return []
    bearings = Counter(
        (allegation_id, bearing)
        for allegation_id, bearing in db.execute(
            select(Evidence.allegation_id, Evidence.bearing).where(Evidence.case_id == case.id)
        )
    )
    findings = {
        finding.allegation_id: finding
        for finding in db.scalars(
            select(Finding).where(Finding.case_id == case.id, Finding.superseded_at.is_(None))
        )
    }
    heard = set(
        db.scalars(
            select(RespondentPaper.party_id)
            .join(Party, Party.id == RespondentPaper.party_id)
            .where(
                RespondentPaper.case_id == case.id,
                RespondentPaper.kind.in_(HEARD),
            )
        )
    )
    return [
        AllegationRow(
            letter=row.letter,
            account=keys.open(Allegation.account, row),
            clause=f"Clause {row.clause}: {pack.clause(row.clause).title}",
            evidence_for=bearings[row.id, "for"] + bearings[None, "for"],
            evidence_against=bearings[row.id, "against"] + bearings[None, "against"],
            heard=row.party_id in heard,
            result=FINDINGS[findings[row.id].result] if row.id in findings else "",
            reasons=keys.open(Finding.reasons, findings[row.id]) if row.id in findings else "",
        )
        for row in rows
    ]
