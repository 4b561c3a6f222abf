"""That something was done: who may say so, the hours that were spent, and what ends by itself."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text, refuse_unless_in, require
from conductdesk.cases.actions.ordering import MOST_HOURS, end_outcome
from conductdesk.cases.actions.recording import record
from conductdesk.cases.acts import HoursSpent, OutcomeProven
from conductdesk.cases.clocks import WINDOW, running_about, stood_still
from conductdesk.cases.days import hours_in_words, in_words, noon_of, refuse_future
from conductdesk.cases.inquiry import open_outcomes, row_of
from conductdesk.cases.models import Case, HoursProven, Outcome, OutcomeState
from conductdesk.cases.queries import pack_of, seats_of
from conductdesk.cases.workflow import State
from conductdesk.policy import SYSTEM, Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import local_day
from conductdesk.schemes.pack import OutcomeKind
from conductdesk.vault.keys import CaseKeys

PROVES: Mapping[str, Permission] = {
    "owner": Permission.HANDLE,
    "handler": Permission.HANDLE,
    "second": Permission.SECOND,
}
"""Who may record that an outcome was done, by the pack's `proof_by`."""


SETTLED = "This outcome is settled already."


def need_open_outcome(db: Session, case: Case, outcome_id: UUID) -> Outcome:
    """Return an outcome of this case that is still to be done, or refuse."""
    refuse_unless_in(case, State.CARRYING_OUT)
    outcome = row_of(db, case, Outcome, outcome_id)
    if outcome.state != OutcomeState.OPEN:
        raise Refused(SETTLED)
    return outcome


def need_outcome_to_do(db: Session, case: Case, outcome_id: UUID) -> Outcome:
    """Return an outcome that can be seen through now, or refuse.

    An open appeal keeps back what waits for it alone: everything else goes on, and so does its
    clock.
    """
    if case.state != State.APPEALED:
        return need_open_outcome(db, case, outcome_id)
    outcome = row_of(db, case, Outcome, outcome_id)
    if pack_of(db, case).outcome(outcome.kind).waits_for_appeal:
        raise Refused("This waits until the appeal is decided.")
    if outcome.state != OutcomeState.OPEN:
        raise Refused(SETTLED)
    return outcome


def proof_of(
    db: Session, case: Case, *, actor: Viewer, outcome: Outcome, proven: OutcomeProven
) -> str:
    """Return the proof as it is kept, or refuse where the scheme asks for another one."""
    kind = pack_of(db, case).outcome(outcome.kind)
    require(db, case, actor, PROVES[kind.proof_by])
    _refuse_handler_as_second(db, case, actor, kind)
    refuse_before_effect(db, case, outcome)
    _refuse_before_its_end(outcome, kind)
    _refuse_missing_hours(db, outcome)
    proof = need_text(proven.proof, "Say how one can see that it was done.")
    if kind.proof_by != "owner":
        return proof
    if proven.shown_on is None:
        raise Refused("Give the day on which whoever must do it showed you that it was done.")
    refuse_future(proven.shown_on)
    return f"Shown by whoever must do it, on {in_words(noon_of(proven.shown_on))}: {proof}"


def record_hours(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, spent: HoursSpent
) -> HoursProven:
    """Record some of the hours of an outcome, with the day on which they were spent."""
    require(db, case, actor, Permission.HANDLE)
    outcome = need_outcome_to_do(db, case, spent.outcome_id)
    _check_hours(case, outcome, spent)
    row_id = uuid4()
    what = need_text(spent.what, "Say what the hours were spent on, and how one can see it.")
    entry = HoursProven(
        id=row_id,
        case_id=case.id,
        outcome_id=outcome.id,
        account_id=actor.account_id,
        done_on=noon_of(spent.done_on),
        minutes=spent.minutes,
        recorded_at=clock.now(),
        what=keys.seal(HoursProven.what, row_id, what),
    )
    db.add(entry)
    db.flush()
    record(
        db,
        case,
        keys,
        actor=actor,
        event="hours.proven",
        pub={"minutes": minutes_proven(db, outcome), "of": (outcome.hours or 0) * 60},
        detail={"said": "Some of the hours of an outcome were proven.", "outcome": outcome.kind},
    )
    return entry


def minutes_proven(db: Session, outcome: Outcome) -> int:
    """Return how many minutes of *outcome* are proven."""
    summed = select(func.sum(HoursProven.minutes)).where(HoursProven.outcome_id == outcome.id)
    return db.scalar(summed) or 0


def end_what_ran_out(db: Session, case: Case, keys: CaseKeys) -> None:
    """End the outcomes whose length of time is over; no entry where there is none."""
    over = [outcome for outcome in open_outcomes(db, case) if _ran_out(db, case, outcome)]
    if not over:
        return
    for outcome in over:
        words = f"It lasted until {in_words(outcome.due_at)}, and ended by itself."
        outcome.proof = keys.seal(Outcome.proof, outcome.id, words)
        end_outcome(db, case, outcome, OutcomeState.DONE, by=SYSTEM)
    record(
        db,
        case,
        keys,
        actor=SYSTEM,
        event="outcome.ended",
        pub={"ended": len(over), "open": len(open_outcomes(db, case))},
        detail={"said": "The time was over for which an outcome lasts."},
    )


def _refuse_handler_as_second(db: Session, case: Case, actor: Viewer, kind: OutcomeKind) -> None:
    handlers = {one.account_id for one in seats_of(db, case) if one.capacity == Capacity.HANDLER}
    if kind.proof_by == "second" and actor.account_id in handlers:
        raise Refused("Somebody else than the handler records that this was done. Ask them to.")


def refuse_before_effect(db: Session, case: Case, outcome: Outcome) -> None:
    """Refuse what waits for an appeal, before the time for one has ended."""
    if outcome.effective_from is None:
        return
    until = outcome.effective_from + stood_still(db, case, WINDOW)
    if clock.now() <= until:
        raise Refused(
            f"This waits until the time to appeal has ended, after {in_words(until)}. "
            "While a hold stands, that time stands still."
        )


def _refuse_before_its_end(outcome: Outcome, kind: OutcomeKind) -> None:
    if kind.length is not None and clock.now() <= outcome.due_at:
        raise Refused(f"This lasts until {in_words(outcome.due_at)}, and then ends by itself.")


def _refuse_missing_hours(db: Session, outcome: Outcome) -> None:
    wanted, proven = (outcome.hours or 0) * 60, minutes_proven(db, outcome)
    if proven < wanted:
        raise Refused(
            f"{hours_in_words(proven)} of {outcome.hours} hours are proven. Record the others first."
        )


def _check_hours(case: Case, outcome: Outcome, spent: HoursSpent) -> None:
    if outcome.hours is None:
        raise Refused("This outcome is not counted in hours.")
    if not 0 < spent.minutes <= MOST_HOURS * 60:
        raise Refused("Say how many hours were spent.")
    refuse_future(spent.done_on)
    if case.decided_at is not None and spent.done_on < local_day(case.decided_at):
        raise Refused("Only hours that were spent after the decision count.")


def _ran_out(db: Session, case: Case, outcome: Outcome) -> bool:
    kind = pack_of(db, case).outcome(outcome.kind)
    own = running_about(db, case, outcome.id)
    waits = kind.waits_for_appeal and outcome.effective_from is None
    stands_still = own is not None and own.paused_at is not None
    return kind.length is not None and not (waits or stands_still) and outcome.due_at < clock.now()
