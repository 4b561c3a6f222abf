"""Decisions: by somebody else, on every allegation, with what follows, told to both on one day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.deciding import tell_both_sides
from conductdesk.cases.actions.holding import begin_hold
from conductdesk.cases.acts import Decision, OutcomeOrdered
from conductdesk.cases.clocks import running_clocks
from conductdesk.cases.closing_acts import Hold, HoldBegun
from conductdesk.cases.days import end_of, today
from conductdesk.cases.inquiry import findings_of, outcomes_of, papers_of
from conductdesk.cases.models import Appointment, Case, Finding, Message
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused, Stale
from conductdesk.schemes.calendar import due, local_day
from tests.actions import inquiry_steps as steps
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def whole(db: Session, case: Case, result: str = "upheld") -> Decision:
    outcomes = (steps.ordered(db, case, "warning"),) if result == "upheld" else ()
    return Decision(steps.findings(db, case, result), outcomes)


def test_a_decision_leaves_findings_obligations_and_one_entry(db: Session, cast: Cast) -> None:
    case = steps.reported(cast)
    before = steps.count_entries(cast, case)
    retraining = steps.ordered(db, case, "retraining", hours=6)
    steps.give(cast, case, Decision(steps.findings(db, case), (retraining,)))
    assert case.state == "decided"
    assert steps.count_entries(cast, case) == before + 1
    finding = findings_of(db, case)[0]
    assert cast.keys(case, "liaison").open(Finding.reasons, finding) == "Two people say so."
    outcome = outcomes_of(db, case)[0]
    assert (outcome.kind, outcome.hours, outcome.state) == ("retraining", 6, "open")
    assert outcome.due_at == end_of(retraining.due_on)
    assert {"letters", "outcome"} <= {one.name for one in running_clocks(db, case)}
    type_, pub, _detail = steps.newest(cast, case)
    assert type_ == "case.decided"
    assert pub == {
        "from": "reported",
        "to": "decided",
        "findings": ["A:upheld"],
        "outcomes": 1,
    }


def test_only_the_decision_maker_decides(db: Session, cast: Cast) -> None:
    case = steps.reported(cast)
    for who in ("liaison", "investigator", "appeal_body", "outsider"):
        with pytest.raises(Refused, match="Only the decision maker"):
            steps.give(cast, case, whole(db, case), who)


def test_who_once_investigated_cannot_decide_even_from_another_seat(
    db: Session, cast: Cast
) -> None:
    case = steps.reported(cast)
    seats = db.scalars(select(Appointment).where(Appointment.case_id == case.id)).all()
    by_capacity = {seat.capacity: seat for seat in seats}
    by_capacity[Capacity.DECISION_MAKER].until = clock.now()
    by_capacity[Capacity.INVESTIGATOR].until = clock.now()
    db.add(
        Appointment(
            case_id=case.id,
            account_id=cast["investigator"].id,
            capacity=Capacity.DECISION_MAKER,
            office="committee",
            since=clock.now(),
            attested_at=clock.now(),
        )
    )
    db.flush()
    with pytest.raises(Refused, match="must be different people"):
        steps.give(cast, case, whole(db, case), "investigator")


def test_a_decision_needs_a_locked_report(db: Session, cast: Cast) -> None:
    case = steps.heard(cast)
    with pytest.raises(Refused, match="not possible now"):
        steps.give(cast, case, whole(db, case))


def test_the_second_of_two_deciders_is_told_that_somebody_was_first(
    db: Session, cast: Cast
) -> None:
    case = steps.reported(cast)
    steps.give(cast, case, whole(db, case))
    case.version += 1
    with pytest.raises(Stale):
        cast.let(
            "liaison",
            case,
            tell_both_sides,
            seen_version=case.version - 1,
            told=steps.what_is_told(db, case),
        )


Changed = Callable[[Decision], Decision]


def finding_with(**changes: str) -> Changed:
    return lambda given: replace(
        given,
        findings=(replace(given.findings[0], **changes), *given.findings[1:]),  # type: ignore[arg-type]  # each test names real fields
    )


def outcome_with(**changes: object) -> Changed:
    return lambda given: replace(
        given,
        outcomes=(replace(given.outcomes[0], **changes),),  # type: ignore[arg-type]  # each test names real fields
    )


BAD_DECISIONS: dict[str, tuple[Changed, str]] = {
    "no finding": (lambda given: replace(given, findings=()), "for every allegation"),
    "two findings on one allegation": (
        lambda given: replace(given, findings=given.findings * 2),
        "for every allegation",
    ),
    "an invented result": (finding_with(result="guilty"), "Choose a finding"),
    "no standard": (finding_with(standard=""), "standard of proof"),
    "no reasons": (finding_with(reasons="  "), "Give reasons"),
    "nothing follows": (lambda given: replace(given, outcomes=()), "Say what follows"),
    "an outcome that the scheme does not know": (outcome_with(kind="fine"), "from the list"),
    "an outcome that nobody owns": (outcome_with(owner=" "), "who must do it"),
    "an outcome without words": (outcome_with(what=""), "what must be done"),
    "an outcome due in the past": (
        outcome_with(due_on=today() - timedelta(days=1)),
        "This day is over",
    ),
    "retraining without hours": (outcome_with(kind="retraining"), "how many hours"),
    "hours of a warning": (outcome_with(hours=3), "not counted in hours"),
    "a warning to nobody": (outcome_with(party_id=None), "weighs on a respondent"),
}


@pytest.mark.parametrize(("change", "sentence"), BAD_DECISIONS.values(), ids=BAD_DECISIONS.keys())
def test_a_decision_with_a_gap_is_refused_and_leaves_the_case_where_it_was(
    db: Session, cast: Cast, change: Changed, sentence: str
) -> None:
    case = steps.reported(cast)
    with pytest.raises(Refused, match=sentence):
        steps.give(cast, case, change(whole(db, case)))
    db.rollback()
    assert case.state == "reported"
    assert not findings_of(db, case)


@pytest.mark.parametrize("result", ["not_upheld", "not_determined"])
@pytest.mark.parametrize("kind", ["warning", "removal"])
def test_nothing_weighs_on_a_respondent_against_whom_nothing_was_found(
    db: Session, cast: Cast, result: str, kind: str
) -> None:
    case = steps.reported(cast)
    decision = Decision(steps.findings(db, case, result), (steps.ordered(db, case, kind),))
    with pytest.raises(Refused, match="must be upheld against them"):
        steps.give(cast, case, decision)


def test_what_was_found_against_one_does_not_weigh_on_another(db: Session, cast: Cast) -> None:
    case = steps.reported(cast, ("Respondent A", "Respondent B"))
    first, second = steps.findings(db, case)
    warning = replace(
        steps.ordered(db, case, "warning"), party_id=steps.party(db, case, "Respondent B")
    )
    with pytest.raises(Refused, match="must be upheld against them"):
        steps.give(cast, case, Decision((first, replace(second, result="not_upheld")), (warning,)))
    db.rollback()
    partly = replace(second, result="partly_upheld")
    steps.give(cast, case, Decision((first, partly), (warning,)))
    assert steps.newest(cast, case)[1]["findings"] == ["A:upheld", "B:partly_upheld"]


def test_a_case_in_which_nothing_was_found_needs_no_outcome(db: Session, cast: Cast) -> None:
    case = steps.reported(cast)
    steps.give(cast, case, whole(db, case, "not_upheld"))
    assert case.state == "decided"


def test_no_further_action_asks_nothing_of_anybody(db: Session, cast: Cast) -> None:
    case = steps.decided(cast, "no_action")
    assert outcomes_of(db, case)[0].state == "done"
    assert "outcome" not in {one.name for one in running_clocks(db, case)}


def test_both_sides_are_told_on_the_same_day_and_the_time_to_appeal_begins(
    db: Session, cast: Cast
) -> None:
    case = steps.decided(cast)
    steps.tell(cast, case)
    letter = papers_of(db, case)[-1]
    message = db.scalars(
        select(Message).where(Message.case_id == case.id, Message.kind == "feedback")
    ).one()
    assert letter.kind == "letter"
    assert local_day(letter.dated) == local_day(message.sent_at) == today()
    assert "something was done" in cast.reporter_keys(case).open(Message.body, message)
    assert case.appeal_until == due(clock.now(), cast.pack.appeal.lodge, "ENG")
    names = {one.name for one in running_clocks(db, case)}
    assert "appeal" in names
    assert not {"letters", "feedback"} & names
    type_, pub, detail = steps.newest(cast, case)
    assert type_ == "sides.told"
    assert pub == {"letters": 1, "appeal_until": local_day(case.appeal_until).isoformat()}
    assert list(detail["letters"]) == ["Respondent A"]  # type: ignore[call-overload]  # a mapping


def test_removal_waits_for_the_end_of_the_time_to_appeal_and_is_due_no_sooner(
    db: Session, cast: Cast
) -> None:
    case = steps.decided(cast, "removal", "apology")
    assert all(one.effective_from is None for one in outcomes_of(db, case))
    steps.tell(cast, case)
    by_kind = {one.kind: one for one in outcomes_of(db, case)}
    assert by_kind["removal"].effective_from == case.appeal_until
    assert by_kind["removal"].due_at == case.appeal_until
    assert by_kind["apology"].effective_from is None
    dues = sorted(one.due_at for one in running_clocks(db, case) if one.name == "outcome")
    assert dues == sorted(one.due_at for one in outcomes_of(db, case))


def test_every_respondent_gets_a_letter_and_the_reporter_words_of_their_own(
    db: Session, cast: Cast
) -> None:
    case = steps.decided(cast)
    told = steps.what_is_told(db, case)
    for incomplete, sentence in (
        (replace(told, letters=()), "one letter to each respondent"),
        (replace(told, letters=told.letters * 2), "one letter to each respondent"),
        (replace(told, letters=(replace(told.letters[0], text=" "),)), "as it was sent"),
        (replace(told, feedback=" "), "Write a message"),
    ):
        with pytest.raises(Refused, match=sentence):
            cast.let("liaison", case, tell_both_sides, told=incomplete)
        db.rollback()


def test_both_sides_are_told_once(cast: Cast) -> None:
    case = steps.told(cast)
    with pytest.raises(Refused, match="told already"):
        steps.tell(cast, case)


def test_an_outcome_may_concern_nobody_in_particular(db: Session, cast: Cast) -> None:
    case = steps.reported(cast)
    general = OutcomeOrdered("advice", "Explain the code anew.", "The liaison officer", today())
    steps.give(cast, case, Decision(steps.findings(db, case), (general,)))
    assert outcomes_of(db, case)[0].party_id is None


def test_nobody_is_told_of_the_decision_while_the_case_is_on_hold_sg_10(cast: Cast) -> None:
    case = steps.decided(cast)
    hold = HoldBegun(Hold.SAFEGUARDING, "The agencies asked us to wait.")
    cast.let("liaison", case, begin_hold, hold=hold)
    with pytest.raises(Refused, match="on hold"):
        steps.tell(cast, case)
