"""Moves that a scheme makes stricter: a reason, a second person, an office (DOMAIN 3, kernel)."""

from __future__ import annotations

from typing import Any

import pytest

from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.investigating import open_investigation
from conductdesk.cases.actions.preparing import agree_step, steps_to_prepare, write_reason
from conductdesk.cases.actions.proposing import refuse_proposal
from conductdesk.cases.actions.reopening import reopen_case, was_involved
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.faces.reasons import STEPS
from conductdesk.cases.models import Case, Proposal
from conductdesk.cases.needs import Route
from conductdesk.cases.stricter import UnpreparedError
from conductdesk.cases.workflow import Move
from conductdesk.notices.models import OutboxRow
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import bring_in, by_pack, closed, pub_of, types_of
from tests.cast import Cast
from tests.changed_packs import put_in_force, stricter

WHY = Reason("It went on for months, and a talk was not enough.")


def write(cast: Cast, case: Case, which: Move, who: str = "liaison") -> Proposal:
    written: Proposal = cast.let(who, case, write_reason, which=which, reason=WHY)
    return written


def triaged(cast: Cast, *asked: tuple[str, dict[str, Any]]) -> Case:
    """Return a case that waits to be carried out, where these moves are stricter."""
    put_in_force(cast, *(stricter(move, **said) for move, said in asked))
    return cast.triaged(Route.ADVICE)


def test_a_step_waits_for_its_reason_and_the_sentence_leads_to_it(cast: Cast) -> None:
    case = triaged(cast, ("carry_out", {"reason": True}))
    with pytest.raises(UnpreparedError, match="asks for a written reason") as refused:
        cast.let("liaison", case, begin_carrying_out)
    assert refused.value.page == "cases.reasons"
    cast.db.rollback()
    assert steps_to_prepare(cast.db, case, cast.pack) == (Move.CARRY_OUT,)
    written = write(cast, case, Move.CARRY_OUT)
    assert steps_to_prepare(cast.db, case, cast.pack) == ()
    assert written.settled_at is not None
    cast.let("liaison", case, begin_carrying_out)
    assert case.state == "carrying_out"
    assert written.used_at is not None
    assert pub_of(cast, case, "step.prepared") == {"step": "carry_out"}
    assert cast.keys(case, "chair").open(Proposal.reason, written) == WHY.words


def test_nobody_is_asked_to_agree_to_a_reason_alone(cast: Cast) -> None:
    case = triaged(cast, ("carry_out", {"reason": True}))
    before = cast.db.query(OutboxRow).count()
    written = write(cast, case, Move.CARRY_OUT)
    assert cast.db.query(OutboxRow).count() == before
    with pytest.raises(Refused, match="answered that proposal already"):
        cast.let("chair", case, agree_step, proposal_id=written.id)


def test_a_second_person_agrees_before_the_step(cast: Cast) -> None:
    case = triaged(cast, ("carry_out", {"second": True}))
    written = write(cast, case, Move.CARRY_OUT)
    with pytest.raises(UnpreparedError, match="a second person must agree"):
        cast.let("liaison", case, begin_carrying_out)
    cast.db.rollback()
    with pytest.raises(Refused, match="cannot agree to your own"):
        cast.let("liaison", case, agree_step, proposal_id=written.id)
    cast.db.rollback()
    cast.let("chair", case, agree_step, proposal_id=written.id)
    cast.let("liaison", case, begin_carrying_out)
    assert [one for one in types_of(cast, case) if one.startswith("step.")] == [
        "step.prepared",
        "step.agreed",
    ]


def test_what_a_second_person_does_not_agree_to_is_written_anew(cast: Cast) -> None:
    case = triaged(cast, ("carry_out", {"second": True}))
    written = write(cast, case, Move.CARRY_OUT)
    cast.let("chair", case, refuse_proposal, proposal_id=written.id, reason=Reason("Too early."))
    with pytest.raises(UnpreparedError, match="a second person must agree"):
        cast.let("liaison", case, begin_carrying_out)
    cast.db.rollback()
    assert steps_to_prepare(cast.db, case, cast.pack) == (Move.CARRY_OUT,)
    anew = write(cast, case, Move.CARRY_OUT)
    cast.let("chair", case, agree_step, proposal_id=anew.id)
    cast.let("liaison", case, begin_carrying_out)


@pytest.mark.parametrize("which", [Move.CLOSE, Move.INVESTIGATE])
def test_no_reason_is_taken_for_a_step_that_asks_for_none_or_is_not_possible(
    cast: Cast, which: Move
) -> None:
    case = triaged(cast, ("close", {"reason": True}))
    with pytest.raises(Refused, match="No reason is wanted"):
        write(cast, case, which)


def test_a_reason_is_written_once_for_each_time_that_the_step_is_made(cast: Cast) -> None:
    put_in_force(cast, stricter("investigate", reason=True))
    case = steps.with_terms(cast)
    for who in steps.SEATS:
        steps.seat(cast, case, who)
    write(cast, case, Move.INVESTIGATE)
    with pytest.raises(Refused, match="No reason is wanted"):
        write(cast, case, Move.INVESTIGATE)
    cast.db.rollback()
    cast.let("liaison", case, open_investigation)
    case.state = "triaged"  # as after an appeal that sent it back, and a second look
    with pytest.raises(UnpreparedError, match="asks for a written reason"):
        cast.let("liaison", case, open_investigation)


@pytest.mark.parametrize("who", ["investigator", "outsider"])
def test_only_whoever_takes_the_step_or_handles_the_case_writes_its_reason(
    cast: Cast, who: str
) -> None:
    case = triaged(cast, ("carry_out", {"reason": True}))
    if who == "investigator":
        bring_in(cast, case, "investigator", Capacity.INVESTIGATOR)
    with pytest.raises(Refused, match="Only the officer in charge"):
        write(cast, case, Move.CARRY_OUT, who)


def test_the_office_that_the_scheme_names_takes_the_step(cast: Cast) -> None:
    case = triaged(cast, ("carry_out", {"office": "chair"}))
    with pytest.raises(Refused, match="another office takes this step"):
        cast.let("liaison", case, begin_carrying_out)
    cast.db.rollback()
    cast.let("chair", case, begin_carrying_out)
    assert case.state == "carrying_out"


def test_an_office_and_a_reason_are_both_asked_for(cast: Cast) -> None:
    case = triaged(cast, ("carry_out", {"office": "chair", "reason": True}))
    with pytest.raises(UnpreparedError):
        cast.let("chair", case, begin_carrying_out)
    cast.db.rollback()
    write(cast, case, Move.CARRY_OUT)
    with pytest.raises(Refused, match="another office"):
        cast.let("liaison", case, begin_carrying_out)
    cast.db.rollback()
    cast.let("chair", case, begin_carrying_out)


def test_whoever_writes_why_a_case_is_reopened_has_had_no_part_in_it_by_that(cast: Cast) -> None:
    put_in_force(cast, stricter("reopen", reason=True))
    case = closed(cast)
    bring_in(cast, case, "deputy")
    write(cast, case, Move.REOPEN, "deputy")
    assert not was_involved(cast.db, case, cast["deputy"].id)
    keys = cast.keys(case, "deputy")
    reopen_case(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "deputy"))
    assert case.state == "acknowledged"


def test_each_move_has_its_words() -> None:
    assert set(STEPS) == set(Move)
