"""What is told of each case of a population: facts of its rows, in a few queries for all cases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Appointment, Case, Outcome, OutcomeState
from conductdesk.people.models import Account
from conductdesk.policy import Capacity, Viewer
from conductdesk.review.queries.marks import MARKS, marked
from conductdesk.review.queries.population import Wanted, wanted_cases


@dataclass(frozen=True)
class CaseLine:
    """One closed case of a population: never a word of it, and nobody's name."""

    case: str
    """Its code name."""
    pseudonym: str
    scheme: str
    code_version: int
    kind: str
    channel: str
    route: str
    received_at: datetime
    acknowledged_at: datetime | None
    decided_at: datetime | None
    closed_at: datetime
    reopened_at: datetime | None
    state: str
    handler: str
    """The pseudonym of whoever was the handler last."""
    handler_office: str
    outcomes: tuple[str, ...]
    marks: tuple[str, ...]
    retention_class: str
    keep_until: datetime | None


COLUMNS = (
    Case.id,
    Case.code_name,
    Case.pseudonym,
    Case.scheme,
    Case.pack_version,
    Case.kind,
    Case.channel,
    Case.route,
    Case.received_at,
    Case.acknowledged_at,
    Case.decided_at,
    Case.closed_at,
    Case.reopened_at,
    Case.state,
    Case.retention_class,
    Case.keep_until,
)


def lines_of_population(db: Session, viewer: Viewer, wanted: Wanted) -> tuple[CaseLine, ...]:
    """Return every case of a population, the one closed last first."""
    query = wanted_cases(viewer, wanted)
    ids = query.with_only_columns(Case.id)
    handlers, outcomes = _handlers(db, ids), _outcomes(db, ids)
    marks = _marks(db, viewer, query)
    rows = query.with_only_columns(*COLUMNS).order_by(Case.closed_at.desc(), Case.id)
    return tuple(
        CaseLine(
            case=row.code_name,
            pseudonym=row.pseudonym,
            scheme=row.scheme,
            code_version=row.pack_version,
            kind=row.kind,
            channel=row.channel,
            route=row.route or "",
            received_at=row.received_at,
            acknowledged_at=row.acknowledged_at,
            decided_at=row.decided_at,
            closed_at=row.closed_at,
            reopened_at=row.reopened_at,
            state=row.state,
            handler=handlers.get(row.id, ("", ""))[0],
            handler_office=handlers.get(row.id, ("", ""))[1],
            outcomes=tuple(outcomes.get(row.id, ())),
            marks=tuple(mark for mark, which in marks.items() if row.id in which),
            retention_class=row.retention_class or "",
            keep_until=row.keep_until,
        )
        for row in db.execute(rows)
    )


def _handlers(db: Session, ids: Select[UUID]) -> dict[UUID, tuple[str, str]]:
    rows = (
        select(Appointment.case_id, Account.pseudonym, Appointment.office)
        .join(Account, Account.id == Appointment.account_id)
        .where(Appointment.case_id.in_(ids), Appointment.capacity == Capacity.HANDLER)
        .order_by(Appointment.since)
    )
    return {case_id: (pseudonym, office) for case_id, pseudonym, office in db.execute(rows)}


def _outcomes(db: Session, ids: Select[UUID]) -> Mapping[UUID, list[str]]:
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    rows = select(Outcome.case_id, Outcome.kind).where(
        Outcome.case_id.in_(ids), Outcome.state != OutcomeState.SET_ASIDE
    )
    for case_id, kind in db.execute(rows.distinct().order_by(Outcome.kind)):
        found[case_id].append(kind)
    return found


def _marks(db: Session, viewer: Viewer, query: Select[Case]) -> dict[str, set[UUID]]:
    return {
        mark: set(db.scalars(query.where(marked(mark, viewer)).with_only_columns(Case.id)))
        for mark in MARKS
    }
