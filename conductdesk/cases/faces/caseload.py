"""The caseload: the cases that a viewer may know of, the most urgent clock first."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.clocks import NAMES, WINDOW
from conductdesk.cases.faces.frame import due_words
from conductdesk.cases.models import Appointment, Case, CaseClock
from conductdesk.cases.queries import visible_cases
from conductdesk.cases.words import event_words
from conductdesk.cases.workflow import CLOSED_STATES, State
from conductdesk.people.models import Account
from conductdesk.policy import Capacity, Viewer

PAGE_SIZE = 50
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a case without a running clock stands in the order."""


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


@dataclass(frozen=True)
class CaseloadRow:
    """One case in the list."""

    id: UUID
    name: str
    scheme: str
    state: str
    entered: bool
    """Whether the viewer attested, so that the case opens to them."""
    taken: bool
    clock_name: str
    clock_when: str
    clock_look: str
    handler: str
    last_at: datetime
    last_words: str


@dataclass(frozen=True)
class Caseload:
    """One page of the list, and where the next one begins."""

    rows: tuple[CaseloadRow, ...]
    next_after: str | None
    counts: dict[str, int]


def caseload(db: Session, viewer: Viewer, wanted: Filter) -> Caseload:
    """Return one page of the viewer's caseload."""
    query = visible_cases(viewer).where(*_conditions(viewer, wanted))
    order = func.coalesce(Case.next_due_at, NEVER)
    query = _begin_after(query, order, wanted.after).order_by(order, Case.id)
    found = db.scalars(query.limit(PAGE_SIZE + 1)).all()
    page = found[:PAGE_SIZE]
    return Caseload(
        rows=_rows(db, viewer, page),
        next_after=_mark(page[-1]) if len(found) > PAGE_SIZE else None,
        counts=_counts(db, viewer),
    )


def schemes_seen(db: Session, viewer: Viewer) -> list[str]:
    """Return the keys of the schemes in which the viewer has any case."""
    seen = visible_cases(viewer).with_only_columns(Case.scheme).distinct()
    return sorted(db.scalars(seen))


def _conditions(viewer: Viewer, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [_shown(viewer, wanted.show)]
    if wanted.scheme:
        conditions.append(Case.scheme == wanted.scheme)
    if wanted.state in set(State):
        conditions.append(Case.state == wanted.state)
    if wanted.clock == "overdue":
        conditions.append(Case.next_due_at < clock.now())
    if wanted.clock == "soon":
        conditions.append(Case.next_due_at < clock.now() + timedelta(days=3))
    return conditions


def _shown(viewer: Viewer, show: str) -> ColumnElement[bool]:
    closed = Case.state.in_(CLOSED_STATES)
    if show == "closed":
        return closed
    if show == "new":
        return and_(~closed, ~_attested_by_anybody())
    if show == "mine":
        return and_(~closed, _handled_by(viewer))
    return ~closed if show == "open" else true()


def _attested_by_anybody() -> ColumnElement[bool]:
    return exists().where(
        Appointment.case_id == Case.id,
        Appointment.until.is_(None),
        Appointment.attested_at.is_not(None),
    )


def _handled_by(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(
        Appointment.case_id == Case.id,
        Appointment.account_id == viewer.account_id,
        Appointment.capacity == Capacity.HANDLER,
        Appointment.until.is_(None),
    )


def _begin_after(query: Select[Case], order: ColumnElement[datetime], after: str) -> Select[Case]:
    place = _read_mark(after)
    if place is None:
        return query
    due, case_id = place
    return query.where(or_(order > due, and_(order == due, Case.id > case_id)))


def _mark(case: Case) -> str:
    due = (case.next_due_at or NEVER).isoformat()
    return base64.urlsafe_b64encode(f"{due}|{case.id.hex}".encode()).decode()


def _read_mark(text: str) -> tuple[datetime, UUID] | None:
    try:
        due, _bar, case_id = base64.urlsafe_b64decode(text.encode()).decode().partition("|")
        return datetime.fromisoformat(due).astimezone(UTC), UUID(hex=case_id)
    except (ValueError, OverflowError, binascii.Error):
        return None


def _counts(db: Session, viewer: Viewer) -> dict[str, int]:
    return {
        show: db.scalar(
            select(func.count()).select_from(
                visible_cases(viewer)
                .where(_shown(viewer, show))
                .with_only_columns(Case.id)
                .subquery()
            )
        )
        or 0
        for show in ("open", "mine", "new", "closed")
    }


def _rows(db: Session, viewer: Viewer, page: Sequence[Case]) -> tuple[CaseloadRow, ...]:
    ids = [case.id for case in page]
    clocks = _nearest_clocks(db, ids)
    handlers = _handlers(db, ids, viewer)
    entered = _entered(db, ids, viewer)
    rows = []
    for case in page:
        name, (when, look) = clocks.get(case.id, ("", ("", "")))
        handler = handlers.get(case.id)
        rows.append(
            CaseloadRow(
                id=case.id,
                name=case.code_name,
                scheme=case.scheme,
                state=case.state,
                entered=case.id in entered,
                taken=handler is not None,
                clock_name=name,
                clock_when=when,
                clock_look=look,
                handler=handler or "Nobody yet",
                last_at=case.last_activity_at,
                last_words=event_words(case.last_activity),
            )
        )
    return tuple(rows)


def _nearest_clocks(db: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[str, tuple[str, str]]]:
    running = db.scalars(
        select(CaseClock)
        .where(
            CaseClock.case_id.in_(ids),
            CaseClock.met_at.is_(None),
            CaseClock.dropped_at.is_(None),
            CaseClock.paused_at.is_(None),
            CaseClock.name != WINDOW,
        )
        .order_by(CaseClock.due_at.desc())
    )
    return {one.case_id: (NAMES.get(one.name, one.name), due_words(one.due_at)) for one in running}


def _handlers(db: Session, ids: Sequence[UUID], viewer: Viewer) -> dict[UUID, str]:
    found = db.execute(
        select(Appointment.case_id, Account.id, Account.name)
        .join(Account, Account.id == Appointment.account_id)
        .where(
            Appointment.case_id.in_(ids),
            Appointment.capacity == Capacity.HANDLER,
            Appointment.until.is_(None),
            Appointment.attested_at.is_not(None),
        )
    )
    return {
        case_id: "You" if account_id == viewer.account_id else name
        for case_id, account_id, name in found
    }


def _entered(db: Session, ids: Sequence[UUID], viewer: Viewer) -> set[UUID]:
    return set(
        db.scalars(
            select(Appointment.case_id).where(
                Appointment.case_id.in_(ids),
                Appointment.account_id == viewer.account_id,
                Appointment.until.is_(None),
                Appointment.attested_at.is_not(None),
            )
        )
    )
