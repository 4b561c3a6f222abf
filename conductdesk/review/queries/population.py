"""Closed cases: one page of those that an auditor may review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case
from conductdesk.cases.queries import reviewable_cases
from conductdesk.policy import Viewer
from conductdesk.schemes.calendar import ZONE

PAGE_SIZE = 50


@dataclass(frozen=True)
class Wanted:
    """Which closed cases the auditor wants to see."""

    scheme: str = ""
    closed_from: date | None = None
    closed_to: date | None = None
    after: UUID | None = None
    """The last case of the page before."""

    @property
    def narrowed(self) -> bool:
        """Whether some closed cases may be left out."""
        return bool(self.scheme or self.closed_from or self.closed_to)


def population(db: Session, viewer: Viewer, wanted: Wanted) -> tuple[list[Case], bool]:
    """Return one page of the closed cases that *viewer* audits, and whether more follow."""
    query = reviewable_cases(viewer).where(*_conditions(wanted))
    last = db.scalars(reviewable_cases(viewer).where(Case.id == wanted.after)).first()
    if last is not None:
        query = query.where(_behind(last))
    found = db.scalars(query.order_by(Case.closed_at.desc(), Case.id).limit(PAGE_SIZE + 1)).all()
    return list(found[:PAGE_SIZE]), len(found) > PAGE_SIZE


def count_population(db: Session, viewer: Viewer, wanted: Wanted) -> int:
    """Count the closed cases that *viewer* audits, on all pages."""
    query = reviewable_cases(viewer).where(*_conditions(wanted)).with_only_columns(Case.id)
    return db.scalar(select(func.count()).select_from(query.subquery())) or 0


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.scheme:
        conditions.append(Case.scheme == wanted.scheme)
    if wanted.closed_from:
        conditions.append(Case.closed_at >= _midnight(wanted.closed_from))
    if wanted.closed_to:
        conditions.append(Case.closed_at < _midnight(wanted.closed_to + timedelta(days=1)))
    return conditions


def _behind(last: Case) -> ColumnElement[bool]:
    same = and_(Case.closed_at == last.closed_at, Case.id > last.id)
    return or_(Case.closed_at < last.closed_at, same)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE)
