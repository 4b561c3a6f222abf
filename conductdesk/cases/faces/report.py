"""A locked report as its page shows it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from conductdesk.cases.faces.inquiry import name_of_account
from conductdesk.cases.inquiry import documents_of
from conductdesk.cases.models import Case, Document, DocumentKind
from conductdesk.cases.standing import move_facts
from conductdesk.vault.keys import CaseKeys


@dataclass(frozen=True)
class AnswerFace:
    """What a report says of one allegation."""

    letter: str
    to_answer: bool
    why: str


@dataclass(frozen=True)
class ReportFace:
    """A locked report."""

    by: str
    locked_at: datetime
    sha256: str
    facts: str
    analysis: str
    searched_against: str
    answers: tuple[AnswerFace, ...]
    current: bool
    """Whether the terms were not set again after it."""


def report_shown(db: Session, case: Case, keys: CaseKeys) -> ReportFace | None:
    """Return the report that was locked last."""
    found = documents_of(db, case, DocumentKind.REPORT)
    if not found:
        return None
    text = keys.open(Document.body, found[-1])
    body = json.loads(text)
    return ReportFace(
        by=name_of_account(db, found[-1].account_id),
        locked_at=found[-1].made_at,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        facts=body["facts"],
        analysis=body["analysis"],
        searched_against=body["searched_against"],
        answers=tuple(AnswerFace(**answer) for answer in body["answers"]),
        current=move_facts(db, case).report_locked,
    )
