"""Hold a case: for the safeguarding agencies, for the police, or against its destruction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import (
    keep_document,
    refuse_unless_in,
    refuse_where_joined,
    require,
    tell_seats,
)
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.ordering import waiting_for_appeal
from conductdesk.cases.actions.recording import record
from conductdesk.cases.clocks import (
    AGREED,
    WINDOW,
    pause_clock,
    resume_clock,
    running_about,
    stood_still,
)
from conductdesk.cases.closing_acts import HOLDS, Hold, HoldBegun, HoldEnded
from conductdesk.cases.inquiry import last_notice, open_outcomes, unheard
from conductdesk.cases.models import Case, DocumentKind
from conductdesk.cases.queries import pack_of
from conductdesk.cases.workflow import State
from conductdesk.policy import Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys

SINCE: Mapping[Hold, str] = {
    Hold.SAFEGUARDING: "safeguarding_hold_since",
    Hold.POLICE: "police_pause_since",
    Hold.LEGAL: "legal_hold_since",
}

STANDING_STILL = ("reply", "letters", WINDOW, "appeal_decision", "outcome", AGREED)
"""The clocks that a hold of the inquiry stops; what is owed to the reporter runs on."""

OPEN_STATES = tuple(
    state
    for state in State
    if state not in {State.DRAFT, State.CLOSED, State.AFTERCARE, State.DESTROYED}
)

WORK_ON_IT = (
    Capacity.HANDLER,
    Capacity.ALTERNATE,
    Capacity.SAFEGUARDING,
    Capacity.OUTSIDE,
    Capacity.INVESTIGATOR,
    Capacity.DECISION_MAKER,
    Capacity.APPEAL_BODY,
)


def begin_hold(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, hold: HoldBegun, seen_version: int
) -> None:
    """Hold the case; the clocks of the inquiry stand still, and everybody on it is told."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SAFEGUARD)
    _refuse_where_pointless(case, hold.which)
    if _since(case, hold.which) is not None:
        raise Refused("The case is on that hold already.")
    setattr(case, SINCE[hold.which], clock.now())
    if hold.which is not Hold.LEGAL:
        for name in STANDING_STILL:
            pause_clock(db, case, name)
    text = f"{HOLDS[hold.which]} begun.\n\nWhy: {hold.reason}"
    keep_document(db, case, keys, DocumentKind.HOLD, actor=actor, body=text)
    tell_seats(db, case, actor, *WORK_ON_IT)
    _record(db, case, keys, actor, "hold.begun", hold.which)


def end_hold(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, hold: HoldEnded, seen_version: int
) -> None:
    """End a hold, with the advice that it waited for; clocks run on when no hold is left."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.SAFEGUARD)
    if _since(case, hold.which) is None:
        raise Refused("The case is not on that hold.")
    setattr(case, SINCE[hold.which], None)
    if not stands_still(case):
        waiting = _waiting_for_appeal(db, case)
        _put_off_deadlines(db, case, waiting)
        for name in STANDING_STILL:
            resume_clock(db, case, name, besides=waiting)
    keep_document(db, case, keys, DocumentKind.HOLD, actor=actor, body=_ending(hold))
    tell_seats(db, case, actor, *WORK_ON_IT)
    _record(db, case, keys, actor, "hold.ended", hold.which)


def stands_still(case: Case) -> bool:
    """Answer whether the inquiry must not go on, and the respondent must not be told."""
    return case.safeguarding_hold_since is not None or case.police_pause_since is not None


def _waiting_for_appeal(db: Session, case: Case) -> frozenset[UUID]:
    """Return the outcomes whose clocks the end of a hold does not start, because of an appeal."""
    if case.state != State.APPEALED:
        return frozenset()
    return frozenset(one.id for one in waiting_for_appeal(db, case, pack_of(db, case)))


def _put_off_deadlines(db: Session, case: Case, waiting: Collection[UUID]) -> None:
    """Put off what waits for a clock, by as long as that clock stood still."""
    until = case.appeal_until
    if until is not None:
        case.appeal_until = until + stood_still(db, case, WINDOW)
    for outcome in open_outcomes(db, case):
        own = running_about(db, case, outcome.id)
        if outcome.effective_from is not None and outcome.effective_from == until:
            outcome.effective_from = case.appeal_until
        if own is not None and own.paused_at is not None and outcome.id not in waiting:
            outcome.due_at += clock.now() - own.paused_at
    for party in unheard(db, case):
        notice = last_notice(db, case, party.id)
        if notice is not None and notice.reply_by is not None:
            notice.reply_by += stood_still(db, case, "reply")


def _refuse_where_pointless(case: Case, which: Hold) -> None:
    if which is Hold.LEGAL:
        refuse_unless_in(case, *OPEN_STATES, State.CLOSED, State.AFTERCARE)
    else:
        refuse_unless_in(case, *OPEN_STATES)
        refuse_where_joined(case)


def _since(case: Case, which: Hold) -> datetime | None:
    since: datetime | None = getattr(case, SINCE[which])
    return since


def _ending(hold: HoldEnded) -> str:
    parts = [f"{HOLDS[hold.which]} ended.", f"Why: {hold.reason}"]
    if hold.advice.strip():
        parts.append(f"Advice of {hold.agency}: {hold.advice}")
    return "\n\n".join(parts)


def _record(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, event: str, which: Hold
) -> None:
    verb = event.removeprefix("hold.")
    record(
        db,
        case,
        keys,
        actor=actor,
        event=event,
        pub={"hold": which.value},
        detail={"said": f"{HOLDS[which]} {verb}."},
    )
