"""Closed cases: those that an auditor may review, as far as they were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Appointment, Case, Outcome, OutcomeState
from conductdesk.cases.queries import reviewable_cases
from conductdesk.people.models import Account
from conductdesk.policy import Capacity, Viewer
from conductdesk.review.queries.marks import marked
from conductdesk.schemes.calendar import ZONE

PAGE_SIZE = 50


@dataclass(frozen=True)
class Wanted:
    """Which closed cases the auditor wants to see."""

    scheme: str = ""
    closed_from: date | None = None
    closed_to: date | None = None
    kind: str = ""
    route: str = ""
    outcome: str = ""
    """The kind of an outcome that was ordered, and not set aside."""
    handler: str = ""
    """The pseudonym of somebody who was the handler at some time."""
    mark: str = ""
    """One of `marks.MARKS`."""
    after: UUID | None = None
    """The last case of the page before."""

    @property
    def narrowed(self) -> bool:
        """Whether some closed cases may be left out."""
        chosen = (self.scheme, self.kind, self.route, self.outcome, self.handler, self.mark)
        return bool(any(chosen) or self.closed_from or self.closed_to)


def population(db: Session, viewer: Viewer, wanted: Wanted) -> tuple[list[Case], bool]:
    """Return one page of the closed cases that *viewer* audits, and whether more follow."""
    query = wanted_cases(viewer, wanted)
    last = db.scalars(reviewable_cases(viewer).where(Case.id == wanted.after)).first()
    if last is not None:
        query = query.where(_behind(last))
    found = db.scalars(query.order_by(Case.closed_at.desc(), Case.id).limit(PAGE_SIZE + 1)).all()
    return list(found[:PAGE_SIZE]), len(found) > PAGE_SIZE


@dataclass(frozen=True)
class Place:
    """Where somebody stands who goes through the closed cases, the newest first."""

    closed_at: datetime
    id: UUID


def next_places(
    db: Session, viewer: Viewer, wanted: Wanted, behind: Place | None, limit: int
) -> list[Place]:
    """Return the next closed cases that *viewer* audits, on all pages."""
    query = wanted_cases(viewer, wanted).with_only_columns(Case.closed_at, Case.id)
    if behind is not None:
        query = query.where(_behind(behind))
    found = db.execute(query.order_by(Case.closed_at.desc(), Case.id).limit(limit))
    return [Place(closed_at, case_id) for closed_at, case_id in found if closed_at]


def wanted_cases(viewer: Viewer, wanted: Wanted) -> Select[Case]:
    """Select the closed cases that *viewer* audits, on all pages."""
    return reviewable_cases(viewer).where(*_conditions(viewer, wanted))


def count_population(db: Session, viewer: Viewer, wanted: Wanted) -> int:
    """Count the closed cases that *viewer* audits, on all pages."""
    query = wanted_cases(viewer, wanted).with_only_columns(Case.id)
    return db.scalar(select(func.count()).select_from(query.subquery())) or 0


def handlers_of_population(db: Session, viewer: Viewer) -> dict[str, str]:
    """Return the names of whoever handled a case that *viewer* audits, by pseudonym."""
    handled = Appointment.case_id.in_(reviewable_cases(viewer).with_only_columns(Case.id))
    found = (
        select(Account.pseudonym, Account.name)
        .join(Appointment, Appointment.account_id == Account.id)
        .where(Appointment.capacity == Capacity.HANDLER, handled)
    )
    return dict(db.execute(found.distinct().order_by(Account.name)).all())


def _conditions(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    equal = ((Case.scheme, wanted.scheme), (Case.kind, wanted.kind), (Case.route, wanted.route))
    conditions = [column == value for column, value in equal if value]
    if wanted.closed_from:
        conditions.append(Case.closed_at >= _midnight(wanted.closed_from))
    if wanted.closed_to:
        conditions.append(Case.closed_at < _midnight(wanted.closed_to + timedelta(days=1)))
    if wanted.outcome:
        conditions.append(_ordered(wanted.outcome))
    if wanted.handler:
        conditions.append(_handled_by(wanted.handler))
    if wanted.mark:
        conditions.append(marked(wanted.mark, viewer))
    return conditions


def _ordered(outcome: str) -> ColumnElement[bool]:
    stands = Outcome.state != OutcomeState.SET_ASIDE
    return exists().where(Outcome.case_id == Case.id, Outcome.kind == outcome, stands)


def _handled_by(pseudonym: str) -> ColumnElement[bool]:
    return (
        exists()
        .where(Appointment.case_id == Case.id, Appointment.capacity == Capacity.HANDLER)
        .where(Account.id == Appointment.account_id, Account.pseudonym == pseudonym)
    )


def _behind(last: Case | Place) -> ColumnElement[bool]:
    same = and_(Case.closed_at == last.closed_at, Case.id > last.id)
    return or_(Case.closed_at < last.closed_at, same)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
