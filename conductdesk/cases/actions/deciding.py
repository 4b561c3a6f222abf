"""The decision, by somebody who did not investigate; and the day on which both sides hear of it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Pub
from conductdesk.cases.actions.asking import (
    need_text,
    refuse_unless_in,
    require,
    tell_seats,
)
from conductdesk.cases.actions.drafting import drop_drafts
from conductdesk.cases.actions.holding import stands_still
from conductdesk.cases.actions.judging import check_decision, refuse_unless_deciding
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.ordering import (
    give_findings,
    order_outcomes,
    put_off,
    results_by_letter,
)
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.serving import Paper, keep_paper
from conductdesk.cases.actions.voting import need_current, votes_on
from conductdesk.cases.actions.writing import put_message
from conductdesk.cases.acts import BothSidesTold, Decision
from conductdesk.cases.clocks import WINDOW, meet_clock, start_clock, start_clock_until
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import accused_of, open_outcomes
from conductdesk.cases.models import Case, DraftKind, MessageKind, PaperKind, ProposedDecision
from conductdesk.cases.needs import NO_HOLD
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move, State
from conductdesk.policy import Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due, iso_day
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import DecidedBy
from conductdesk.vault.keys import CaseKeys


def decide(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    decision: Decision,
) -> None:
    """Decide every allegation with reasons, and order what follows, as the one who decides."""
    refuse_unless_deciding(db, case, actor, seen_version)
    if pack.decision.by is DecidedBy.PANEL:
        raise Refused("In this scheme a panel decides. Propose a decision, and vote on it.")
    _put_decision(db, case, keys, pack=pack, actor=actor, decision=decision)


def decide_together(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    proposed_id: UUID,
) -> None:
    """Make the proposed decision the panel's, once enough of its members agree to it."""
    refuse_unless_deciding(db, case, actor, seen_version)
    proposed = need_current(db, case, proposed_id)
    agreed = sum(one.agrees for one in votes_on(db, case, keys, proposed))
    decision = Decision.from_json(keys.open(ProposedDecision.body, proposed))
    proposed.agreed, proposed.decided_at = agreed, clock.now()
    _put_decision(db, case, keys, pack=pack, actor=actor, decision=decision, voices=agreed)


def tell_both_sides(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    told: BothSidesTold,
) -> None:
    """Record the letters and write to the mailbox, both today; the time to appeal begins."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, State.DECIDED)
    if case.appeal_until is not None:
        raise Refused("Both sides have been told already.")
    if stands_still(case):
        raise Refused(NO_HOLD.otherwise)
    _keep_letters(db, case, keys, actor, told)
    put_message(db, case, keys, actor=actor, text=told.feedback, kind=MessageKind.FEEDBACK)
    for name in ("letters", "feedback"):
        meet_clock(db, case, name)
    _open_window(db, case, pack)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="sides.told",
        pub={"letters": len(told.letters), "appeal_until": iso_day(case.appeal_until)},
        detail={
            "said": "Told both sides of the decision on the same day.",
            "letters": _digests(db, case, told),
            "day": today().isoformat(),
        },
    )


def _put_decision(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    decision: Decision,
    voices: int = 0,
) -> None:
    """Make *decision* the case's; *voices* is how many members of a panel agree to it."""
    check_decision(db, case, pack, decision)
    give_findings(db, case, keys, actor=actor, findings=decision.findings)
    order_outcomes(db, case, keys, pack=pack, actor=actor, ordered=decision.outcomes)
    drop_drafts(db, case, DraftKind.DECISION)
    case.decided_at = clock.now()
    start_clock(db, case, pack, "letters", at=case.decided_at)
    tell_seats(db, case, actor, Capacity.HANDLER, Capacity.ALTERNATE)
    results = results_by_letter(db, case)
    move(
        db,
        case,
        keys,
        Move.DECIDE,
        pack=pack,
        facts=replace(move_facts(db, case), voices=voices),
        actor=actor,
        event="case.decided",
        pub={"findings": results, "outcomes": len(decision.outcomes), **_agreed(pack, voices)},
        detail={
            "said": "Decided on every allegation.",
            "findings": results,
            "standards": sorted({given.standard for given in decision.findings}),
            "outcomes": [f"{given.kind}, by {given.due_on}" for given in decision.outcomes],
        },
    )


def _agreed(pack: Pack, voices: int) -> dict[str, Pub]:
    """Say how many of a panel agreed, and never who."""
    if pack.decision.by is not DecidedBy.PANEL:
        return {}
    return {"agreed": voices, "members": pack.decision.members}


def _keep_letters(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, told: BothSidesTold
) -> None:
    wanted = sorted(party.id for party in accused_of(db, case))
    if sorted(letter.party_id for letter in told.letters) != wanted:
        raise Refused("Record one letter to each respondent.")
    for letter in told.letters:
        text = need_text(letter.text, "Record the letter to each respondent, as it was sent.")
        paper = Paper(PaperKind.LETTER, letter.party_id, clock.now(), text)
        keep_paper(db, case, keys, actor=actor, paper=paper)


def _open_window(db: Session, case: Case, pack: Pack) -> None:
    """Start the time to appeal; what waits for it takes effect when it ends."""
    told_at = clock.now()
    appealable = Move.APPEAL not in pack.left_out
    until = due(told_at, pack.appeal.lodge, pack.nation) if appealable else told_at
    case.appeal_until = until
    if appealable:
        start_clock_until(db, case, WINDOW, at=told_at, until=until)
    for outcome in open_outcomes(db, case):
        if pack.outcome(outcome.kind).waits_for_appeal:
            put_off(db, case, outcome, until)


def _digests(db: Session, case: Case, told: BothSidesTold) -> dict[str, str]:
    aliases = {party.id: party.alias for party in accused_of(db, case)}
    return {
        aliases[letter.party_id]: hashlib.sha256(letter.text.strip().encode()).hexdigest()
        for letter in told.letters
    }
