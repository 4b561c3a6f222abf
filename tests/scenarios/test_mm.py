"""Mentor::Me: notes that are the mentee's, records within a month, and hours of development."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from conductdesk.cases.models import Case, Outcome, Party
from conductdesk.schemes.calendar import due, local_day
from conductdesk.schemes.pack import Span, Unit
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
)
from tests.scenarios.scheme import Scheme
from tests.web.case_pages import boxes, send
from tests.web.desk_visitor import words_of
from tests.web.visitor import Visitor

OFFICERS: Officers = {
    "staff": ("staff", "Perpetua Ashgrove"),
    "colleague": ("staff", "Lucasta Merriweather"),
    "director": ("director", "Hildebrand Overstrand"),
    "lead": ("safeguarding", "Osbert Fennimore"),
    "deputy": ("safeguarding", "Ottoline Harkaway"),
    "reviewer": ("reviewer", "Peregrine Stobart"),
    "outside": ("outside", "Ambrose Tattersall"),
}
TEAM = Team("staff", "reviewer", "director", "colleague")
MENTOR = ("Barnaby Thistlewood", "respondent", "none")
KEEPS_NOTES = ("Barnaby Thistlewood", "partner", "none")


@pytest.fixture
def mm(open_scheme: Callable[[str, Officers], Scheme]) -> Scheme:
    """Mentor::Me, with invented officers."""
    return open_scheme("mm", OFFICERS)


def outcome_of(mm: Scheme, case: Case) -> Outcome:
    """Return the only obligation of *case*."""
    mm.cast.db.rollback()
    mm.cast.db.expire_all()
    return mm.cast.db.scalars(select(Outcome).where(Outcome.case_id == case.id)).one()


def asked(mm: Scheme, kind: str, **said: Any) -> tuple[Case, str]:
    """Return a request that staff have answered, and the headings of what was asked."""
    told = mm.tell(kind, **said)
    case = mm.newest()
    mm.attest("colleague", case)
    mm.acknowledge("staff", case)
    return case, " ".join(told.asked)


def owner_id(mm: Scheme, case: Case) -> str:
    """Return the id of the only party, as the triage page offers it."""
    mm.cast.db.rollback()
    return str(mm.cast.db.scalars(select(Party.id).where(Party.case_id == case.id)).one())


def test_a_mentor_can_show_their_mentee_their_rights_and_the_procedure(mm: Scheme) -> None:
    visitor, pack = Visitor(mm.faces.public), mm.cast.pack
    mm.cast.db.rollback()
    said = words_of(visitor.get("/mm/rights"))
    for words in (*pack.wording.rights, "The staff of the scheme", "The safeguarding lead"):
        assert words in said
    for name in ("acknowledge", "notes", "records", "records_extension", "feedback"):
        assert str(pack.clocks[name]) in said
    picture = visitor.get("/mm/rights.svg")
    assert picture.mimetype == "image/svg+xml"
    assert "/mm/rights" in visitor.get("/mm/").text


def test_a_mentee_asks_for_the_notes_of_their_sessions_and_nobody_asks_why(mm: Scheme) -> None:
    case, headings = asked(mm, "notes", people=[KEEPS_NOTES])
    assert not any(words in headings for words in ("What happened", "Why", "worried about"))
    own = clock_of(mm, case, "notes")
    assert str(mm.cast.pack.clocks["notes"]) == "10 working days"
    assert own.due_at == due(case.received_at, mm.cast.pack.clocks["notes"], "ENG")
    assert "Notes handed over" in mm.see("staff", case)


def test_the_mentor_owes_the_notes_and_there_is_no_ground_to_refuse(mm: Scheme) -> None:
    case, _headings = asked(mm, "notes", people=[KEEPS_NOTES])
    assert "Out of scope" not in mm.see("staff", case, "triage")
    assert mm.attempt("staff", case, "triage", owner_id="", route="request").status_code == 422
    mm.triage("staff", case, "request", owner_id=owner_id(mm, case))
    mm.do("staff", case, "outcomes", "/beginning")
    shown = mm.see("staff", case, "outcomes")
    assert "Barnaby Thistlewood" in shown
    assert "Refuse" not in shown
    [notes] = ids_on(mm, "staff", case, "outcomes", "outcomes/ID/proof")
    refused = mm.attempt("staff", case, f"outcomes/{notes}/waiver")
    assert "There is no ground to refuse this" in words_of(refused)
    prove_all(mm, case, "staff")
    assert outcome_of(mm, case).state == "done"
    close(mm, case, "staff", "colleague", "request")


def test_notes_that_are_not_handed_over_in_time_are_overdue(mm: Scheme) -> None:
    case, _headings = asked(mm, "notes", people=[KEEPS_NOTES])
    mm.triage("staff", case, "request", owner_id=owner_id(mm, case))
    mm.do("staff", case, "outcomes", "/beginning")
    with in_days(mm, 20):
        assert "overdue" in mm.see("staff", case)
        assert "Notes handed over" in words_of(mm.desk("staff").get("/cases?clock=overdue"))


def test_a_records_request_has_one_calendar_month(mm: Scheme) -> None:
    case, _headings = asked(mm, "records")
    own = clock_of(mm, case, "records")
    assert str(mm.cast.pack.clocks["records"]) == "1 month"
    assert own.due_at == due(case.received_at, mm.cast.pack.clocks["records"], "ENG")


def test_records_take_two_months_longer_once_and_the_person_hears_why(mm: Scheme) -> None:
    told = mm.tell("records")
    case = mm.newest()
    records = owed(mm, case)
    month = clock_of(mm, case, "records").due_at
    latest = due(month, mm.cast.pack.clocks["records_extension"], "ENG")
    assert "It can take longer once" in mm.see("staff", case, f"outcomes/{records}/extension")
    too_late = boxes("until", local_day(latest) + timedelta(days=1))
    assert extend(mm, case, records, too_late).status_code == 422
    assert extend(mm, case, records, boxes("until", local_day(latest))).status_code == 303
    assert clock_of(mm, case, "records").due_at == latest
    assert "Nine boxes of paper." in words_of(mm.mailbox(told.receipt).get("/mm/messages"))
    assert "Take longer" not in mm.see("staff", case, "outcomes")


def test_records_are_refused_in_part_with_reasons_that_the_person_reads(mm: Scheme) -> None:
    told = mm.tell("records")
    case = mm.newest()
    records = owed(mm, case)
    page, sorry = f"outcomes/{records}/refusal", "One page is about somebody else."
    unsaid = mm.attempt("staff", case, page, whole="no", what="One page", reasons="", message=sorry)
    assert "Give the reasons" in words_of(unsaid)
    mm.do("staff", case, page, whole="no", what="One page", reasons=sorry, message=sorry)
    assert sorry in words_of(mm.mailbox(told.receipt).get("/mm/messages"))
    assert outcome_of(mm, case).state == "open"
    prove_all(mm, case, "staff")
    close(mm, case, "staff", "colleague", "request")


def test_a_complaint_about_personal_data_has_a_lane_and_thirty_days_of_its_own_dp_21(
    mm: Scheme,
) -> None:
    assert "choose that when you start to write" in words_of(_privacy(mm))
    told = mm.tell(
        "data_protection", people=[("Perpetua Ashgrove", "respondent", "none")], match="yes"
    )
    case = mm.newest()
    assert not any("danger" in heading for heading in told.asked)
    assert mm.seated(case) == {"handler": "director", "alternate": "outside"}
    assert mm.is_hidden("staff", case)
    own = clock_of(mm, case, "data_protection")
    assert own.due_at == due(case.received_at, Span(30, Unit.DAYS), "ENG")
    mm.acknowledge("director", case)
    assert clock_of(mm, case, "data_protection").met_at is not None
    assert "Information Commissioner’s Office" in mm.see("director", case, "triage")
    mm.triage("director", case, "request")
    mm.do("director", case, "outcomes", "/beginning")
    prove_all(mm, case, "director")
    mm.attest("outside", case)
    close(mm, case, "director", "outside", "request")
    assert "case.closed" in mm.events(case)


def _privacy(mm: Scheme) -> TestResponse:
    mm.cast.db.rollback()
    return Visitor(mm.faces.public).get("/mm/privacy")


def test_twelve_of_forty_hours_are_due_by_a_day_with_proof_for_each_entry(mm: Scheme) -> None:
    case, hours = cpd_ordered(mm)
    assert "12 of the 40 hours a year" in mm.see("staff", case, "outcomes")
    spend(mm, case, hours, "7.5", "A course on listening, with its certificate.")
    shown = mm.see("staff", case, "outcomes")
    assert "7.5 of 12 hours proven" in shown
    assert "A course on listening, with its certificate." in shown
    refused = mm.attempt("staff", case, f"outcomes/{hours}/proof")
    assert "7.5 of 12 hours are proven" in words_of(refused)
    nothing = mm.attempt("staff", case, f"outcomes/{hours}/hours", hours="2", what="")
    assert "Say what the hours were spent on" in words_of(nothing)
    spend(mm, case, hours, "4.5", "A session led by a supervisor.")
    mm.do("staff", case, f"outcomes/{hours}/proof")
    close(mm, case, "staff", "colleague", "upheld")


def test_hours_that_are_not_proven_in_time_are_shown_as_overdue(mm: Scheme) -> None:
    case, hours = cpd_ordered(mm)
    spend(mm, case, hours, "7.5", "A course on listening.")
    with in_days(mm, 400):
        assert "overdue" in mm.see("staff", case, "outcomes")
        caseload = words_of(mm.desk("staff").get("/cases?clock=overdue"))
        assert case.code_name in caseload


def owed(mm: Scheme, case: Case) -> str:
    """Let staff take a records request on, and return the id of what they owe."""
    mm.attest("colleague", case)
    mm.acknowledge("staff", case)
    mm.triage("staff", case, "request")
    mm.do("staff", case, "outcomes", "/beginning")
    return str(outcome_of(mm, case).id)


def extend(mm: Scheme, case: Case, records: str, until: dict[str, list[str]]) -> TestResponse:
    """Take longer over a records request, and say why."""
    page = f"/cases/{case.id}/outcomes/{records}/extension"
    why = {"reason": "Nine boxes of paper.", "message": "Nine boxes of paper."}
    return send(mm.desk("staff"), page, {**why, **until})


def cpd_ordered(mm: Scheme) -> tuple[Case, str]:
    """Return a case in which a mentor must spend 12 hours, and the id of that outcome."""
    mm.tell("concern", people=[MENTOR])
    case = mm.newest()
    mm.attest("colleague", case)
    mm.acknowledge("staff", case)
    mm.triage("staff", case, "formal")
    investigate(mm, case, TEAM, {MENTOR[0]: "15"})
    decide(mm, case, TEAM, result_A="upheld", kind_0="cpd", hours_0="12")
    return case, str(outcome_of(mm, case).id)


def spend(mm: Scheme, case: Case, outcome: str, hours: str, what: str) -> None:
    """Record some of the hours, spent today."""
    mm.do("staff", case, f"outcomes/{outcome}/hours", hours=hours, what=what)
