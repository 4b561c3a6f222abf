"""Appeals: within their time, by a body of their own, with reasons for each ground."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.verify import Status, verify_log
from conductdesk.cases.actions.appealing import conclude_appeal, lodge_appeal
from conductdesk.cases.actions.holding import begin_hold, end_hold
from conductdesk.cases.acts import (
    AppealConcluded,
    AppealLodged,
    AppealResult,
    Decision,
    GroundAnswered,
    GroundGiven,
    Side,
)
from conductdesk.cases.clocks import running_about, running_clocks
from conductdesk.cases.closing_acts import Hold, HoldBegun, HoldEnded
from conductdesk.cases.days import noon_of, today
from conductdesk.cases.inquiry import appeals_of, findings_of, open_outcomes, outcomes_of
from conductdesk.cases.models import Appeal, Case, CaseClock
from conductdesk.db import Database
from conductdesk.refusal import Refused, Stale
from conductdesk.schemes.calendar import due, local_day
from conductdesk.vault.keystore import Keystore
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import by, stop_clock_after
from tests.actions.inquiry_steps import in_days
from tests.actions.people_steps import Hands
from tests.cast import Cast

pytestmark = pytest.mark.both_backends

GROUND = "There is new evidence"
OTHER = "The decision was biased"


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> Hands:
    return stop_clock_after(cast, monkeypatch)


def an_appeal(*grounds: str, by: Side = Side.RESPONDENT) -> AppealLodged:
    given = [GroundGiven(ground, "The letter has turned up.") for ground in grounds or (GROUND,)]
    return AppealLodged(by, today(), tuple(given))


def lodge(cast: Cast, case: Case, appeal: AppealLodged | None = None) -> None:
    cast.let("liaison", case, lodge_appeal, appeal=appeal or an_appeal())


def an_end(result: AppealResult = AppealResult.DISMISSED, *grounds: str) -> AppealConcluded:
    answers = [
        GroundAnswered(ground, accepted=False, reasons="It shows nothing new.")
        for ground in grounds or (GROUND,)
    ]
    return AppealConcluded(result, tuple(answers))


def conclude(
    cast: Cast, case: Case, conclusion: AppealConcluded | None = None, who: str = "appeal_body"
) -> None:
    cast.let(who, case, conclude_appeal, conclusion=conclusion or an_end())


def appealed(cast: Cast, *kinds: str) -> Case:
    case = steps.told(cast, *kinds)
    lodge(cast, case)
    return case


def test_an_appeal_is_recorded_with_its_grounds_and_its_clock(db: Session, cast: Cast) -> None:
    case = steps.told(cast)
    before = steps.count_entries(cast, case)
    lodge(cast, case, an_appeal(GROUND, OTHER))
    assert case.state == "appealed"
    assert steps.count_entries(cast, case) == before + 1
    appeal = appeals_of(db, case)[0]
    grounds = json.loads(cast.keys(case, "appeal_body").open(Appeal.grounds, appeal))
    assert [one["ground"] for one in grounds] == [GROUND, OTHER]
    dues = {one.name: one.due_at for one in running_clocks(db, case)}
    assert dues["appeal_decision"] == due(noon_of(today()), cast.pack.appeal.decide, "ENG")
    assert "appeal" not in dues
    type_, pub, _detail = steps.newest(cast, case)
    assert type_ == "appeal.lodged"
    assert (pub["by"], pub["grounds"], pub["to"]) == ("respondent", 2, "appealed")


def test_nobody_appeals_against_what_they_were_not_told(cast: Cast) -> None:
    case = steps.decided(cast)
    with pytest.raises(Refused, match="both sides were told"):
        lodge(cast, case)


def test_an_appeal_after_its_time_is_refused_with_the_last_day(cast: Cast) -> None:
    case = steps.told(cast)
    with in_days(40), pytest.raises(Refused, match="The last day was"):
        lodge(cast, case)


def test_an_appeal_that_came_in_time_is_in_time_however_late_it_is_recorded(
    db: Session, cast: Cast
) -> None:
    case = steps.told(cast)
    assert case.appeal_until is not None
    last_day = local_day(case.appeal_until)
    with in_days(40):
        lodge(cast, case, replace(an_appeal(), received_on=last_day))
    assert case.state == "appealed"


@pytest.mark.parametrize(
    ("appeal", "sentence"),
    [
        (AppealLodged(Side.RESPONDENT, today(), ()), "at least one ground"),
        (an_appeal(GROUND, GROUND), "each ground once"),
        (an_appeal("It is unfair"), "from the list"),
        (AppealLodged(Side.REPORTER, today(), (GroundGiven(GROUND, " "),)), "why it is claimed"),
        (replace(an_appeal(), received_on=today() + timedelta(days=1)), "has not come yet"),
        (replace(an_appeal(), received_on=today() - timedelta(days=1)), "before the decision"),
    ],
)
def test_an_appeal_with_a_gap_is_refused(cast: Cast, appeal: AppealLodged, sentence: str) -> None:
    case = steps.told(cast)
    with pytest.raises(Refused, match=sentence):
        lodge(cast, case, appeal)


def test_each_side_appeals_once_against_one_decision(cast: Cast) -> None:
    case = appealed(cast)
    conclude(cast, case)
    with pytest.raises(Refused, match="appealed against the decision already"):
        lodge(cast, case)
    cast.db.rollback()
    lodge(cast, case, an_appeal(by=Side.REPORTER))
    assert case.state == "appealed"


def test_a_dismissed_appeal_lets_the_decision_stand(db: Session, cast: Cast) -> None:
    case = appealed(cast)
    before = steps.count_entries(cast, case)
    conclude(cast, case)
    assert case.state == "carrying_out"
    assert steps.count_entries(cast, case) == before + 1
    appeal = appeals_of(db, case)[0]
    reasons = json.loads(cast.keys(case, "liaison").open(Appeal.reasons, appeal))
    assert reasons == [{"ground": GROUND, "accepted": False, "reasons": "It shows nothing new."}]
    assert "appeal_decision" not in {one.name for one in running_clocks(db, case)}
    type_, pub, _detail = steps.newest(cast, case)
    assert type_ == "appeal.concluded"
    assert (pub["result"], pub["accepted"], pub["findings"]) == ("dismissed", 0, ["A:upheld"])


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


def test_only_the_appeal_body_concludes(cast: Cast) -> None:
    case = appealed(cast)
    for who in ("liaison", "investigator", "decision_maker"):
        with pytest.raises(Refused, match="Only the appeal body"):
            conclude(cast, case, who=who)


def test_every_ground_is_answered_with_reasons(cast: Cast) -> None:
    case = steps.told(cast)
    lodge(cast, case, an_appeal(GROUND, OTHER))
    with pytest.raises(Refused, match="Answer every ground"):
        conclude(cast, case, an_end(AppealResult.DISMISSED, GROUND))
    cast.db.rollback()
    silent = an_end(AppealResult.DISMISSED, GROUND, OTHER)
    answers = (replace(silent.answers[0], reasons=""), silent.answers[1])
    with pytest.raises(Refused, match="Give reasons"):
        conclude(cast, case, replace(silent, answers=answers))


def test_a_varied_decision_keeps_the_old_finding_on_record(db: Session, cast: Cast) -> None:
    case = appealed(cast, "removal")
    removal = outcomes_of(db, case)[0]
    varied = replace(
        an_end(AppealResult.VARIED),
        findings=steps.findings(db, case, "partly_upheld"),
        set_aside=frozenset({removal.id}),
        outcomes=(steps.ordered(db, case, "warning"),),
    )
    conclude(cast, case, varied)
    assert [one.result for one in findings_of(db, case)] == ["partly_upheld"]
    assert {one.kind: one.state for one in outcomes_of(db, case)} == {
        "removal": "set_aside",
        "warning": "open",
    }
    assert len([one for one in running_clocks(db, case) if one.name == "outcome"]) == 1
    assert steps.newest(cast, case)[1]["findings"] == ["A:partly_upheld"]


def test_what_weighs_on_a_respondent_falls_with_the_finding(db: Session, cast: Cast) -> None:
    case = appealed(cast, "warning")
    cleared = replace(an_end(AppealResult.VARIED), findings=steps.findings(db, case, "not_upheld"))
    with pytest.raises(Refused, match="Set aside every outcome"):
        conclude(cast, case, cleared)
    db.rollback()
    warning = outcomes_of(db, case)[0]
    conclude(cast, case, replace(cleared, set_aside=frozenset({warning.id})))
    assert not open_outcomes(db, case)


def test_only_a_varied_decision_changes_anything(db: Session, cast: Cast) -> None:
    case = appealed(cast)
    with pytest.raises(Refused, match="change only where"):
        conclude(cast, case, replace(an_end(), findings=steps.findings(db, case)))
    db.rollback()
    with pytest.raises(Refused, match="Say which findings"):
        conclude(cast, case, an_end(AppealResult.VARIED))


def test_a_case_sent_back_is_reported_and_decided_anew(db: Session, cast: Cast) -> None:
    case = appealed(cast)
    conclude(cast, case, an_end(AppealResult.REMITTED))
    assert case.state == "investigating"
    assert case.appeal_until is None
    assert not findings_of(db, case)
    assert not open_outcomes(db, case)
    steps.lock(cast, case)
    steps.give(cast, case, Decision(steps.findings(db, case, "not_upheld")))
    steps.tell(cast, case)
    assert case.state == "decided"
    lodge(cast, case, an_appeal(by=Side.RESPONDENT))
    assert case.state == "appealed"


def test_an_appeal_from_an_old_page_is_stale(cast: Cast) -> None:
    case = appealed(cast)
    with pytest.raises(Stale):
        cast.let(
            "appeal_body", case, conclude_appeal, seen_version=case.version - 1, conclusion=an_end()
        )


def test_the_log_of_an_appealed_case_verifies(
    any_database: Database, keystore: Keystore, cast: Cast
) -> None:
    case = appealed(cast)
    conclude(cast, case, an_end(AppealResult.REMITTED))
    key = verifier_key(cast.db, keystore, case.scheme)
    scheme = case.scheme
    cast.db.rollback()
    with any_database.reading() as db:
        verdict = verify_log(db, scheme, key)
    assert verdict.status is Status.UNANCHORED, verdict.problem
