"""Interim measures: impose one, review it every fourteen days, end it."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import keep_document, refuse_unless_in, require, tell_seats
from conductdesk.cases.actions.holding import OPEN_STATES
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.clocks import meet_clock, start_clock_until
from conductdesk.cases.closing_acts import MeasureEnding, MeasureImposed, MeasureReview
from conductdesk.cases.inquiry import row_of
from conductdesk.cases.models import Case, DocumentKind, InterimMeasure
from conductdesk.policy import Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due, iso_day
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

REVIEW = "interim_review"


def impose_measure(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    measure: MeasureImposed,
    seen_version: int,
) -> InterimMeasure:
    """Impose a temporary, non-punitive step, with a reason and a review date."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_in(case, *OPEN_STATES)
    row_id, reason = uuid4(), f"{measure.reason}\n\nLesser steps considered: {measure.alternatives}"
    imposed = InterimMeasure(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        imposed_at=clock.now(),
        review_at=_next_review(pack),
        what=keys.seal(InterimMeasure.what, row_id, measure.what),
        reason=keys.seal(InterimMeasure.reason, row_id, reason),
    )
    db.add(imposed)
    _set_review_clock(db, case)
    tell_seats(db, case, actor, Capacity.HANDLER, Capacity.ALTERNATE, Capacity.SAFEGUARDING)
    _record(db, case, keys, actor, "measure.imposed", imposed)
    return imposed


def review_measure(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    review: MeasureReview,
    seen_version: int,
) -> None:
    """Let a measure go on for another review period, with the reason."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    measure = _in_force(row_of(db, case, InterimMeasure, review.measure_id))
    measure.review_at = _next_review(pack)
    _keep_reason(db, case, keys, actor, measure, "goes on", review.reason)
    _set_review_clock(db, case)
    _record(db, case, keys, actor, "measure.reviewed", measure)


def end_measure(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    actor: Viewer,
    ending: MeasureEnding,
    seen_version: int,
) -> None:
    """End a measure, with the reason."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    measure = _in_force(row_of(db, case, InterimMeasure, ending.measure_id))
    measure.ended_at = clock.now()
    _keep_reason(db, case, keys, actor, measure, "ended", ending.reason)
    _set_review_clock(db, case)
    _record(db, case, keys, actor, "measure.ended", measure)


def measures_in_force(db: Session, case: Case) -> list[InterimMeasure]:
    """Return the measures that have not ended, the next to be reviewed first."""
    standing = select(InterimMeasure).where(
        InterimMeasure.case_id == case.id, InterimMeasure.ended_at.is_(None)
    )
    return list(db.scalars(standing.order_by(InterimMeasure.review_at)))


def _next_review(pack: Pack) -> datetime:
    return due(clock.now(), pack.clocks[REVIEW], pack.nation)


def _in_force(measure: InterimMeasure) -> InterimMeasure:
    if measure.ended_at is not None:
        raise Refused("That measure has ended already.")
    return measure


def _keep_reason(
    db: Session,
    case: Case,
    keys: CaseKeys,
    actor: Viewer,
    measure: InterimMeasure,
    verb: str,
    reason: str,
) -> None:
    what = keys.open(InterimMeasure.what, measure)
    text = f"Interim measure {verb}: {what}\n\nWhy: {reason}"
    keep_document(db, case, keys, DocumentKind.EVENT, actor=actor, body=text)


def _set_review_clock(db: Session, case: Case) -> None:
    """Keep one clock for all measures of the case: the next that must be reviewed."""
    db.flush()
    meet_clock(db, case, REVIEW)
    standing = measures_in_force(db, case)
    if standing:
        start_clock_until(db, case, REVIEW, at=clock.now(), until=standing[0].review_at)


def _record(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, event: str, measure: InterimMeasure
) -> None:
    review_by = None if measure.ended_at else iso_day(measure.review_at)
    verb = event.removeprefix("measure.")
    record(
        db,
        case,
        keys,
        actor=actor,
        event=event,
        pub={"review_by": review_by},
        detail={"said": f"An interim measure was {verb}."},
    )
