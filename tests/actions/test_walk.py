"""The walk through a closed case: every line checked now, and nobody named."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy import delete, event, insert, update

from conductdesk import clock
from conductdesk.cases.actions.carrying_out import prove_outcome
from conductdesk.cases.actions.joining import join_case
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.acts import OutcomeProven
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Appointment, Case, CaseClock, Party
from conductdesk.db import Database
from conductdesk.review.faces.walk import Chapter, Walk, walk_through
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import close, closed
from tests.cast import Cast


def walk(cast: Cast, case: Case) -> Walk:
    shown = walk_through(cast.db, case, cast.keys(case, "auditor"), cast.pack)
    cast.db.rollback()
    return shown


def chapter(shown: Walk, title: str) -> Chapter:
    return next(one for one in shown.chapters if one.title == title)


def test_every_line_of_a_formal_case_verifies_and_none_names_a_party(
    cast: Cast, any_database: Database
) -> None:
    case = steps.carried(cast, "apology")
    proven = OutcomeProven(outcomes_of(cast.db, case)[0].id, "He said it to her.")
    cast.let("liaison", case, prove_outcome, proven=proven)
    assert case.appeal_until is not None
    with clock.at(case.appeal_until + timedelta(days=1)):
        close(cast, case)
    shown = walk(cast, case)
    assert shown.wrong == 0
    assert [one.title for one in shown.chapters if one.wrong] == []
    lines = [line for one in shown.chapters for line in one.lines]
    assert all(line.entries for line in lines)
    findings = chapter(shown, "Allegations, findings and reasons")
    assert findings.lines[0].what.startswith("Allegation A: Respondent A")
    assert {one.title for one in findings.copied} >= {"Allegations", "Findings"}
    assert any("Apology" in line.what for line in chapter(shown, "Outcomes and their proofs").lines)
    assert any(", handler" in line.by for line in chapter(shown, "Who did what").lines)
    keys = chapter(shown, "Keys given and taken back").lines
    assert any("to Euphemia Longbarrow. Reason: audit" in line.text for line in keys)
    said = repr(shown)
    assert "Thistlewood" not in said
    assert "Marigold" not in said


def test_a_missed_clock_says_by_how_much(cast: Cast) -> None:
    case = closed(cast)
    told = cast.db.query(CaseClock).filter_by(case_id=case.id, name="triage").one()
    told.due_at = (told.met_at or clock.now()) - timedelta(days=3)
    cast.db.flush()
    clocks = chapter(walk(cast, case), "Clocks kept and missed").lines
    late = next(line for line in clocks if line.what.startswith("Triage"))
    assert late.alert
    assert late.text.startswith("Missed: 3 days late.")
    assert late.problem is not None


def test_a_row_that_was_changed_taken_out_or_put_in_is_named(cast: Cast) -> None:
    case = closed(cast)
    seats = cast.db.query(Appointment).filter_by(case_id=case.id).all()
    party = cast.db.query(Party).filter_by(case_id=case.id).one()
    connection = cast.db.connection()
    connection.execute(update(Appointment).where(Appointment.id == seats[0].id).values(office="x"))
    connection.execute(
        delete(CaseClock).where(CaseClock.case_id == case.id, CaseClock.name == "triage")
    )
    values = {column.name: getattr(party, column.key) for column in Party.__table__.columns}
    connection.execute(insert(Party), {**values, "id": uuid4(), "alias": "Witness Z"})
    cast.db.expire_all()
    shown = walk(cast, case)
    problems = {
        line.what: line.problem or "" for line in chapter(shown, "What does not agree").lines
    }
    assert shown.wrong == len(problems) == 3
    assert "differs from entry" in problems["A row of the table appointment"]
    assert "is missing" in problems["A row of the table case_clock"]
    assert problems["A row of the table party"] == "no entry names this row"
    seat = next(one for one in chapter(shown, "Who was on the case").lines if one.problem)
    assert seat.problem == problems["A row of the table appointment"]


def test_a_row_that_another_case_changed_last_is_looked_up_there(
    cast: Cast, any_database: Database
) -> None:
    into, case = cast.triaged(), cast.triaged()
    cast.let("liaison", case, join_case, into=into, reason=Reason("One meeting."))
    for one in (into, case):
        assert walk(cast, one).wrong == 0


def test_a_long_case_asks_no_more_of_the_database_than_a_short_one(cast: Cast) -> None:
    case = closed(cast)
    short = asked_by(cast, case)
    for _time in range(20):
        keys = cast.keys(case, "liaison")
        record_quietly(cast.db, case, keys, actor=cast.viewer("liaison"), event="case.read")
    cast.db.commit()
    assert asked_by(cast, case) == short


def asked_by(cast: Cast, case: Case) -> int:
    asked: list[str] = []
    engine = cast.db.get_bind()

    def note(_c: object, _u: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        walk(cast, case)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(asked)
