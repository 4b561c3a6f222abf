"""Brokerage: mentees under 18, mentors who report mentees, and what nobody may begin with a mentee."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from conductdesk import clock
from conductdesk.cases.models import Case
from conductdesk.notices.actions import open_link
from conductdesk.notices.models import OutboxRow
from conductdesk.schemes.calendar import due
from tests.scenarios.conftest import Officers
from tests.scenarios.course import appoint, clock_of, ids_on, respondents_of
from tests.scenarios.scheme import Scheme
from tests.scenarios.telling import Told, go_on
from tests.web.desk_visitor import words_of
from tests.web.visitor import Visitor

OFFICERS: Officers = {
    "manager": ("manager", "Perpetua Ashgrove"),
    "deputy": ("deputy", "Lucasta Merriweather"),
    "protector": ("child_protection", "Osbert Fennimore"),
    "second_protector": ("child_protection", "Ottoline Harkaway"),
    "director": ("director", "Hildebrand Overstrand"),
    "trustee": ("trustee", "Cordelia Wexcombe"),
    "outside": ("outside", "Ambrose Tattersall"),
}
MENTOR = ("Barnaby Thistlewood", "respondent", "none")
MENTEE = ("Clementine Quill", "respondent", "none")
NOTHING_ELSE = {"relationship": "no", "under_18_contact": "no"}
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


def test_the_weekly_record_needs_no_account_and_becomes_a_concern_with_nothing_asked_twice(
    brk: Scheme,
) -> None:
    register_a_pair(brk)
    path = ask_for_the_week(brk, "3")
    visitor = Visitor(brk.faces.public)
    place = fill_in(visitor, path, took_place="yes", how="She swore at me.", worry="worry")
    told = go_on(visitor, brk.cast.pack, place, "concern", own=NOTHING_ELSE, mode="named")
    for words in ("What happened", "When", "Who was involved", "Your name", "What is it about"):
        assert not any(words in heading for heading in told.asked), told.asked
    for words in ("She swore at me.", "Clementine Quill", "Barnaby Thistlewood", "week 3"):
        assert words in told.check
    case = brk.newest()
    assert (case.kind, case.route) == ("concern", None)
    assert brk.parties(case) == ["Respondent A"]
    answered = words_of(brk.desk("manager").get("/check-ins/brk"))
    assert "Something that worries them" in answered


def test_the_register_knows_that_the_mentee_is_under_18_though_the_mentor_does_not_say_so(
    brk: Scheme,
) -> None:
    register_a_pair(brk, age="under_18")
    path = ask_for_the_week(brk, "1")
    visitor = Visitor(brk.faces.public)
    place = fill_in(visitor, path, took_place="no", why_not="no_show", how="Late.", worry="small")
    go_on(visitor, brk.cast.pack, place, "information", own={"acted": "no", "plan": "I will ask."})
    case = brk.newest()
    assert case.kind == "information"
    assert brk.seated(case)["safeguarding"] == "protector"
    assert case.at_risk


def register_a_pair(brk: Scheme, age: str = "adult") -> None:
    """Let the programme manager put a mentor and a mentee into the register."""
    officer, home = brk.desk("manager"), "/participants/brk"
    officer.get(f"{home}/register")
    officer.post(f"{home}/register")
    mentor = {"name": "Barnaby Thistlewood", "role": "mentor", "email": "b@members.example"}
    officer.post(f"{home}/people", {**mentor, "ref": "M-1", "age": "adult"})
    mentee = {"name": "Clementine Quill", "role": "mentee", "ref": "M-2", "age": age}
    officer.post(f"{home}/people", mentee)
    pair = officer.post(f"{home}/groups", {"kind": "pairing", "members": "M-1\nM-2"})
    assert pair.status_code == 303, words_of(pair)


def ask_for_the_week(brk: Scheme, week: str) -> str:
    """Ask every mentor for the weekly record, from the register's page; return the link."""
    officer = brk.desk("manager")
    assert "/check-ins/brk" in officer.get("/participants/brk").text
    officer.get("/check-ins/brk")
    sent = officer.post("/check-ins/brk", {"which": "weekly", "week": week, "role": "mentor"})
    assert sent.headers["Location"].endswith("done=1")
    brk.cast.db.rollback()
    mails = brk.cast.db.scalars(select(OutboxRow).where(OutboxRow.notice == "check_in"))
    link = open_link(brk.cast.keystore, mails.all()[-1])
    brk.cast.db.rollback()
    return f"/{link}"


def fill_in(visitor: Visitor, path: str, **answers: str) -> str:
    """Open the link, fill in the form, and return where it leads."""
    visitor.get(path)
    visitor.post(path)
    visitor.get("/brk/weekly")
    return visitor.post("/brk/weekly", answers).headers["Location"]


def test_a_small_matter_is_brought_to_attention_before_the_mentor_acts(brk: Scheme) -> None:
    told, case = a_small_matter(brk, "She was twenty minutes late.")
    asked = " ".join(told.asked)
    assert "Have you spoken to the person about it already?" in asked
    assert asked.lower().count("what will you do") == 1
    assert brk.seated(case)["handler"] == "manager"
    shown = brk.see("manager", case, "concern")
    assert "I will ask her why." in shown
    brk.do("manager", case, "acknowledgement", text="Please talk to her, and tell us how it went.")
    read = words_of(brk.mailbox(told.receipt).get("/brk/messages"))
    assert "Please talk to her" in read


def a_small_matter(brk: Scheme, account: str) -> tuple[Told, Case]:
    """Let the mentor tell of something small before they act; the manager attests."""
    own = {"acted": "no", "plan": "I will ask her why."}
    told = brk.tell("information", people=[MENTEE], own=own, account=account)
    case = brk.newest()
    brk.attest("deputy", case)
    brk.attest("manager", case)
    return told, case
