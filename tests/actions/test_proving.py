"""How one can see that an outcome was done: by whom, in how many hours, or by its end (HD-01)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conductdesk import clock
from conductdesk.cases.actions.carrying_out import begin_carrying_out, prove_outcome
from conductdesk.cases.actions.proving import minutes_proven, record_hours
from conductdesk.cases.acts import Decision, HoursSpent, OutcomeOrdered, OutcomeProven
from conductdesk.cases.days import hours_in_words, today
from conductdesk.cases.faces.letters import letters_of
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.jobs import end_what_is_over
from conductdesk.cases.models import Case, HoursProven, Outcome
from conductdesk.db import Database
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due
from conductdesk.schemes.pack import Span, Unit
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import clock_of, let_worker, pub_of, types_of, verified
from tests.cast import Cast
from tests.changed_packs import outcome, put_in_force

SIX_MONTHS = Span(6, Unit.MONTHS)


@pytest.fixture(autouse=True)
def outcomes_of_every_sort(cast: Cast) -> None:
    put_in_force(
        cast,
        outcome("cpd", hours=True, of_hours=40, proof_by="owner"),
        outcome("supervision", length="6 months", proof_by="second"),
        outcome("suspension", length="6 months", waits_for_appeal=True),
        outcome("shown", proof_by="owner"),
        outcome("witnessed", proof_by="second"),
    )


def decided_on(cast: Cast, kind: str, hours: int | None = None) -> Case:
    """Return a case with one outcome of *kind*, which both sides know."""
    case = steps.reported(cast)
    due_on = today() + timedelta(days=30)
    ordered = OutcomeOrdered(
        kind, "As the letter says.", "Barnaby", due_on, steps.party(cast.db, case), hours
    )
    steps.give(cast, case, Decision(steps.findings(cast.db, case), (ordered,)))
    return case


def carried(cast: Cast, kind: str, hours: int | None = None) -> tuple[Case, Outcome]:
    """Return a case in which one outcome of *kind* is carried out."""
    case = decided_on(cast, kind, hours)
    steps.tell(cast, case)
    cast.let("liaison", case, begin_carrying_out)
    return case, outcomes_of(cast.db, case)[0]


def prove(cast: Cast, case: Case, who: str = "liaison", **said: Any) -> None:
    proven = OutcomeProven(outcomes_of(cast.db, case)[0].id, "The certificate is here.", **said)
    cast.let(who, case, prove_outcome, proven=proven)


def spend(cast: Cast, case: Case, minutes: int, what: str = "A course") -> None:
    spent = HoursSpent(outcomes_of(cast.db, case)[0].id, today(), minutes, what)
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    record_hours(cast.db, case, keys, actor=actor, spent=spent)
    cast.db.commit()


def test_hours_are_proven_entry_by_entry_until_all_are(cast: Cast) -> None:
    case, row = carried(cast, "cpd", hours=12)
    spend(cast, case, 450, "A course on boundaries, certificate seen")
    assert pub_of(cast, case, "hours.proven") == {"minutes": 450, "of": 720}
    with pytest.raises(Refused, match=r"7.5 of 12 hours are proven"):
        prove(cast, case, shown_on=today())
    cast.db.rollback()
    spend(cast, case, 270)
    assert minutes_proven(cast.db, row) == 720
    prove(cast, case, shown_on=today())
    assert row.state == "done"
    entries = cast.db.query(HoursProven).filter_by(outcome_id=row.id).all()
    opened = {cast.keys(case, "liaison").open(HoursProven.what, entry) for entry in entries}
    assert opened == {"A course on boundaries, certificate seen", "A course"}
    assert types_of(cast, case).count("hours.proven") == 2


def test_hours_in_words_are_short() -> None:
    assert [hours_in_words(minutes) for minutes in (420, 450, 15, 0)] == ["7", "7.5", "0.25", "0"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"minutes": 0}, "how many hours"),
        ({"minutes": 60 * 1001}, "how many hours"),
        ({"what": " "}, "what the hours were spent on"),
        ({"days": 1}, "has not come yet"),
        ({"days": -1}, "after the decision"),
    ],
)
def test_an_entry_of_hours_that_proves_nothing_is_refused(
    cast: Cast, change: dict[str, Any], sentence: str
) -> None:
    case, row = carried(cast, "cpd", hours=12)
    day = today() + timedelta(days=change.pop("days", 0))
    said = {"done_on": day, "minutes": 60, "what": "A course", **change}
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    with pytest.raises(Refused, match=sentence):
        record_hours(cast.db, case, keys, actor=actor, spent=HoursSpent(row.id, **said))


def test_what_is_not_counted_in_hours_takes_none(cast: Cast) -> None:
    case, _row = carried(cast, "shown")
    with pytest.raises(Refused, match="not counted in hours"):
        spend(cast, case, 60)


def test_no_more_hours_are_ordered_than_the_code_asks_for_in_a_year(cast: Cast) -> None:
    with pytest.raises(Refused, match="Give 40 hours or less"):
        decided_on(cast, "cpd", hours=41)


def test_what_the_owner_shows_needs_the_day_on_which_they_did(cast: Cast) -> None:
    case, row = carried(cast, "shown")
    with pytest.raises(Refused, match="Give the day on which"):
        prove(cast, case)
    cast.db.rollback()
    with pytest.raises(Refused, match="has not come yet"):
        prove(cast, case, shown_on=today() + timedelta(days=1))
    cast.db.rollback()
    prove(cast, case, shown_on=today())
    proof = cast.keys(case, "liaison").open(Outcome.proof, row)
    assert proof.startswith("Shown by whoever must do it, on ")


def test_what_a_second_person_shows_is_not_recorded_by_the_handler(cast: Cast) -> None:
    case, row = carried(cast, "witnessed")
    with pytest.raises(Refused, match="Somebody else than the handler"):
        prove(cast, case)
    cast.db.rollback()
    with pytest.raises(Refused, match="Only a second person"):
        prove(cast, case, "investigator")
    cast.db.rollback()
    prove(cast, case, "chair")
    assert (row.state, row.ended_by) == ("done", cast["chair"].id)


def test_what_lasts_for_a_time_ends_by_itself_and_not_before(
    cast: Cast, any_database: Database
) -> None:
    case, row = carried(cast, "supervision")
    assert row.due_at == due(case.decided_at or clock.now(), SIX_MONTHS, "ENG")
    with pytest.raises(Refused, match="ends by itself"):
        prove(cast, case, "chair")
    cast.db.rollback()
    let_worker(cast, end_what_is_over, any_database, cast.keystore)
    assert row.state == "open"
    with clock.at(row.due_at + timedelta(hours=1)):
        let_worker(cast, end_what_is_over, any_database, cast.keystore)
        assert row.state == "done"
        assert clock_of(cast, case, "outcome").met_at is not None
        assert pub_of(cast, case, "outcome.ended") == {"ended": 1, "open": 0}
        assert "ended by itself" in cast.keys(case, "liaison").open(Outcome.proof, row)
        let_worker(cast, end_what_is_over, any_database, cast.keystore)
        assert types_of(cast, case).count("outcome.ended") == 1
        assert verified(cast).problem is None


def test_what_waits_for_an_appeal_lasts_as_long_and_begins_later(cast: Cast) -> None:
    case = decided_on(cast, "suspension")
    steps.tell(cast, case)
    row = outcomes_of(cast.db, case)[0]
    assert case.appeal_until is not None
    assert row.effective_from == case.appeal_until
    assert row.due_at == due(case.appeal_until, SIX_MONTHS, "ENG")


def test_the_letter_says_until_when_something_lasts(cast: Cast) -> None:
    case = decided_on(cast, "supervision")
    letter = letters_of(cast.db, case, cast.keys(case, "liaison"), cast.pack, "")[0].text
    assert "Until " in letter


def test_what_a_request_comes_to_is_ordered_by_no_decision(cast: Cast) -> None:
    with pytest.raises(Refused, match="Choose an outcome from the list"):
        decided_on(cast, "request")
