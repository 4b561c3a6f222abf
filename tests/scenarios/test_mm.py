"""Mentor::Me: notes that are the mentee's, records within a month, and hours of development."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from conductdesk.cases.models import Case, Outcome, Party
from conductdesk.schemes.calendar import due
from tests.scenarios.conftest import Officers
from tests.scenarios.course import clock_of, close, ids_on, in_days, prove_all
from tests.scenarios.scheme import Scheme
from tests.web.desk_visitor import words_of

OFFICERS: Officers = {
    "staff": ("staff", "Perpetua Ashgrove"),
    "colleague": ("staff", "Lucasta Merriweather"),
    "director": ("director", "Hildebrand Overstrand"),
    "lead": ("safeguarding", "Osbert Fennimore"),
    "deputy": ("safeguarding", "Ottoline Harkaway"),
    "reviewer": ("reviewer", "Peregrine Stobart"),
    "outside": ("outside", "Ambrose Tattersall"),
}
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
