"""An appeal: lodged within its time, and heard by somebody who had no part in the decision."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Pub
from conductdesk.cases.actions.asking import (
    need_text,
    need_word,
    refuse_unless_in,
    refuse_who_served_as,
    require,
    tell_seats,
)
from conductdesk.cases.actions.holding import stands_still
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.ordering import (
    end_outcome,
    give_findings,
    let_go_on,
    let_wait,
    order_outcomes,
    put_off,
    results_by_letter,
    supersede,
    upheld_against,
    waiting_for_appeal,
)
from conductdesk.cases.acts import AppealConcluded, AppealLodged, AppealResult
from conductdesk.cases.clocks import (
    WINDOW,
    drop_clock,
    meet_clock,
    pause_clock,
    start_clock_until,
    stood_still,
)
from conductdesk.cases.days import in_words, noon_of, refuse_future
from conductdesk.cases.inquiry import (
    appeals_of,
    findings_of,
    open_appeal,
    open_outcomes,
    row_of,
)
from conductdesk.cases.models import Appeal, Case, Outcome, OutcomeState
from conductdesk.cases.needs import TOLD, WINDOW_OPEN
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move, State
from conductdesk.policy import Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due, local_day
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

MOVES: Mapping[AppealResult, Move] = {
    AppealResult.DISMISSED: Move.CONCLUDE_APPEAL,
    AppealResult.VARIED: Move.CONCLUDE_APPEAL,
    AppealResult.REMITTED: Move.REMIT,
}


def lodge_appeal(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    appeal: AppealLodged,
) -> None:
    """Record an appeal that came within its time; what waits for it goes on waiting."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, State.DECIDED, State.CARRYING_OUT)
    _check_time(db, case, appeal)
    _check_grounds(db, case, pack, appeal)
    _keep_appeal(db, case, keys, appeal)
    meet_clock(db, case, WINDOW)
    received = noon_of(appeal.received_on)
    _let_wait(db, case, pack, min(received, clock.now()))
    decide_by = due(received, pack.appeal.decide, pack.nation)
    start_clock_until(db, case, "appeal_decision", at=received, until=decide_by)
    tell_seats(db, case, actor, Capacity.APPEAL_BODY, Capacity.HANDLER, Capacity.ALTERNATE)
    move(
        db,
        case,
        keys,
        Move.APPEAL,
        pack=pack,
        facts=replace(move_facts(db, case), appeal_window_open=True),
        actor=actor,
        event="appeal.lodged",
        pub={"by": appeal.by.value, "grounds": len(appeal.grounds)},
        detail={
            "said": "An appeal came.",
            "from": appeal.by.value,
            "received_on": appeal.received_on.isoformat(),
            "grounds": [given.ground for given in appeal.grounds],
        },
    )


def conclude_appeal(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    conclusion: AppealConcluded,
) -> None:
    """Dismiss the appeal, vary the decision, or send the case back; with reasons per ground."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HEAR_APPEAL)
    refuse_who_served_as(db, case, actor, Capacity.INVESTIGATOR, Capacity.DECISION_MAKER)
    refuse_unless_in(case, State.APPEALED)
    appeal = open_appeal(db, case)
    if appeal is None:
        raise Refused("There is no appeal to decide on.")
    body = _answer_grounds(keys, appeal, conclusion)
    facts = replace(move_facts(db, case), appeal_recorded=True, reason_given=True)
    appeal.decided_at, appeal.result = clock.now(), conclusion.result
    appeal.reasons = keys.seal(Appeal.reasons, appeal.id, body)
    _apply(db, case, keys, pack, actor, conclusion)
    meet_clock(db, case, "appeal_decision")
    tell_seats(db, case, actor, Capacity.HANDLER, Capacity.ALTERNATE)
    move(
        db,
        case,
        keys,
        MOVES[conclusion.result],
        pack=pack,
        facts=facts,
        actor=actor,
        event="appeal.concluded",
        pub=_public(db, case, conclusion),
        detail={
            "said": f"The appeal was {conclusion.result}.",
            "accepted": [one.ground for one in conclusion.answers if one.accepted],
            "not_accepted": [one.ground for one in conclusion.answers if not one.accepted],
            "sha256": hashlib.sha256(body.encode()).hexdigest(),
        },
    )


def _check_time(db: Session, case: Case, appeal: AppealLodged) -> None:
    """The day on which it came counts, not the day on which somebody records it."""
    if case.appeal_until is None or case.decided_at is None:
        raise Refused(TOLD.otherwise)
    refuse_future(appeal.received_on)
    if appeal.received_on < local_day(case.decided_at):
        raise Refused("An appeal cannot have come before the decision.")
    until = case.appeal_until + stood_still(db, case, WINDOW)
    if appeal.received_on > local_day(until):
        raise Refused(f"{WINDOW_OPEN.otherwise} The last day was {in_words(until)}.")


def _check_grounds(db: Session, case: Case, pack: Pack, appeal: AppealLodged) -> None:
    if not appeal.grounds:
        raise Refused("Choose at least one ground.")
    if len({given.ground for given in appeal.grounds}) < len(appeal.grounds):
        raise Refused("Give each ground once.")
    for given in appeal.grounds:
        need_word(given.ground, pack.appeal.grounds, "Choose the grounds from the list.")
        need_text(given.why, "Say for each ground why it is claimed.")
    decided = case.decided_at
    before = [one for one in appeals_of(db, case) if decided and one.lodged_at >= decided]
    if appeal.by in {one.lodged_by for one in before}:
        raise Refused("This side has appealed against the decision already.")


def _keep_appeal(db: Session, case: Case, keys: CaseKeys, appeal: AppealLodged) -> None:
    row_id = uuid4()
    grounds = json.dumps([asdict(given) for given in appeal.grounds])
    db.add(
        Appeal(
            id=row_id,
            case_id=case.id,
            lodged_by=appeal.by,
            lodged_at=clock.now(),
            grounds=keys.seal(Appeal.grounds, row_id, grounds),
        )
    )
    db.flush()


def _let_wait(db: Session, case: Case, pack: Pack, since: datetime) -> None:
    """Keep what waits for an appeal from taking effect, and its clock from running meanwhile.

    Also where an appeal that came in time is recorded late.
    """
    for outcome in open_outcomes(db, case):
        outcome.effective_from = None
    for outcome in waiting_for_appeal(db, case, pack):
        let_wait(db, case, outcome, since=since)


def _answer_grounds(keys: CaseKeys, appeal: Appeal, conclusion: AppealConcluded) -> str:
    claimed = [given["ground"] for given in json.loads(keys.open(Appeal.grounds, appeal))]
    if sorted(one.ground for one in conclusion.answers) != sorted(claimed):
        raise Refused("Answer every ground of the appeal, once.")
    for one in conclusion.answers:
        need_text(one.reasons, "Give reasons for what you make of each ground.")
    return json.dumps([asdict(one) for one in conclusion.answers])


def _apply(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, actor: Viewer, given: AppealConcluded
) -> None:
    changes = bool(given.findings or given.set_aside or given.outcomes)
    if given.result is not AppealResult.VARIED and changes:
        raise Refused("Findings and outcomes change only where the appeal varies the decision.")
    if given.result is AppealResult.REMITTED:
        _undo_decision(db, case, actor)
        return
    if given.result is AppealResult.VARIED:
        if not changes:
            raise Refused("Say which findings or outcomes the appeal changes.")
        _vary(db, case, keys, pack, actor, given)
    _let_take_effect(db, case, pack)


def _vary(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, actor: Viewer, given: AppealConcluded
) -> None:
    for outcome_id in given.set_aside:
        outcome = row_of(db, case, Outcome, outcome_id)
        if outcome.state != OutcomeState.OPEN:
            raise Refused("Only an outcome that is still open can be set aside.")
        end_outcome(db, case, outcome, OutcomeState.SET_ASIDE, by=actor)
    give_findings(db, case, keys, actor=actor, findings=given.findings)
    order_outcomes(db, case, keys, pack=pack, actor=actor, ordered=given.outcomes)
    upheld = upheld_against(db, case)
    for outcome in open_outcomes(db, case):
        if pack.outcome(outcome.kind).adverse and outcome.party_id not in upheld:
            raise Refused(
                "Set aside every outcome that weighs on a respondent against whom nothing is "
                "upheld any more."
            )


def _undo_decision(db: Session, case: Case, actor: Viewer) -> None:
    """Put the case back before its decision; the findings stay on record as superseded."""
    supersede(db, case, [finding.allegation_id for finding in findings_of(db, case)])
    for outcome in open_outcomes(db, case):
        end_outcome(db, case, outcome, OutcomeState.SET_ASIDE, by=actor)
    for name in (WINDOW, "letters"):
        drop_clock(db, case, name)
    case.decided_at = case.appeal_until = None
    db.flush()


def _let_take_effect(db: Session, case: Case, pack: Pack) -> None:
    """Set from when the outcomes hold that waited: not before the other side's time has ended."""
    ended = clock.now()
    holds_from = max(ended, case.appeal_until or ended)
    for outcome in waiting_for_appeal(db, case, pack):
        if not stands_still(case):
            let_go_on(db, case, outcome)
        if outcome.effective_from is None:
            put_off(db, case, outcome, holds_from)
    if stands_still(case):
        pause_clock(db, case, "outcome")  # also what the appeal ordered while a hold stands


def _public(db: Session, case: Case, conclusion: AppealConcluded) -> dict[str, Pub]:
    pub: dict[str, Pub] = {
        "result": conclusion.result.value,
        "grounds": len(conclusion.answers),
        "accepted": sum(one.accepted for one in conclusion.answers),
    }
    if conclusion.result is not AppealResult.REMITTED:
        pub["findings"] = results_by_letter(db, case)
    return pub
