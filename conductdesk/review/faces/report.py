"""The report of an audit: what was checked, how, and what was found; never who anybody is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.faces.auditing import FindingFace, finding_face, names_of, texts_of
from conductdesk.cases.faces.scheme_findings import scheme_finding_face
from conductdesk.cases.models import AuditFinding, AuditQuestion, Case, Engagement, WorkingPaper
from conductdesk.policy import Viewer
from conductdesk.review.actions.engaging import OPINIONS
from conductdesk.review.actions.papers import ANSWERS, Checked, sheet_of
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.controls.trying import try_all
from conductdesk.review.faces.trial import Tally, tally_of
from conductdesk.review.queries.checking import LogCheck
from conductdesk.review.queries.engagements import (
    cases_looked_at,
    count_closed,
    samples_for,
    scheme_findings_of,
    wanted_of,
)
from conductdesk.review.rules import METHODS, Method, seed_of
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys, NotGranted
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.seal import SealBrokenError


@dataclass(frozen=True)
class SampleLine:
    """One sample that the audit rests on."""

    number: int
    method: str
    size: int
    population: int
    seed: str
    announced_in: int
    drawn: int
    signed: int
    """How many of the cases drawn have a paper that was signed off."""


@dataclass(frozen=True)
class ControlLine:
    """One control test on all closed cases of the period."""

    title: str
    criterion: str
    tally: Tally


@dataclass(frozen=True)
class CaseLine:
    """One case that was looked at."""

    id: UUID
    name: str
    pseudonym: str
    closed_at: datetime
    signed: bool
    answers: str
    """How often the checklist was answered yes, no, or does not apply."""
    noes: tuple[tuple[str, str], ...]
    """What was answered with no, and the note."""
    questions: int


@dataclass(frozen=True)
class ReportedFinding:
    """A finding, and on which cases it was seen."""

    seen_on: str
    finding: FindingFace
    of_audit: bool = False
    """Whether it rests on several cases, or on none, and is settled on the page of the audit."""


@dataclass(frozen=True)
class ReportFace:
    """Everything that a report says."""

    id: UUID
    key: str
    """The scheme's."""
    scheme: str
    code: int
    """The version of the scheme's pack in force."""
    auditor: str
    mine: bool
    """Whether whoever looks at it began the audit, and so reports on it."""
    closed_from: datetime
    closed_to: datetime
    begun_at: datetime
    made_at: datetime
    population: int
    controls: tuple[ControlLine, ...]
    samples: tuple[SampleLine, ...]
    cases: tuple[CaseLine, ...]
    findings: tuple[ReportedFinding, ...]
    check: LogCheck | None
    reported_at: datetime | None
    opinion: str
    sha256: str

    @property
    def grades(self) -> tuple[tuple[str, int], ...]:
        """How many findings there are of each grade."""
        return tuple(sorted(Counter(one.finding.grade for one in self.findings).items()))

    @property
    def counts(self) -> Mapping[str, int]:
        """The numbers that the log entry of the report holds."""
        return {
            "population": self.population,
            "cases": len(self.cases),
            "papers": sum(one.signed for one in self.cases),
            "controls": len(self.controls),
            "controls_with_exceptions": sum(bool(one.tally.exceptions) for one in self.controls),
            "findings": len(self.findings),
        }


def report_of(
    db: Session,
    keystore: Keystore,
    keyring: Keyring | None,
    *,
    viewer: Viewer,
    engagement: Engagement,
    pack: Pack,
    check: LogCheck | None,
) -> ReportFace:
    """Return the report as it stands now, in the words that the auditor's own key opens."""
    cases = cases_looked_at(db, viewer, engagement)
    keys = CaseKeys.load_many(db, keystore, [case.id for case in cases], keyring)
    lines = _cases(db, cases, keys, pack)
    return ReportFace(
        id=engagement.id,
        key=pack.key,
        scheme=pack.name,
        code=pack.version,
        auditor=names_of(db, {engagement.account_id}).get(engagement.account_id, ""),
        mine=engagement.account_id == viewer.account_id,
        closed_from=engagement.closed_from,
        closed_to=engagement.closed_to,
        begun_at=engagement.begun_at,
        made_at=clock.now(),
        population=count_closed(db, viewer, engagement),
        controls=_controls(db, viewer, engagement),
        samples=_samples(db, viewer, engagement, lines),
        cases=lines,
        findings=_in_order(
            [
                *_findings(db, cases, keys, pack),
                *_scheme_findings(db, keyring, viewer, engagement),
            ]
        ),
        check=check,
        reported_at=engagement.reported_at,
        opinion=OPINIONS.get(engagement.opinion or "", ""),
        sha256=engagement.report_sha256 or "",
    )


def _controls(db: Session, viewer: Viewer, engagement: Engagement) -> tuple[ControlLine, ...]:
    results = try_all(db, viewer, wanted_of(engagement))
    return tuple(
        ControlLine(CONTROLS[key].title, CONTROLS[key].criterion, tally_of(result))
        for key, result in results.items()
    )


def _samples(
    db: Session, viewer: Viewer, engagement: Engagement, cases: Sequence[CaseLine]
) -> tuple[SampleLine, ...]:
    signed = {case.pseudonym for case in cases if case.signed}
    return tuple(
        SampleLine(
            number=one.number,
            method=METHODS[Method(one.method)],
            size=one.size,
            population=one.population.count("\n"),
            seed=seed_of(one.root or "", one.number, one.words),
            announced_in=one.announced_in,
            drawn=len((one.cases or "").split()),
            signed=len(signed & set((one.cases or "").split())),
        )
        for one in samples_for(db, viewer, engagement)
    )


def _cases(
    db: Session, cases: Sequence[Case], keys: Mapping[UUID, CaseKeys], pack: Pack
) -> tuple[CaseLine, ...]:
    ids = [case.id for case in cases]
    papers = select(WorkingPaper).where(WorkingPaper.case_id.in_(ids))
    newest = {one.case_id: one for one in db.scalars(papers.order_by(WorkingPaper.begun_at))}
    asked = Counter(db.scalars(select(AuditQuestion.case_id).where(AuditQuestion.case_id.in_(ids))))
    return tuple(
        _case(case, newest.get(case.id), keys[case.id], pack, asked[case.id]) for case in cases
    )


def _case(
    case: Case, paper: WorkingPaper | None, keys: CaseKeys, pack: Pack, asked: int
) -> CaseLine:
    sheet = _sheet(keys, paper) if paper else {}
    counts = Counter(one.answer for one in sheet.values())
    questions = {line.key: line.question for line in pack.checklist}
    return CaseLine(
        id=case.id,
        name=case.code_name,
        pseudonym=case.pseudonym,
        closed_at=case.closed_at or case.received_at,
        signed=bool(paper and paper.signed_at),
        answers=", ".join(f"{words}: {counts[key]}" for key, words in ANSWERS.items()),
        noes=tuple(
            (questions.get(key, key), one.note) for key, one in sheet.items() if one.answer == "no"
        ),
        questions=asked,
    )


def _sheet(keys: CaseKeys, paper: WorkingPaper) -> Mapping[str, Checked]:
    try:
        return sheet_of(keys, paper)
    except (NotGranted, SealBrokenError):
        return {}


def _findings(
    db: Session, cases: Sequence[Case], keys: Mapping[UUID, CaseKeys], pack: Pack
) -> list[ReportedFinding]:
    by_id = {case.id: case for case in cases}
    rows = db.scalars(select(AuditFinding).where(AuditFinding.case_id.in_(list(by_id)))).all()
    people: set[UUID | None] = {
        one for row in rows for one in (row.account_id, row.replied_by, row.proven_by)
    }
    names, offices = names_of(db, people), {office.key: office.name for office in pack.offices}
    return [
        ReportedFinding(
            by_id[row.case_id].code_name,
            finding_face(row, texts_of(row, keys[row.case_id]), names, offices),
        )
        for row in rows
    ]


def _scheme_findings(
    db: Session, keyring: Keyring | None, viewer: Viewer, engagement: Engagement
) -> list[ReportedFinding]:
    """Return the findings that rest on several cases, or on none."""
    shown = (
        scheme_finding_face(db, keyring, viewer, row)
        for row in scheme_findings_of(db, viewer, engagement)
    )
    return [ReportedFinding(one.seen_on, one.finding, of_audit=True) for one in shown]


def _in_order(findings: Iterable[ReportedFinding]) -> tuple[ReportedFinding, ...]:
    return tuple(sorted(findings, key=lambda one: (one.finding.made_at, one.finding.id)))
