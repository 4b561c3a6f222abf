"""Appeals: within their time, by a body of their own, with reasons for each ground."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.verify import Status, verify_log
from conductdesk.cases.actions.appealing import conclude_appeal
from conductdesk.cases.acts import AppealLodged, AppealResult, Decision, GroundGiven, Side
from conductdesk.cases.clocks import running_clocks
from conductdesk.cases.days import noon_of, today
from conductdesk.cases.inquiry import appeals_of, findings_of, open_outcomes, outcomes_of
from conductdesk.cases.models import Appeal
from conductdesk.db import Database
from conductdesk.refusal import Refused, Stale
from conductdesk.schemes.calendar import due, local_day
from conductdesk.vault.keystore import Keystore
from tests.actions import inquiry_steps as steps
from tests.actions.appeal_steps import GROUND, OTHER, an_appeal, an_end, appealed, conclude, lodge
from tests.actions.inquiry_steps import in_days
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


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
