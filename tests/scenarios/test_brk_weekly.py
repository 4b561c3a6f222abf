"""Brokerage: the weekly record, and small matters that are told before the mentor acts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from conductdesk.cases.models import Case
from conductdesk.notices.actions import open_link
from conductdesk.notices.models import OutboxRow
from tests.scenarios.brokerage import MENTEE, MENTOR, NOTHING_ELSE, OFFICERS
from tests.scenarios.conftest import Officers
from tests.scenarios.course import close
from tests.scenarios.scheme import Scheme
from tests.scenarios.telling import Told, go_on
from tests.web.desk_visitor import words_of
from tests.web.visitor import Visitor


@pytest.fixture
def brk(open_scheme: Callable[[str, Officers], Scheme]) -> Scheme:
    """The online mentoring of The Brokerage, with invented officers."""
    return open_scheme("brk", OFFICERS)


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
    assert "Filled in" in answered
    assert "She swore at me." not in answered  # a keeper may be kept away from what it became


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


def test_lateness_three_times_is_assessed_as_a_whole_each_time_it_comes(brk: Scheme) -> None:
    names = []
    for _time in range(2):
        case = kept_as_low_level(brk, as_a_whole="Twice may be the bus.")
        names.append(case.code_name)
    _told, third = a_small_matter(brk, "She was late for the third time.")
    brk.do("manager", third, "acknowledgement")
    shown = brk.see("manager", third, "triage")
    assert all(name in shown for name in names)
    alone = brk.attempt("manager", third, "triage", as_a_whole="", route="low_level")
    assert "Say what they show together" in words_of(alone)
    whole = "Three times in a month: she does not want to come, and nobody has asked her."
    brk.triage("manager", third, "informal", as_a_whole=whole)
    assert f"Together with {', '.join(names)}: {whole}" in brk.see("manager", third)


def test_a_low_level_record_about_somebody_else_is_not_counted(brk: Scheme) -> None:
    kept_as_low_level(brk)
    brk.tell("information", people=[MENTOR], own={"acted": "no", "plan": "I will ask him."})
    other = brk.newest()
    brk.acknowledge("manager", other)
    assert "Low-level records about the same person" not in brk.see("manager", other, "triage")


def kept_as_low_level(brk: Scheme, **chosen: str) -> Case:
    """Let the manager keep that the mentee was late, and close it as a low-level record."""
    _told, case = a_small_matter(brk, "She was late.")
    brk.do("manager", case, "acknowledgement")
    brk.triage("manager", case, "low_level", **chosen)
    brk.do("manager", case, "outcomes", "/beginning")
    close(brk, case, "manager", "deputy", "low_level")
    return case


def a_small_matter(brk: Scheme, account: str) -> tuple[Told, Case]:
    """Let the mentor tell of something small before they act; the manager attests."""
    own = {"acted": "no", "plan": "I will ask her why."}
    told = brk.tell("information", people=[MENTEE], own=own, account=account)
    case = brk.newest()
    brk.attest("deputy", case)
    brk.attest("manager", case)
    return told, case
