"""The population: the closed cases that an auditor may review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.audit.verify import Status
from conductdesk.cases.models import Case
from conductdesk.cases.words import state_tag
from conductdesk.policy import Viewer
from conductdesk.review.queries.checking import LogCheck
from conductdesk.review.queries.population import (
    Wanted,
    count_population,
    population,
)


@dataclass(frozen=True)
class CaseRow:
    """One closed case in the population."""

    id: UUID
    name: str
    scheme: str
    state: tuple[str, str]
    """Its words and their tone."""
    closed_at: datetime
    log: str
    """What the last check of the log says, as far as it covers this case."""


@dataclass(frozen=True)
class PopulationFace:
    """One page of the population."""

    rows: tuple[CaseRow, ...]
    count: int
    """How many cases there are on all pages."""
    last: UUID | None
    """The last case of the page, where more follow."""


def population_shown(
    db: Session, viewer: Viewer, wanted: Wanted, checks: Mapping[str, LogCheck]
) -> PopulationFace:
    """Return one page of the closed cases that *viewer* audits."""
    cases, more = population(db, viewer, wanted)
    return PopulationFace(
        rows=_rows(cases, checks),
        count=count_population(db, viewer, wanted),
        last=cases[-1].id if more else None,
    )


def _rows(cases: Sequence[Case], checks: Mapping[str, LogCheck]) -> tuple[CaseRow, ...]:
    return tuple(
        CaseRow(
            id=case.id,
            name=case.code_name,
            scheme=case.scheme,
            state=state_tag(case.state),
            closed_at=case.closed_at,
            log=_log_words(case.closed_at, checks.get(case.scheme)),
        )
        for case in cases
        if case.closed_at is not None
    )


def _log_words(closed_at: datetime, check: LogCheck | None) -> str:
    if check is None:
        return "Not checked yet"
    if check.status == Status.FAILED:
        return "Check failed"
    return "Verified" if closed_at <= check.at else "Closed after the check"
