"""WCC: triads, a new pairing without a reason, an ending, advice, confidence and its one limit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from conductdesk.cases.models import Allegation, Case, Finding, Party
from tests.scenarios.conftest import Officers
from tests.scenarios.course import (
    Team,
    clock_of,
    close,
    decide,
    ids_on,
    in_days,
    investigate,
    prove_all,
    tell_everybody,
)
from tests.scenarios.scheme import Scheme
from tests.web.desk_visitor import words_of

OFFICERS: Officers = {
    "liaison": ("liaison", "Perpetua Ashgrove"),
    "chair": ("chair", "Hildebrand Overstrand"),
    "lead": ("safeguarding", "Lucasta Merriweather"),
    "deputy": ("safeguarding", "Osbert Fennimore"),
    "finder": ("committee", "Ottoline Harkaway"),
    "decider": ("committee", "Peregrine Stobart"),
    "outside": ("outside", "Ambrose Tattersall"),
}
TEAM = Team("liaison", "finder", "decider", "chair")
MENTOR = ("Barnaby Thistlewood", "respondent", "none")
OTHER = ("Clementine Quill", "respondent", "none")
PARTNERS = (("Barnaby Thistlewood", "partner", "none"), ("Clementine Quill", "partner", "none"))
WHY = ("What happened", "why", "worried about")


@pytest.fixture
def wcc(open_scheme: Callable[[str, Officers], Scheme]) -> Scheme:
    """The mentoring of WCC UK, with invented officers."""
    return open_scheme("wcc", OFFICERS)


def concern(wcc: Scheme, *people: tuple[str, str, str]) -> Case:
    """Return a concern that both have attested, and the liaison officer has answered."""
    wcc.tell("concern", people=people)
    case = wcc.newest()
    wcc.attest("chair", case)
    wcc.acknowledge("liaison", case)
    return case


def findings(wcc: Scheme, case: Case) -> dict[str, str]:
    """Return the finding on each respondent, by their pseudonyms."""
    wcc.cast.db.rollback()
    rows = wcc.cast.db.execute(
        select(Party.alias, Finding.result)
        .join(Allegation, Allegation.party_id == Party.id)
        .join(Finding, Finding.allegation_id == Allegation.id)
        .where(Party.case_id == case.id)
    )
    return {alias: result for alias, result in rows}  # noqa: C416 - a Row is no pair to mypy


def test_two_of_a_triad_answer_to_the_third_each_for_themselves(wcc: Scheme) -> None:
    case = concern(wcc, MENTOR, OTHER)
    assert wcc.parties(case) == ["Respondent A", "Respondent B"]
    wcc.triage("liaison", case, "formal")
    investigate(wcc, case, TEAM, {MENTOR[0]: "8", OTHER[0]: "8"})
    decide(wcc, case, TEAM, result_A="upheld", result_B="not_upheld", kind_0="apology")
    assert findings(wcc, case) == {"Respondent A": "upheld", "Respondent B": "not_upheld"}
    prove_all(wcc, case, "liaison")
    close(wcc, case, "liaison", "chair", "upheld")
    assert "closed" in wcc.see("chair", case, "closing").lower()


def test_a_new_pairing_is_asked_for_and_found_without_a_reason_or_a_fault(wcc: Scheme) -> None:
    told = wcc.tell("repairing", people=PARTNERS)
    assert not any(words in heading for heading in told.asked for words in WHY)
    case = wcc.newest()
    wcc.acknowledge("liaison", case)
    wcc.triage("liaison", case, "request")
    assert "Formal investigation" not in wcc.see("liaison", case, "steps")
    wcc.do("liaison", case, "outcomes", "/beginning")
    assert "We are doing what you asked" in words_of(wcc.mailbox(told.receipt).get("/wcc/messages"))
    prove_all(wcc, case, "liaison")
    own = clock_of(wcc, case, "repairing")
    assert own.met_at is not None
    assert own.met_at <= own.due_at
    wcc.attest("chair", case)
    close(wcc, case, "liaison", "chair", "no_breach")
    assert wcc.parties(case) == ["Partner A", "Partner B"]
    assert findings(wcc, case) == {}


def test_a_new_pairing_that_nobody_found_in_time_is_late_and_a_reason_is_never_asked(
    wcc: Scheme,
) -> None:
    wcc.tell("repairing", people=PARTNERS)
    case = wcc.newest()
    wcc.acknowledge("liaison", case)
    wcc.triage("liaison", case, "request")
    with in_days(wcc, 21):
        assert "overdue" in wcc.see("liaison", case).lower()


def test_an_ending_is_told_to_each_of_the_others_and_to_the_liaison_officer(wcc: Scheme) -> None:
    told = wcc.tell("ending", people=PARTNERS)
    assert not any(words in heading for heading in told.asked for words in WHY)
    case = wcc.newest()
    wcc.attest("chair", case)
    wcc.acknowledge("liaison", case)
    wcc.triage("liaison", case, "request")
    wcc.do("liaison", case, "outcomes", "/beginning")
    [ending] = ids_on(wcc, "liaison", case, "outcomes", "outcomes/ID/telling")
    too_soon = wcc.attempt("liaison", case, f"outcomes/{ending}/proof")
    assert "2 more of those who take part" in words_of(too_soon)
    assert tell_everybody(wcc, case, "liaison") == len(PARTNERS)
    shown = wcc.see("liaison", case, "outcomes")
    assert "By receiving it here." in shown
    for who in ("Mentoring Liaison Officer", "Barnaby Thistlewood", "Clementine Quill"):
        assert who in shown
    prove_all(wcc, case, "liaison")
    close(wcc, case, "liaison", "chair", "no_breach")
    assert findings(wcc, case) == {}


def test_a_mentor_asks_for_advice_and_the_mentee_is_never_stored(wcc: Scheme) -> None:
    told = wcc.tell("advice", account="My mentee seems to be overwhelmed. What can I do?")
    assert not any("Who" in heading for heading in told.asked)
    case = wcc.newest()
    wcc.acknowledge("liaison", case)
    assert "Whoever asks for advice names nobody" in wcc.see("liaison", case, "people")
    assert wcc.attempt("liaison", case, "people", "/reporter").status_code == 200
    wcc.triage("liaison", case, "advice")
    wcc.do("liaison", case, "messages", text="Point them to their own institution.")
    answer = words_of(wcc.mailbox(told.receipt).get("/wcc/messages"))
    assert "Point them to their own institution." in answer
    assert wcc.parties(case) == []
    page = wcc.desk("liaison").get(f"/cases/{case.id}/people")
    assert page.status_code == 200
    forged = {"name": "Dorothea Rooke", "part": "affected"}
    assert wcc.desk("liaison").post(f"/cases/{case.id}/parties", forged).status_code == 422
    assert wcc.parties(case) == []


def test_liaison_officer_and_chair_work_one_case_each_with_their_own_attestation(
    wcc: Scheme,
) -> None:
    wcc.tell("concern", people=[MENTOR])
    case = wcc.newest()
    assert wcc.seated(case) == {"handler": "liaison", "alternate": "chair"}
    wcc.attest("liaison", case)
    assert wcc.desk("chair").get(f"/cases/{case.id}/concern").status_code != 200
    assert "Something that this test invents." not in wcc.see("chair", case, "names")
    wcc.attest("chair", case)
    assert "Something that this test invents." in wcc.see("chair", case, "concern")
    wcc.do("liaison", case, "acknowledgement")
    wcc.triage("chair", case, "informal")
    for who in ("liaison", "chair"):
        wcc.do(who, case, "inquiry", "/notes", text=f"Noted by the {who}.")
    notes = wcc.see("chair", case, "inquiry")
    assert "Noted by the liaison." in notes
    assert "Noted by the chair." in notes
    assert wcc.events(case).count("no_conflict.attested") == 2


def test_a_mentor_who_broke_a_confidence_answers_to_that_as_the_allegation(wcc: Scheme) -> None:
    case = concern(wcc, MENTOR)
    wcc.triage("liaison", case, "formal")
    investigate(wcc, case, TEAM, {MENTOR[0]: "2"})
    assert "Confidence" in wcc.see("decider", case, "inquiry")
    decide(wcc, case, TEAM, result_A="upheld", kind_0="retraining", hours_0="6")
    assert findings(wcc, case) == {"Respondent A": "upheld"}
    assert "Retraining" in wcc.see("liaison", case, "outcomes")


def test_a_confidence_is_broken_under_clause_13_and_the_person_is_told_beforehand(
    wcc: Scheme,
) -> None:
    case = concern(wcc, MENTOR)
    page = wcc.see("liaison", case, "overrides")
    assert "Somebody’s safety is seriously at risk (clause 13)" in page
    wcc.do("liaison", case, "overrides", ground="safety", told="yes")
    assert wcc.events(case)[-1] == "override.recorded"
    assert "The person was told beforehand." in wcc.see("liaison", case, "history")
    assert "Told beforehand" in wcc.see("chair", case, "steps")


def test_where_the_person_is_not_told_beforehand_a_reason_is_wanted(wcc: Scheme) -> None:
    case = concern(wcc, MENTOR)
    sent = wcc.attempt("liaison", case, "overrides", ground="law", told="no", why_not_told="")
    assert sent.status_code == 422
    assert "Say why the person was not told beforehand." in words_of(sent)
