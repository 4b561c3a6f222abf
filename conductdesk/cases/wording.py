"""Forms that were filled in, as their page asked them: what is stored as JSON, in the desk's words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from conductdesk.cases.actions.triaging import QUESTIONS, SEVERITIES
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


def in_desk_words(form: str, called: Names) -> str:
    """Return a stored form, which is JSON, as a person reads it; empty where there is none."""
    return "\n".join(_lines(json.loads(form), called)) if form else ""


def _lines(value: Any, called: Names) -> Iterator[str]:
    for form in value if isinstance(value, list) else [value]:
        yield from SHAPES.get(frozenset(form), _labelled)(form, called)


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


def _report(value: dict[str, Any], called: Names) -> Iterator[str]:
    yield f"Facts: {value['facts']}"
    yield f"What was done to find evidence against: {value['searched_against']}"
    yield f"Analysis: {value['analysis']}"
    yield from _lines(value["answers"], called)


def _case_to_answer(value: dict[str, Any], _called: Names) -> Iterator[str]:
    words = "there is a case to answer" if value["to_answer"] else "no case to answer"
    yield f"Allegation {value['letter']}: {words}. {value['why']}"


def _ground(value: dict[str, Any], _called: Names) -> Iterator[str]:
    yield f"{value['ground']}: {value['why']}"


def _ground_answered(value: dict[str, Any], _called: Names) -> Iterator[str]:
    words = "accepted" if value["accepted"] else "not accepted"
    yield f"{value['ground']}: {words}. {value['reasons']}"


def _agreement_ended(value: dict[str, Any], called: Names) -> Iterator[str]:
    words = "was done" if value["done"] else "was not done"
    yield f"The agreement {called[value['agreement']]} {words}. {value['words']}"


def _labelled(value: dict[str, Any], _called: Names) -> Iterator[str]:
    """Say what each field of a referral or an override says, and leave out what is empty."""
    for key in sorted(value, key=list(LABELS).index):
        said = value[key]
        if isinstance(said, bool):
            yield f"{LABELS[key]}: {'yes' if said else 'no'}"
        elif said:
            yield f"{LABELS[key]}: {_day(said) if key == 'told_on' else said}"


def _day(text: str) -> str:
    return day_in_words(date.fromisoformat(text))


Shape = Callable[[dict[str, Any], Names], Iterator[str]]

SHAPES: Mapping[frozenset[str], Shape] = {
    frozenset({"answers", "severity", "severity_reason", "route", "route_reason"}): _triage,
    frozenset({"questions", "standard", "due_on"}): _terms,
    frozenset({"facts", "analysis", "searched_against", "answers"}): _report,
    frozenset({"letter", "to_answer", "why"}): _case_to_answer,
    frozenset({"ground", "why"}): _ground,
    frozenset({"ground", "accepted", "reasons"}): _ground_answered,
    frozenset({"agreement", "done", "words"}): _agreement_ended,
}
"""Who says what, by the fields that a stored form has; the rest is a list of labels."""
