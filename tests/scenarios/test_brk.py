"""Brokerage: mentees under 18, mentors who report mentees, and what nobody may begin with a mentee."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from conductdesk import clock
from conductdesk.cases.models import Case
from conductdesk.notices.models import OutboxRow
from conductdesk.schemes.calendar import due
from tests.scenarios.brokerage import MENTEE, MENTOR, NOTHING_ELSE, OFFICERS
from tests.scenarios.conftest import Officers
from tests.scenarios.course import (
    Team,
    appoint,
    clock_of,
    close,
    decide,
    ids_on,
    investigate,
    prove_all,
    respondents_of,
)
from tests.scenarios.scheme import Scheme
from tests.web.desk_visitor import words_of

UNDER_18 = {"relationship": "no", "under_18_contact": "yes"}
RELATIONSHIP = {"relationship": "yes", "under_18_contact": "no"}
THROUGH_US = "Every contact goes through you"


@pytest.fixture
def brk(open_scheme: Callable[[str, Officers], Scheme]) -> Scheme:
    """The online mentoring of The Brokerage, with invented officers."""
    return open_scheme("brk", OFFICERS)


@pytest.fixture
def young(brk: Scheme) -> Case:
    """A concern of a mentee under 18 about their mentor, acknowledged."""
    brk.tell("concern", people=[MENTOR], own=UNDER_18, contact="01632 960077")
    case = brk.newest()
    brk.attest("protector", case)
    brk.acknowledge("manager", case)
    return case


def told_at_once(brk: Scheme, case: Case) -> set[str]:
    """Return who is sent mail about *case* without waiting, by their names in the cast."""
    brk.cast.db.rollback()
    rows = brk.cast.db.scalars(select(OutboxRow).where(OutboxRow.case_id == case.id))
    return {brk.cast.who(row.account_id) for row in rows if row.due_at <= clock.now()}


def test_the_child_protection_office_hears_of_a_mentee_under_18_at_once_and_in_parallel(
    brk: Scheme,
) -> None:
    told = brk.tell("concern", people=[MENTOR], own=UNDER_18)
    assert "The child-protection officer" in told.check
    case = brk.newest()
    assert brk.seated(case) == {
        "handler": "manager",
        "alternate": "deputy",
        "safeguarding": "protector",
    }
    assert {"manager", "protector"} <= told_at_once(brk, case)
    brk.attest("protector", case)
    assert "Are you under 18" in brk.see("protector", case, "concern")


def test_not_sure_about_the_age_counts_as_under_18(brk: Scheme) -> None:
    brk.tell("concern", people=[MENTOR], own={**UNDER_18, "under_18_contact": "not_sure"})
    assert brk.seated(brk.newest())["safeguarding"] == "protector"


def test_between_adults_the_child_protection_office_sees_nothing(brk: Scheme) -> None:
    brk.tell("concern", people=[MENTOR], own=NOTHING_ELSE)
    case = brk.newest()
    assert brk.is_hidden("protector", case)
    brk.attest("manager", case)
    assert THROUGH_US not in brk.see("manager", case, "acknowledgement")


def test_a_referral_is_due_one_working_day_after_triage(brk: Scheme, young: Case) -> None:
    brk.triage("manager", young, "formal", at_risk="yes")
    running = clock_of(brk, young, "referral")
    span = brk.cast.pack.clocks["referral"]
    assert str(span) == "1 working day"
    assert running.due_at == due(running.starts_at, span, "ENG")
    assert "Referral" in brk.see("protector", young)
    brk.do("protector", young, "referrals", agency="The local authority")
    brk.cast.db.expire_all()
    assert clock_of(brk, young, "referral").met_at is not None


def test_a_parent_or_guardian_is_a_party(brk: Scheme, young: Case) -> None:
    brk.do("manager", young, "people", "/parties", name="Florian Gadsby", part="guardian")
    assert brk.parties(young) == ["Guardian A", "Respondent A"]
    assert "Parent or guardian" in brk.see("manager", young, "people")


def test_a_guardian_who_is_added_later_brings_in_the_child_protection_office(brk: Scheme) -> None:
    brk.tell("concern", people=[MENTOR], own=NOTHING_ELSE)
    case = brk.newest()
    brk.acknowledge("manager", case)
    brk.triage("manager", case, "formal")
    assert brk.is_hidden("protector", case)
    brk.do("manager", case, "people", "/parties", name="Florian Gadsby", part="guardian")
    assert brk.seated(case)["safeguarding"] == "protector"
    assert clock_of(brk, case, "referral").met_at is None
    assert THROUGH_US in brk.see("manager", case, "messages")


def test_every_page_that_writes_a_letter_warns_that_contact_goes_through_the_officer(
    brk: Scheme, young: Case
) -> None:
    assert THROUGH_US in brk.see("manager", young, "messages")
    assert THROUGH_US in brk.see("manager", young, "closing/feedback")
    notice = _investigating(brk, young)
    assert THROUGH_US in brk.see("trustee", young, notice)
    assert THROUGH_US in brk.see("manager", young, "outcomes/letters")


def test_whoever_writes_to_the_mentor_has_no_way_to_reach_the_mentee(
    brk: Scheme, young: Case
) -> None:
    notice = _investigating(brk, young)
    for page in (notice, "inquiry", "evidence", "people", "concern", ""):
        assert "960077" not in brk.desk("trustee").get(f"/cases/{young.id}/{page}").text
    for page in ("people", "concern", "messages", "outcomes/letters"):
        assert "960077" not in brk.see("manager", young, page)
    shown = brk.attempt("manager", young, "people", "/reporter")
    assert "01632 960077" in words_of(shown)


def test_a_safeguarding_hold_keeps_the_mentor_from_being_told(brk: Scheme, young: Case) -> None:
    notice = _investigating(brk, young)
    brk.do("protector", young, "holds/safeguarding")
    assert "Safeguarding hold" in brk.see("manager", young)
    refused = brk.attempt("trustee", young, notice)
    assert refused.status_code == 422
    brk.do("protector", young, "holds/safeguarding/end", agency="The local authority")
    brk.do("trustee", young, notice)


def test_a_mentor_reports_a_mentee(brk: Scheme) -> None:
    brk.tell("concern", people=[MENTEE], own=NOTHING_ELSE, name="Barnaby Thistlewood")
    case = brk.newest()
    assert brk.seated(case)["handler"] == "manager"
    brk.acknowledge("manager", case)
    brk.triage("manager", case, "formal")
    party = respondents_of(brk, case, "manager")["Clementine Quill"]
    account = "She came late three times and swore at her mentor."
    terms = {"rows": "1", "party_0": party, "clause_0": "B1", "account_0": account}
    brk.do("manager", case, "terms", **terms)
    assert "Behaviour of mentees" in brk.see("manager", case, "inquiry")


def test_the_forbidden_relationship_goes_to_the_police_and_waits_for_them(brk: Scheme) -> None:
    brk.tell("concern", people=[MENTOR], own=RELATIONSHIP)
    case = brk.newest()
    assert brk.seated(case) == {
        "handler": "protector",
        "alternate": "second_protector",
        "safeguarding": "protector",
    }
    brk.acknowledge("protector", case)
    brk.triage("protector", case, "formal", at_risk="not_sure", crime="yes")
    brk.do("protector", case, "referrals", agency="The police")
    brk.do("protector", case, "holds/police")
    assert "Police pause" in brk.see("protector", case)
    notice = _investigating(brk, case, "protector", triaged=True)
    assert brk.attempt("trustee", case, notice).status_code == 422
    [referral] = ids_on(brk, "protector", case, "steps", "referrals/ID/answer")
    brk.do("protector", case, f"referrals/{referral}/answer")
    brk.do("protector", case, "holds/police/end", agency="The police")
    brk.do("trustee", case, notice)


def _investigating(
    brk: Scheme, case: Case, handler: str = "manager", *, triaged: bool = False
) -> str:
    """Open the investigation of a trustee, and return the page of the notice."""
    if not triaged:
        brk.triage(handler, case, "formal", at_risk="yes")
    party = next(iter(respondents_of(brk, case, handler).values()))
    terms = {"rows": "1", "party_0": party, "clause_0": "R2", "account_0": "Invented for this."}
    brk.do(handler, case, "terms", **terms)
    appoint(brk, case, handler, "investigator", "trustee")
    brk.do(handler, case, "inquiry", "/investigation")
    return f"respondents/{party}/notice"


def test_a_mentor_s_report_of_a_mentee_goes_its_whole_way_to_the_closed_case(brk: Scheme) -> None:
    brk.tell("concern", people=[MENTEE], own=NOTHING_ELSE)
    case, team = brk.newest(), Team("manager", "deputy", "director", "trustee")
    brk.acknowledge("manager", case)
    brk.triage("manager", case, "formal")
    appoint(brk, case, "manager", "second", "trustee")
    investigate(brk, case, team, {MENTEE[0]: "M1"})
    decide(brk, case, team, result_A="upheld", kind_0="apology")
    prove_all(brk, case, "manager")
    close(brk, case, "manager", "trustee", "upheld")
    assert brk.newest().state == "closed"
