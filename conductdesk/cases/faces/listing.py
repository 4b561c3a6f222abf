"""Which cases stand in a list of the caseload, in which order, and how many they are.

However many cases there are, a list reads few of them. Whoever has few seats has them read, and
their cases put in order. Whoever has many has the cases read in order, from an index, until the
page is full: among many cases in order, the next that such a viewer may see is never far.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.models import Appointment, Case
from conductdesk.cases.queries import IS_CLOSED, own_seats, visible_cases
from conductdesk.cases.workflow import State
from conductdesk.policy import Capacity, Viewer

SHOWS = ("open", "mine", "new", "closed")
FEW = 1_000
"""How many seats are read one by one at most."""
COUNTED = 100
"""As far as a list is counted."""


@dataclass(frozen=True)
class Filter:
    """What the viewer wants to see of their caseload."""

    show: str = "open"
    """`open`, `mine`, `new` or `closed`."""
    scheme: str = ""
    state: str = ""
    clock: str = ""
    """`overdue` or `soon`."""
    after: str = ""
    """Where the page begins, as the page before it gave it."""

    @property
    def narrowed(self) -> bool:
        """Whether some cases of the list may be left out."""
        return bool(self.scheme or self.state or self.clock)


@dataclass(frozen=True)
class Lists:
    """The lists of one viewer."""

    db: Session
    viewer: Viewer
    by_seats: frozenset[str]
    """Those that begin with the viewer's seats, because these are few."""

    def begin(self, wanted: Filter, size: int) -> Sequence[Case]:
        """Return the first *size* cases of what is wanted, the most urgent clock first."""
        query = self._cases(wanted.show).where(*_conditions(wanted))
        return self.db.scalars(query.limit(size)).all()

    def counts(self) -> dict[str, int]:
        """Count each list, as far as `COUNTED`, in one query."""
        query = self._count_all() if "open" in self.by_seats else self._count_each()
        numbers = self.db.execute(query).one()
        return {show: min(n, COUNTED) for show, n in zip(SHOWS, numbers, strict=True)}

    def _cases(self, show: str) -> Select[Case]:
        query = visible_cases(self.viewer).where(_shown(self.viewer, show))
        # Also where they are only counted: the order has SQLite take the index that stops early.
        query = query.order_by(Case.next_due_at, Case.id)
        if show not in self.by_seats:
            return query
        capacity = Capacity.HANDLER if show == "mine" else None
        return query.where(Case.id.in_(own_seats(self.viewer, capacity)))

    def _count_all(self) -> Select[*tuple[Any, ...]]:
        numbers = (func.count().filter(_shown(self.viewer, show)) for show in SHOWS)
        seen = visible_cases(self.viewer).where(Case.id.in_(own_seats(self.viewer)))
        return seen.with_only_columns(*numbers)

    def _count_each(self) -> Select[*tuple[Any, ...]]:
        lists = (self._cases(show).with_only_columns(Case.id) for show in SHOWS)
        return select(*(_number_of(rows, COUNTED) for rows in lists))


def lists_of(db: Session, viewer: Viewer) -> Lists:
    """Return the viewer's lists, after a look at how many seats the viewer has."""
    seats = (own_seats(viewer), own_seats(viewer, Capacity.HANDLER))
    numbers = db.execute(select(*(_number_of(rows, FEW + 1) for rows in seats)))
    every, mine = tuple(numbers.one())
    if every <= FEW:
        return Lists(db, viewer, frozenset(SHOWS))
    return Lists(db, viewer, frozenset({"mine"}) if mine <= FEW else frozenset())


def mark(case: Case) -> str:
    """Return the place of *case* in the order, for the page that goes on after it."""
    place = f"{case.next_due_at.isoformat()}|{case.id.hex}"
    return base64.urlsafe_b64encode(place.encode()).decode()


def _read_mark(text: str) -> tuple[datetime, UUID] | None:
    try:
        due, _bar, case_id = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        return datetime.fromisoformat(due).astimezone(UTC), UUID(hex=case_id)
    except (ValueError, OverflowError, binascii.Error):
        return None


def _number_of(rows: Select[UUID], most: int) -> ColumnElement[int]:
    limited = rows.limit(most).subquery()
    return select(func.count()).select_from(limited).scalar_subquery()


def _shown(viewer: Viewer, show: str) -> ColumnElement[bool]:
    if show == "closed":
        return IS_CLOSED
    if show == "new":
        return and_(~IS_CLOSED, Case.taken.is_(False))
    if show == "mine":
        seats = own_seats(viewer, Capacity.HANDLER).where(Appointment.case_id == Case.id)
        return and_(~IS_CLOSED, seats.correlate(Case).exists())
    return ~IS_CLOSED


def _conditions(wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.scheme:
        conditions.append(Case.scheme == wanted.scheme)
    if wanted.state in set(State):
        conditions.append(Case.state == wanted.state)
    if wanted.clock == "overdue":
        conditions.append(Case.next_due_at < clock.now())
    if wanted.clock == "soon":
        conditions.append(Case.next_due_at < clock.now() + timedelta(days=3))
    if place := _read_mark(wanted.after):
        conditions.append(tuple_(Case.next_due_at, Case.id) > tuple_(*place))
    return conditions
