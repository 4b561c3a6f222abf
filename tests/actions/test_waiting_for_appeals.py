"""What waits for an appeal: removal, and clocks that stand still until it is decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from conductdesk.cases.actions.carrying_out import prove_outcome
from conductdesk.cases.actions.holding import begin_hold, end_hold
from conductdesk.cases.acts import AppealResult, OutcomeProven
from conductdesk.cases.clocks import running_about
from conductdesk.cases.closing_acts import Hold, HoldBegun, HoldEnded
from conductdesk.cases.days import noon_of, today
from conductdesk.cases.faces.obligations import OutcomeFace, outcome_faces
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Case, CaseClock
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import local_day
from tests.actions import inquiry_steps as steps
from tests.actions.appeal_steps import an_appeal, an_end, appealed, conclude, lodge
from tests.actions.closing_steps import by
from tests.actions.inquiry_steps import in_days
from tests.actions.people_steps import Hands
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def test_removal_waits_for_the_appeal_and_for_the_time_of_the_other_side(
    db: Session, cast: Cast
) -> None:
    case = appealed(cast, "removal")
    assert outcomes_of(db, case)[0].effective_from is None
    conclude(cast, case)
    assert outcomes_of(db, case)[0].effective_from == case.appeal_until


def test_removal_takes_effect_when_an_appeal_ends_after_the_window(db: Session, cast: Cast) -> None:
    case = appealed(cast, "removal")
    with in_days(60):
        conclude(cast, case)
    effective = outcomes_of(db, case)[0].effective_from
    assert effective is not None
    assert case.appeal_until is not None
    assert effective > case.appeal_until


def test_removal_waits_too_where_an_appeal_in_time_is_recorded_late(
    db: Session, cast: Cast
) -> None:
    case, appeal = steps.carried(cast, "removal"), an_appeal()
    with in_days(60):
        lodge(cast, case, appeal)
    assert outcomes_of(db, case)[0].effective_from is None


def test_what_does_not_wait_for_an_appeal_is_seen_through_while_it_is_open(
    db: Session, cast: Cast
) -> None:
    case = appealed(cast, "apology", "removal")
    by_kind = {one.kind: one for one in outcomes_of(db, case)}
    assert outcome_clock(db, case, "apology").paused_at is None
    acts = {face.kind: [act.words for act in face.acts] for face in faces_of(cast, case)}
    assert acts["Apology"] == ["Prove it done"]
    assert acts["Removal from the scheme"] == []
    proven = OutcomeProven(by_kind["apology"].id, "Her letter.")
    cast.let("liaison", case, prove_outcome, proven=proven)
    too_early = replace(proven, outcome_id=by_kind["removal"].id)
    with pytest.raises(Refused, match="waits until the appeal is decided"):
        cast.let("liaison", case, prove_outcome, proven=too_early)
    cast.db.rollback()
    conclude(cast, case)
    states = {one.kind: one.state for one in outcomes_of(db, case)}
    assert states == {"apology": "done", "removal": "open"}


def faces_of(cast: Cast, case: Case) -> Sequence[OutcomeFace]:
    keys = cast.keys(case, "liaison")
    return tuple(outcome_faces(cast.db, case, keys, cast.pack))


def outcome_clock(db: Session, case: Case, kind: str) -> CaseClock:
    subject = next(one for one in outcomes_of(db, case) if one.kind == kind)
    found = running_about(db, case, subject.id)
    assert found is not None
    return found


def test_the_clock_of_what_waits_for_an_appeal_stands_still_until_it_is_decided(
    db: Session, cast: Cast, hands: Hands
) -> None:
    case = steps.carried(cast, "removal", "apology")
    due_at = outcome_clock(db, case, "removal").due_at
    hands.pass_by(timedelta(days=4))
    lodged_at = hands.moment
    lodge(cast, case)
    removal, apology = outcome_clock(db, case, "removal"), outcome_clock(db, case, "apology")
    assert removal.paused_at == min(lodged_at, noon_of(today()))
    assert apology.paused_at is None
    hands.pass_by(timedelta(days=60))
    assert case.next_due_at != removal.due_at
    conclude(cast, case)
    stood = hands.moment - min(lodged_at, noon_of(local_day(lodged_at)))
    assert removal.paused_at is None
    assert removal.due_at == due_at + stood > hands.moment
    assert {one.due_at for one in outcomes_of(db, case)} == {removal.due_at, apology.due_at}


def test_outcomes_that_are_due_together_keep_clocks_of_their_own(
    db: Session, cast: Cast, hands: Hands
) -> None:
    case = steps.told(cast, "apology", "removal")
    lodge(cast, case)
    hands.pass_by(timedelta(days=3))
    apology = next(one for one in outcomes_of(db, case) if one.kind == "apology")
    varied = replace(an_end(AppealResult.VARIED), set_aside=frozenset({apology.id}))
    conclude(cast, case, varied)
    assert running_about(db, case, apology.id) is None
    assert outcome_clock(db, case, "removal").paused_at is None


def test_a_hold_that_ends_does_not_start_the_clock_of_what_waits_for_an_appeal(
    db: Session, cast: Cast, hands: Hands
) -> None:
    case = steps.carried(cast, "removal", "apology")
    due_at = outcome_clock(db, case, "removal").due_at
    held_from = hands.moment
    held(cast, case)
    hands.pass_by(timedelta(days=1))
    lodge(cast, case)
    hands.pass_by(timedelta(days=1))
    released(cast, case)
    assert outcome_clock(db, case, "removal").paused_at == held_from
    assert outcome_clock(db, case, "apology").paused_at is None
    hands.pass_by(timedelta(days=30))
    conclude(cast, case)
    assert outcome_clock(db, case, "removal").due_at == due_at + (hands.moment - held_from)


def test_an_appeal_that_is_decided_in_a_hold_leaves_the_clocks_to_the_hold(
    db: Session, cast: Cast, hands: Hands
) -> None:
    case = steps.carried(cast, "removal")
    lodge(cast, case)
    hands.pass_by(timedelta(days=1))
    held(cast, case)
    varied = replace(an_end(AppealResult.VARIED), outcomes=(steps.ordered(db, case, "warning"),))
    conclude(cast, case, varied)
    clocks = [outcome_clock(db, case, kind) for kind in ("removal", "warning")]
    assert all(one.paused_at is not None for one in clocks)
    hands.pass_by(timedelta(days=30))
    released(cast, case)
    assert all(one.paused_at is None and one.due_at > hands.moment for one in clocks)
    assert {one.due_at for one in outcomes_of(db, case)} == {one.due_at for one in clocks}


def held(cast: Cast, case: Case) -> None:
    keys, hold = cast.keys(case, "liaison"), HoldBegun(Hold.POLICE, "They asked us to wait.")
    begin_hold(cast.db, case, keys, hold=hold, **by(cast, case, "liaison"))
    cast.db.commit()


def released(cast: Cast, case: Case) -> None:
    ended = HoldEnded(Hold.POLICE, "They have finished.", "The police", "Go on.")
    cast.let("liaison", case, end_hold, hold=ended)
