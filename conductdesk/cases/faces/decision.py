"""A decision as its page shows it: the findings that stand, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.faces.inquiry import (
    AllegationFace,
    allegations_shown,
    name_of_account,
    names_of,
    respondents_shown,
)
from conductdesk.cases.faces.obligations import STATES
from conductdesk.cases.faces.report import AnswerFace, ReportFace, report_shown
from conductdesk.cases.inquiry import findings_of, outcomes_of
from conductdesk.cases.models import Case, Finding, Outcome, OutcomeState
from conductdesk.cases.words import FINDINGS, STANDARDS
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


@dataclass(frozen=True)
class FindingFace:
    """The decision on one allegation."""

    result: str
    standard: str
    reasons: str
    by: str
    found_at: datetime


@dataclass(frozen=True)
class OutcomeFace:
    """An obligation."""

    name: str
    whom: str
    what: str
    owner: str
    due_at: datetime
    state: str
    waits: bool
    """Whether it takes no effect yet, because of an appeal that may come or is being heard."""


@dataclass(frozen=True)
class DecidedOn:
    """One allegation, what the report says of it, and the finding."""

    allegation: AllegationFace
    to_answer: str
    why: str
    finding: FindingFace | None


@dataclass(frozen=True)
class DecisionFace:
    """What the decision page shows."""

    allegations: tuple[DecidedOn, ...]
    outcomes: tuple[OutcomeFace, ...]
    report: ReportFace | None
    decided_at: datetime | None


def decision_of(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> DecisionFace:
    """Return the decision so far, for whoever holds the key to it."""
    report = report_shown(db, case, keys)
    answers = {answer.letter: answer for answer in report.answers} if report else {}
    findings = {row.allegation_id: _finding(db, keys, row) for row in findings_of(db, case)}
    shown = allegations_shown(db, case, keys, pack, respondents_shown(db, case, keys))
    return DecisionFace(
        allegations=tuple(
            _decided_on(one, answers.get(one.letter), findings.get(one.id)) for one in shown
        ),
        outcomes=_outcomes(db, case, keys, pack),
        report=report,
        decided_at=case.decided_at,
    )


def _decided_on(
    one: AllegationFace, answer: AnswerFace | None, finding: FindingFace | None
) -> DecidedOn:
    if answer is None:
        return DecidedOn(one, "Not in the report", "", finding)
    words = "There is a case to answer" if answer.to_answer else "No case to answer"
    return DecidedOn(one, words, answer.why, finding)


def _finding(db: Session, keys: CaseKeys, row: Finding) -> FindingFace:
    return FindingFace(
        result=FINDINGS[row.result],
        standard=STANDARDS[row.standard],
        reasons=keys.open(Finding.reasons, row),
        by=name_of_account(db, row.account_id),
        found_at=row.found_at,
    )


def _outcomes(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> tuple[OutcomeFace, ...]:
    names = names_of(db, case, keys)
    return tuple(
        OutcomeFace(
            name=_with_hours(pack, row),
            whom=names.get(row.party_id, "") if row.party_id else "",
            what=keys.open(Outcome.what, row),
            owner=keys.open(Outcome.owner, row),
            due_at=row.due_at,
            state=STATES[row.state],
            waits=_waits(pack, row),
        )
        for row in outcomes_of(db, case)
    )


def _with_hours(pack: Pack, row: Outcome) -> str:
    name = pack.outcome(row.kind).name
    return f"{name}, {row.hours} hour{'s' * (row.hours != 1)}" if row.hours else name


def _waits(pack: Pack, row: Outcome) -> bool:
    if row.state != OutcomeState.OPEN or not pack.outcome(row.kind).waits_for_appeal:
        return False
    return row.effective_from is None or row.effective_from > clock.now()
