"""Aftercare: ask the reporter, at set days after closure, whether anybody treats them badly.

The reporter answers in the mailbox (`linking.answer_no`, `linking.answer_yes`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import keep_document, require
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.writing import put_message
from conductdesk.cases.clocks import drop_clock, meet_clock, start_clock_until
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.days import in_words
from conductdesk.cases.inquiry import row_of
from conductdesk.cases.models import Case, CheckIn, DocumentKind, Message, MessageKind
from conductdesk.cases.rules import AFTERCARE_DAYS
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import Move, State, check
from conductdesk.policy import SYSTEM, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due
from conductdesk.schemes.pack import Pack, Span, Unit
from conductdesk.vault.keys import CaseKeys

CLOCK = "check_in"
QUESTION = (
    "Some time has passed since we finished. Is anybody treating you badly because you told us? "
    "Please answer on this page. If nobody is, that is good to know too."
)


def start_aftercare(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, seen_version: int
) -> None:
    """Plan the check-ins, counted from closure; the first one that is due is asked at once."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    facts = move_facts(db, case)
    check(Move.FOLLOW_UP, State(case.state), facts, pack.left_out)
    planned = list(_plan(db, case, pack))
    db.add_all(planned)
    set_check_in_clock(db, case)
    move(
        db,
        case,
        keys,
        Move.FOLLOW_UP,
        pack=pack,
        facts=facts,
        actor=actor,
        event="aftercare.begun",
        pub={"days": [str(one.days) for one in planned]},
        detail={"said": "Check-ins with the reporter were planned."},
    )


def ask_check_in(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, check_in_id: UUID
) -> None:
    """Ask the reporter by a message in the mailbox, on the day or later."""
    require(db, case, actor, Permission.HANDLE)
    check_in = row_of(db, case, CheckIn, check_in_id)
    if check_in.due_at > clock.now():
        raise Refused(f"That check-in is due on {in_words(check_in.due_at)}.")
    if check_in.answered_at is not None or is_asked(db, check_in):
        raise Refused("The reporter has been asked already.")
    _ask(db, case, keys, check_in, actor)


def ask_what_is_due(db: Session, case: Case, keys: CaseKeys) -> bool:
    """Ask the newest check-in that is due, for the job; tell whether there was one."""
    waiting = [one for one in due_check_ins(db, case) if not is_asked(db, one)]
    if waiting:
        _ask(db, case, keys, waiting[-1], SYSTEM)
    return bool(waiting)


def end_aftercare(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    reason: Reason,
    seen_version: int,
) -> None:
    """End aftercare with a reason; check-ins that are not due yet are not asked any more."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    facts = replace(move_facts(db, case), reason_given=True)
    check(Move.END_FOLLOW_UP, State(case.state), facts, pack.left_out)
    drop_check_ins(db, case, after=clock.now())
    drop_clock(db, case, CLOCK)
    text = f"Aftercare ended.\n\nWhy: {reason.words}"
    keep_document(db, case, keys, DocumentKind.EVENT, actor=actor, body=text)
    move(
        db,
        case,
        keys,
        Move.END_FOLLOW_UP,
        pack=pack,
        facts=facts,
        actor=actor,
        event="aftercare.ended",
        detail={"said": "Aftercare ended."},
    )


def check_ins_of(db: Session, case: Case) -> list[CheckIn]:
    """Return the check-ins of *case*, the first due first."""
    every = select(CheckIn).where(CheckIn.case_id == case.id)
    return list(db.scalars(every.order_by(CheckIn.due_at)))


def due_check_ins(db: Session, case: Case) -> list[CheckIn]:
    """Return the check-ins that are due and have no answer, the first due first."""
    return [
        one
        for one in check_ins_of(db, case)
        if one.answered_at is None and one.due_at <= clock.now()
    ]


def is_asked(db: Session, check_in: CheckIn) -> bool:
    """Answer whether the reporter was asked since the check-in became due."""
    asked = select(Message.id).where(
        Message.case_id == check_in.case_id,
        Message.kind == MessageKind.CHECK_IN,
        Message.from_reporter.is_(False),
        Message.sent_at >= check_in.due_at,
    )
    return db.scalar(asked.limit(1)) is not None


def drop_check_ins(db: Session, case: Case, *, after: datetime) -> None:
    """Delete the unanswered check-ins that are due after a moment; the caller records it."""
    for one in check_ins_of(db, case):
        if one.answered_at is None and one.due_at > after:
            db.delete(one)
    db.flush()


def set_check_in_clock(db: Session, case: Case) -> None:
    """Keep one clock for all check-ins of the case: the next that must be asked."""
    db.flush()
    meet_clock(db, case, CLOCK)
    unasked = [
        one for one in check_ins_of(db, case) if one.answered_at is None and not is_asked(db, one)
    ]
    if unasked:
        start_clock_until(db, case, CLOCK, at=clock.now(), until=unasked[0].due_at)


def _plan(db: Session, case: Case, pack: Pack) -> Iterator[CheckIn]:
    """Yield the check-ins to come, and the last that was missed if aftercare begins late."""
    closed_at, moment = case.closed_at or clock.now(), clock.now()
    planned = {one.due_at for one in check_ins_of(db, case)}
    dues = {days: due(closed_at, Span(days, Unit.DAYS), pack.nation) for days in AFTERCARE_DAYS}
    missed = [days for days, at in dues.items() if at <= moment]
    for days in (*missed[-1:], *(days for days, at in dues.items() if at > moment)):
        if dues[days] not in planned:
            yield CheckIn(id=uuid4(), case_id=case.id, days=days, due_at=dues[days])


def _ask(db: Session, case: Case, keys: CaseKeys, check_in: CheckIn, actor: Viewer) -> None:
    put_message(db, case, keys, actor=actor, text=QUESTION, kind=MessageKind.CHECK_IN)
    set_check_in_clock(db, case)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="check_in.asked",
        pub={"days": check_in.days},
        detail={"said": f"Asked the reporter, {check_in.days} days after closure."},
    )
