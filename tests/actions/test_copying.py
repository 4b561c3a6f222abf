"""The audit copy tells of everything on the case, in the desk's words, and says when it is old."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from itertools import zip_longest

import pytest

from conductdesk import clock
from conductdesk.cases.actions.adding import add_party
from conductdesk.cases.actions.closing import propose_closure
from conductdesk.cases.actions.copying import draft_audit_copy, keep_audit_copy
from conductdesk.cases.actions.investigating import add_note
from conductdesk.cases.actions.measuring import end_measure, impose_measure
from conductdesk.cases.actions.triaging import SEVERITIES
from conductdesk.cases.acts import GroundAnswered, GroundGiven
from conductdesk.cases.closing_acts import (
    BY_ORDER,
    CheckedCopy,
    MeasureEnding,
    MeasureImposed,
    OverrideMade,
    ReferralMade,
    as_json,
)
from conductdesk.cases.concern import Answer, Part
from conductdesk.cases.days import in_words
from conductdesk.cases.models import Case, DocumentKind
from conductdesk.cases.needs import Route
from conductdesk.cases.wording import (
    answers_in_words,
    document_in_words,
    grounds_in_words,
    left_in_words,
)
from conductdesk.cases.words import ANSWERS, ROUTES
from conductdesk.refusal import Refused
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import WHY, by, by_pack, closable
from tests.cast import Cast, a_triage


def section(cast: Cast, case: Case, title: str) -> str:
    """Return one section of the draft of a copy."""
    drafted = draft_audit_copy(cast.db, case, cast.keys(case, "liaison"))
    return next(one.text for one in drafted if one.title == title)


@pytest.mark.both_backends
def test_a_copy_that_knows_nothing_of_a_party_is_checked_again(cast: Cast) -> None:
    case = closable(cast)
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    add_party(cast.db, case, keys, actor=actor, name="Somebody Else", part=Part.WITNESS)
    with pytest.raises(Refused, match="Something was added"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))
    assert "Witness A" in section(cast, case, "Who was involved")
    copy = CheckedCopy(draft_audit_copy(cast.db, case, keys))
    keep_audit_copy(cast.db, case, keys, copy=copy, **by(cast, case, "liaison"))
    propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))


def test_a_copy_that_does_not_know_that_a_measure_ended_is_checked_again(cast: Cast) -> None:
    case = closable(cast)
    keys = cast.keys(case, "liaison")
    apart = MeasureImposed("Apart.", "Risk.", "None.")
    row = impose_measure(cast.db, case, keys, measure=apart, **by_pack(cast, case, "liaison"))
    copy = CheckedCopy(draft_audit_copy(cast.db, case, keys))
    keep_audit_copy(cast.db, case, keys, copy=copy, **by(cast, case, "liaison"))
    ending = MeasureEnding(row.id, "He has left.")
    end_measure(cast.db, case, keys, ending=ending, **by(cast, case, "liaison"))
    with pytest.raises(Refused, match="Something was added"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))


def test_the_triage_is_told_in_the_words_of_its_questions(cast: Cast) -> None:
    told = section(cast, cast.triaged(Route.OUT_OF_SCOPE), "Triage")
    assert "Is this within the scheme’s code? No. Nothing points to it." in told
    assert "Severity: Medium. It went on for months." in told
    assert told.endswith("Route: Out of scope. It fits the code.")


@pytest.mark.parametrize("answer", list(Answer))
def test_each_answer_severity_and_route_has_its_words(answer: Answer) -> None:
    for route, severity in zip_longest(Route, SEVERITIES, fillvalue=""):
        given = replace(a_triage(Route(route), answer), severity=severity or "low")
        told = document_in_words(DocumentKind.TRIAGE, given.to_json(), {})
        assert f"Route: {ROUTES[route]}. " in told
        assert f"Severity: {SEVERITIES[severity or 'low']}. " in told
        assert f"involved? {ANSWERS[answer]}. As the reporter said." in told


def test_a_form_with_a_field_more_is_told_all_the_same() -> None:
    terms = {"questions": "Who?", "standard": "clear", "due_on": "2026-12-04", "place": "Leeds"}
    assert document_in_words(DocumentKind.TERMS, json.dumps(terms), {}).split("\n") == [
        "Questions: Who?",
        "Standard of proof: Clear and convincing",
        "Report due: 4 December 2026",
    ]


def test_terms_report_and_findings_are_told_in_words(cast: Cast) -> None:
    case = steps.decided(cast, "removal")
    terms = section(cast, case, "Terms of reference")
    assert "Standard of proof: On the balance of probabilities" in terms
    assert f"Report due: {in_words(clock.now())}" in terms
    report = section(cast, case, "Report")
    assert "What was done to find evidence against: " in report
    assert "Allegation A: there is a case to answer. " in report
    assert "Removal from the scheme, Respondent A: " in section(cast, case, "Outcomes")


def test_a_referral_and_an_override_are_told_in_words() -> None:
    referral = ReferralMade("The borough", "Her name", "A child is at risk.", "She agreed.")
    assert left_in_words(as_json(referral)).split("\n") == [
        "Body: The borough",
        "What was shared: Her name",
        "Ground: A child is at risk.",
        "Consent: She agreed.",
    ]
    override = OverrideMade("All of it", "The police", BY_ORDER, "A risk.", None, "In haste.")
    assert left_in_words(as_json(override)).split("\n") == [
        "What was shared: All of it",
        "To whom: The police",
        "Ground: A court or the law orders it.",
        "Why that ground: A risk.",
        "Why they were not told: In haste.",
    ]


def test_the_grounds_of_an_appeal_are_told_with_what_was_made_of_them() -> None:
    claimed = [asdict(GroundGiven("New evidence", "A letter was found."))]
    answered = [asdict(GroundAnswered("New evidence", False, "It is not new."))]
    assert grounds_in_words(json.dumps(claimed)) == "New evidence: A letter was found."
    assert answers_in_words(json.dumps(answered)) == "New evidence: not accepted. It is not new."
    assert answers_in_words("") == ""


@pytest.mark.parametrize("text", ['{"questions": 1, "standard": 2, "due_on": 3}', "[]", '["x"]'])
def test_a_note_that_looks_like_a_form_is_told_as_it_was_written(cast: Cast, text: str) -> None:
    case = cast.triaged(Route.FORMAL)
    cast.let("liaison", case, add_note, text=text)
    assert section(cast, case, "Notes").endswith(text)
