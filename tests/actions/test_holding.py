"""A held case stands still; a measure is temporary, and reviewed."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from conductdesk.cases.actions.carrying_out import prove_outcome
from conductdesk.cases.actions.holding import begin_hold, end_hold, stands_still
from conductdesk.cases.actions.measuring import (
    end_measure,
    impose_measure,
    measures_in_force,
    review_measure,
)
from conductdesk.cases.actions.serving import record_no_reply
from conductdesk.cases.acts import NoReply, OutcomeProven
from conductdesk.cases.clocks import running_clocks, start_clock
from conductdesk.cases.closing_acts import (
    Hold,
    HoldBegun,
    HoldEnded,
    MeasureEnding,
    MeasureImposed,
    MeasureReview,
)
from conductdesk.cases.faces.frame import frame_of
from conductdesk.cases.inquiry import outcomes_of, papers_of
from conductdesk.cases.models import NEVER, Case, CaseClock, InterimMeasure
from conductdesk.cases.standing import move_facts, open_items
from conductdesk.refusal import Refused, Stale
from tests.actions.closing_steps import (
    by,
    by_pack,
    clock_of,
    documents,
    pub_of,
    stop_clock_after,
    types_of,
    verified,
)
from tests.actions.inquiry_steps import carried, investigating, serve
from tests.actions.people_steps import Hands
from tests.cast import Cast

pytestmark = pytest.mark.both_backends

APART = MeasureImposed("No sessions for now.", "They would meet alone.", "A third person: none.")


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> Hands:
    return stop_clock_after(cast, monkeypatch)


def held(cast: Cast, case: Case, which: Hold = Hold.SAFEGUARDING) -> None:
    hold = HoldBegun(which, "The agency asked us to wait.")
    cast.let("liaison", case, begin_hold, hold=hold)


def released(cast: Cast, case: Case, which: Hold = Hold.SAFEGUARDING) -> None:
    hold = HoldEnded(which, "They have finished.", "The borough", "Go on.")
    cast.let("liaison", case, end_hold, hold=hold)


def waiting_for_reply(cast: Cast, case: Case, hands: Hands) -> CaseClock:
    running = start_clock(cast.db, case, cast.pack, "reply", at=hands.moment)
    cast.db.flush()
    return running


def test_a_hold_stops_the_clocks_of_the_inquiry_and_no_other(cast: Cast, hands: Hands) -> None:
    case = cast.triaged()
    reply = waiting_for_reply(cast, case, hands)
    due_at = reply.due_at
    held(cast, case)
    assert stands_still(case)
    assert move_facts(cast.db, case).on_safeguarding_hold
    assert clock_of(cast, case, "reply").paused_at == hands.moment
    assert clock_of(cast, case, "feedback").paused_at is None
    hands.pass_by(timedelta(days=5))
    released(cast, case)
    assert not stands_still(case)
    assert clock_of(cast, case, "reply").paused_at is None
    assert clock_of(cast, case, "reply").due_at == due_at + timedelta(days=5)
    assert types_of(cast, case)[-2:] == ["hold.begun", "hold.ended"]
    assert pub_of(cast, case, "hold.ended") == {"hold": "safeguarding"}
    assert "Advice of The borough: Go on." in documents(cast, case, "hold")[-1]
    assert verified(cast).problem is None


def test_clocks_stand_still_until_the_last_hold_ends(cast: Cast, hands: Hands) -> None:
    case = cast.triaged()
    waiting_for_reply(cast, case, hands)
    held(cast, case)
    held(cast, case, Hold.POLICE)
    released(cast, case)
    assert clock_of(cast, case, "reply").paused_at is not None
    released(cast, case, Hold.POLICE)
    assert clock_of(cast, case, "reply").paused_at is None


def test_a_hold_puts_off_the_end_of_the_time_to_appeal_and_the_removal_with_it(
    cast: Cast, hands: Hands
) -> None:
    case = carried(cast, "removal")
    removal, until = outcomes_of(cast.db, case)[0], case.appeal_until
    assert until is not None
    held(cast, case, Hold.POLICE)
    hands.pass_by(timedelta(days=20))
    with pytest.raises(Refused, match="time to appeal"):
        prove(cast, case, removal.id)
    assert "the time to appeal has not ended" in open_items(cast.db, case)
    released(cast, case, Hold.POLICE)
    later = until + timedelta(days=20)
    assert case.appeal_until == removal.effective_from == removal.due_at == later
    assert clock_of(cast, case, "appeal").due_at == later
    with pytest.raises(Refused, match="time to appeal"):
        prove(cast, case, removal.id)
    hands.pass_by(later - hands.moment + timedelta(seconds=1))
    prove(cast, case, removal.id)
    assert "outcome" not in {one.name for one in running_clocks(cast.db, case)}


def test_a_hold_does_not_begin_a_time_to_appeal_anew(cast: Cast, hands: Hands) -> None:
    case = carried(cast, "removal")
    hands.pass_by(timedelta(days=60))
    assert case.next_due_at != NEVER
    held(cast, case, Hold.POLICE)
    hands.pass_by(timedelta(days=20))
    released(cast, case, Hold.POLICE)
    assert not move_facts(cast.db, case).appeal_window_open


def test_a_respondent_has_as_long_to_reply_as_before_the_hold(cast: Cast, hands: Hands) -> None:
    case = investigating(cast)
    serve(cast, case)
    notice = papers_of(cast.db, case)[0]
    reply_by = notice.reply_by
    assert reply_by is not None
    held(cast, case, Hold.POLICE)
    hands.pass_by(timedelta(days=30))
    with pytest.raises(Refused, match="may reply until"):
        no_reply(cast, case, notice.party_id)
    released(cast, case, Hold.POLICE)
    assert notice.reply_by == reply_by + timedelta(days=30)
    with pytest.raises(Refused, match="may reply until"):
        no_reply(cast, case, notice.party_id)
    hands.pass_by(timedelta(days=15))
    no_reply(cast, case, notice.party_id)


def test_nobody_is_late_when_the_time_to_appeal_ends(cast: Cast, hands: Hands) -> None:
    case = carried(cast, "no_action")
    hands.pass_by(timedelta(days=60))
    shown = frame_of(case, running_clocks(cast.db, case)).clocks
    assert "Time to appeal" not in {one.name for one in shown}
    assert case.next_due_at == NEVER


def prove(cast: Cast, case: Case, outcome_id: UUID) -> None:
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    prove_outcome(
        cast.db, case, keys, actor=actor, proven=OutcomeProven(outcome_id, "Their account ended.")
    )
    cast.db.commit()


def no_reply(cast: Cast, case: Case, party_id: UUID) -> None:
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    record_no_reply(cast.db, case, keys, actor=actor, no_reply=NoReply(party_id, "Two letters."))
    cast.db.commit()


def test_a_legal_hold_stops_no_clock(cast: Cast, hands: Hands) -> None:
    case = cast.triaged()
    waiting_for_reply(cast, case, hands)
    held(cast, case, Hold.LEGAL)
    assert not stands_still(case)
    assert move_facts(cast.db, case).on_legal_hold
    assert clock_of(cast, case, "reply").paused_at is None


def test_a_hold_ends_only_with_the_agencies_advice_on_record() -> None:
    with pytest.raises(Refused, match="agency’s advice"):
        HoldEnded(Hold.SAFEGUARDING, "They have finished.", "The borough", " ")
    with pytest.raises(Refused, match="which agency"):
        HoldEnded(Hold.POLICE, "They have finished.")
    assert HoldEnded(Hold.LEGAL, "The claim was settled.").advice == ""


def test_a_hold_is_neither_begun_nor_ended_twice(cast: Cast) -> None:
    case = cast.triaged()
    with pytest.raises(Refused, match="not on that hold"):
        released(cast, case)
    held(cast, case)
    with pytest.raises(Refused, match="on that hold already"):
        held(cast, case)


def test_an_outsider_cannot_hold_a_case(cast: Cast) -> None:
    case = cast.triaged()
    hold = HoldBegun(Hold.SAFEGUARDING, "I say so.")
    with pytest.raises(Refused, match="Only the officer in charge"):
        begin_hold(cast.db, case, cast.keys(case), hold=hold, **by(cast, case, "outsider"))


def test_whoever_saw_an_older_state_must_look_again(cast: Cast) -> None:
    case = cast.triaged()
    hold = HoldBegun(Hold.SAFEGUARDING, "The agency asked us to wait.")
    stale = by(cast, case, "liaison") | {"seen_version": case.version - 1}
    with pytest.raises(Stale):
        begin_hold(cast.db, case, cast.keys(case, "liaison"), hold=hold, **stale)


def impose(cast: Cast, case: Case) -> InterimMeasure:
    keys = cast.keys(case, "liaison")
    imposed = impose_measure(cast.db, case, keys, measure=APART, **by_pack(cast, case, "liaison"))
    cast.db.commit()
    return imposed


def test_a_measure_is_reviewed_within_fourteen_days_or_ended(cast: Cast, hands: Hands) -> None:
    case = cast.triaged()
    measure = impose(cast, case)
    keys = cast.keys(case, "liaison")
    assert keys.open(InterimMeasure.what, measure) == "No sessions for now."
    assert "Lesser steps considered: A third person" in keys.open(InterimMeasure.reason, measure)
    assert (measure.review_at - hands.moment).days in (13, 14)
    assert clock_of(cast, case, "interim_review").due_at == measure.review_at
    assert open_items(cast.db, case) == ("1 interim measure still in force",)
    hands.pass_by(timedelta(days=10))
    review = MeasureReview(measure.id, "They still meet.")
    review_measure(cast.db, case, keys, review=review, **by_pack(cast, case, "liaison"))
    assert clock_of(cast, case, "interim_review").due_at == measure.review_at
    ending = MeasureEnding(measure.id, "They have other partners now.")
    end_measure(cast.db, case, keys, ending=ending, **by(cast, case, "liaison"))
    cast.db.commit()
    assert clock_of(cast, case, "interim_review").met_at is not None
    assert open_items(cast.db, case) == ()
    assert types_of(cast, case)[-3:] == ["measure.imposed", "measure.reviewed", "measure.ended"]
    assert verified(cast).problem is None


def test_the_clock_follows_the_measure_that_is_reviewed_next(cast: Cast, hands: Hands) -> None:
    case = cast.triaged()
    first = impose(cast, case)
    hands.pass_by(timedelta(days=3))
    second = impose(cast, case)
    assert measures_in_force(cast.db, case) == [first, second]
    ending = MeasureEnding(first.id, "One is enough.")
    keys = cast.keys(case, "liaison")
    end_measure(cast.db, case, keys, ending=ending, **by(cast, case, "liaison"))
    assert clock_of(cast, case, "interim_review").due_at == second.review_at
    with pytest.raises(Refused, match="has ended already"):
        end_measure(cast.db, case, keys, ending=ending, **by(cast, case, "liaison"))


def test_a_measure_of_another_case_cannot_be_ended_here(cast: Cast) -> None:
    measure, case = impose(cast, cast.triaged()), cast.triaged()
    keys = cast.keys(case, "liaison")
    for forged in (measure.id, uuid4()):
        ending = MeasureEnding(forged, "I guess.")
        with pytest.raises(Refused, match="not part of this case"):
            end_measure(cast.db, case, keys, ending=ending, **by(cast, case, "liaison"))


@pytest.mark.parametrize("missing", ["what", "reason", "alternatives"])
def test_a_measure_says_what_why_and_why_not_less(missing: str) -> None:
    said = {"what": "Apart.", "reason": "Risk.", "alternatives": "None.", missing: " \n"}
    with pytest.raises(Refused, match=r"^Say "):
        MeasureImposed(**said)
