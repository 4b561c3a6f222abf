"""Forms that were filled in, as their page asked them: what is stored as JSON, in the desk's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from conductdesk.cases.actions.triaging import QUESTIONS, SEVERITIES
from conductdesk.cases.models import DocumentKind
from conductdesk.cases.words import ANSWERS, ROUTES, STANDARDS
from conductdesk.schemes.calendar import day_in_words

Names = Mapping[str, str]
"""What something is called, by its id."""

LABELS: Mapping[str, str] = {
    "agency": "Body",
    "what": "What was shared",
    "to_whom": "To whom",
    "ground": "Ground",
    "explanation": "Why that ground",
    "reason": "Reason",
    "consent": "Consent",
    "told_on": "The person was told beforehand, on",
    "why_not_told": "Why they were not told",
    "reference": "Reference",
}
"""What a referral and an override say, in the order in which one reads it."""


def document_in_words(kind: DocumentKind, body: str, called: Names) -> str:
    """Return a document as a person reads it: a form in the desk's words, a text as it stands."""
    form = FORMS.get(kind)
    return body if form is None else "\n".join(form(json.loads(body), called))


def left_in_words(body: str) -> str:
    """Return what a referral, a decision against one, or an override says, with its labels."""
    return "\n".join(_labelled(json.loads(body)))


def grounds_in_words(grounds: str) -> str:
    """Return the grounds of an appeal, each with why."""
    return "\n".join(f"{one['ground']}: {one['why']}" for one in json.loads(grounds))


def answers_in_words(reasons: str) -> str:
    """Return what was made of each ground of an appeal; empty as long as nobody has decided."""
    return "\n".join(map(_ground_answered, json.loads(reasons))) if reasons else ""


def _triage(value: dict[str, Any], _called: Names) -> Iterator[str]:
    """Say what triage asked; of a request it asks less."""
    answers = value["answers"]
    for key in filter(answers.__contains__, QUESTIONS):
        yield f"{QUESTIONS[key]} {ANSWERS[answers[key]['answer']]}. {answers[key]['reason']}"
    if value["severity"]:
        yield f"Severity: {SEVERITIES[value['severity']]}. {value['severity_reason']}"
    yield f"Route: {ROUTES[value['route']]}. {value['route_reason']}".strip()


def _terms(value: dict[str, Any], _called: Names) -> Iterator[str]:
    yield f"Questions: {value['questions']}"
    yield f"Standard of proof: {STANDARDS[value['standard']]}"
    yield f"Report due: {_day(value['due_on'])}"


def _report(value: dict[str, Any], _called: Names) -> Iterator[str]:
    yield f"Facts: {value['facts']}"
    yield f"What was done to find evidence against: {value['searched_against']}"
    yield f"Analysis: {value['analysis']}"
    yield from map(_case_to_answer, value["answers"])


def _case_to_answer(value: dict[str, Any]) -> str:
    words = "there is a case to answer" if value["to_answer"] else "no case to answer"
    return f"Allegation {value['letter']}: {words}. {value['why']}"


def _ground_answered(value: dict[str, Any]) -> str:
    words = "accepted" if value["accepted"] else "not accepted"
    return f"{value['ground']}: {words}. {value['reasons']}"


def _agreement_ended(value: dict[str, Any], called: Names) -> Iterator[str]:
    words = "was done" if value["done"] else "was not done"
    yield f"The agreement {called[value['agreement']]} {words}. {value['words']}"


def _labelled(value: dict[str, Any]) -> Iterator[str]:
    """Say what each field of a referral or an override says, and leave out what is empty."""
    for key in sorted(value, key=list(LABELS).index):
        said = value[key]
        if isinstance(said, bool):
            yield f"{LABELS[key]}: {'yes' if said else 'no'}"
        elif said:
            yield f"{LABELS[key]}: {_day(said) if key == 'told_on' else said}"


def _day(text: str) -> str:
    return day_in_words(date.fromisoformat(text))


Form = Callable[[dict[str, Any], Names], Iterator[str]]

FORMS: Mapping[DocumentKind, Form] = {
    DocumentKind.TRIAGE: _triage,
    DocumentKind.TERMS: _terms,
    DocumentKind.REPORT: _report,
    DocumentKind.AGREEMENT_ENDED: _agreement_ended,
}
"""The documents that are stored as forms with fields; the others are texts."""
