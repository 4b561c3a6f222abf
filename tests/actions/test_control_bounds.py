"""What the control tests leave out, what stops them, and how many statements they take."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import LogEntry
from conductdesk.cases.models import (
    Appointment,
    Case,
    CaseClock,
)
from conductdesk.db import Database
from conductdesk.people.actions.offices import end_auditor
from conductdesk.people.models import AuditorAppointment
from conductdesk.refusal import Refused
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.controls.trying import try_all, try_one
from conductdesk.review.queries.lines import lines_of_population
from tests.actions.audit_rows import lift_triggers
from tests.actions.closing_steps import closed
from tests.actions.control_steps import DAY, WCC, change, found, tried
from tests.cast import Cast, add_bare_case, note_looked


def test_a_case_that_an_auditor_may_not_know_of_is_in_no_result(cast: Cast) -> None:
    advised = closed(cast)
    change(cast, Case, Case.id == advised.id, retention_class=None)
    assert len(found(cast, "retention")) == 1
    seat = {"case_id": advised.id, "account_id": cast["auditor"].id, "since": clock.now()}
    cast.db.add(Appointment(capacity="second", office="x", until=clock.now(), **seat))
    for result in try_all(cast.db, cast.viewer("auditor"), WCC).values():
        assert (result.tested, result.not_applicable) == (0, 0)
    stranger = replace(cast.viewer("auditor"), audits=frozenset())
    assert try_one(cast.db, stranger, WCC, CONTROLS["exports"]).tested == 0
    cast.db.rollback()


def test_an_entry_that_cannot_be_read_is_said_in_a_sentence(
    cast: Cast,
) -> None:
    case = closed(cast)
    lift_triggers(cast.db)
    of_case = LogEntry.case_ref == case.pseudonym
    change(cast, LogEntry, of_case, LogEntry.idx > 5, entry=b"nothing that is an entry " * 9)
    with pytest.raises(Refused, match="Check the whole log"):
        tried(cast, "keys")


def test_an_auditor_whose_appointment_ended_still_holds_the_key_and_is_found(cast: Cast) -> None:
    closed(cast)
    appointed = cast.db.scalars(select(AuditorAppointment)).one()
    viewer = cast.viewer("auditor")
    end_auditor(cast.db, appointed, actor="system")
    cast.db.flush()
    result = try_one(cast.db, viewer, WCC, CONTROLS["leavers"])
    assert [one.fault.who for one in result.exceptions] == [viewer.pseudonym]
    cast.db.rollback()


@contextmanager
def counting(db: Session) -> Iterator[list[str]]:
    """Collect the statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    bind = db.get_bind()
    event.listen(bind, "before_cursor_execute", note)
    yield sent
    event.remove(bind, "before_cursor_execute", note)


def test_a_hundred_cases_take_as_many_statements_as_two(cast: Cast) -> None:
    viewer, moment, counts = cast.viewer("auditor"), datetime(2026, 3, 1, tzinfo=UTC), []
    for more in (2, 98):
        for _ in range(more):
            note_looked(cast.db, add_bare_case(cast.db, "wcc", "closed", moment))
        with counting(cast.db) as sent:
            results = try_all(cast.db, viewer, WCC)
        counts.append(len(sent))
    assert results["retention"].failed == 100
    assert counts[0] == counts[1] < 30
    cast.db.rollback()


def test_every_mark_and_every_control_is_asked_on_both_engines(
    cast: Cast, any_database: Database
) -> None:
    case = closed(cast)
    viewer, moment = cast.viewer("auditor"), datetime(2026, 3, 1, tzinfo=UTC)
    lines = lines_of_population(cast.db, viewer, WCC)
    assert [line.marks for line in lines] == [()]
    change(cast, CaseClock, CaseClock.case_id == case.id, met_at=clock.now() + 400 * DAY)
    change(cast, Case, Case.id == case.id, at_risk=True, reopened_at=moment)
    [line] = lines_of_population(cast.db, viewer, WCC)
    assert line.marks == ("safeguarding", "reopened", "late")
    results = try_all(cast.db, viewer, WCC)
    assert {key for key, result in results.items() if result.failed} >= {"referral", "feedback"}
    assert results["keys"].passed == 1
    cast.db.rollback()
