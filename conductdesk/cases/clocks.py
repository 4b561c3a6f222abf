"""Start, meet, pause and drop the clocks of a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.models import NEVER, Case, CaseClock
from conductdesk.schemes.calendar import due
from conductdesk.schemes.pack import Pack

NAMES: Mapping[str, str] = {
    "acknowledge": "Write to the reporter",
    "triage": "Triage",
    "safeguarding_triage": "Safeguarding triage",
    "referral": "Referral",
    "reply": "Respondent’s reply",
    "report": "Report of the investigation",
    "letters": "Letters to both sides",
    "feedback": "Feedback to the reporter",
    "interim_review": "Review of an interim measure",
    "appeal": "Time to appeal",
    "appeal_decision": "Decide the appeal",
    "outcome": "Outcome",
    "agreement": "What was agreed",
    "check_in": "Check-in with the reporter",
    "repairing": "New pairing",
    "pause": "Pause",
    "ending": "Ending",
    "records": "Records request",
    "notes": "Notes handed over",
    "data_protection": "Complaint about personal data acknowledged",
}

WINDOW = "appeal"
"""The clock that ends by itself: nobody on the case is late when it does."""


AGREED = "agreement"
"""The clock of something that was agreed informally; it runs until somebody says what became of it."""


def start_clock(db: Session, case: Case, pack: Pack, name: str, *, at: datetime) -> CaseClock:
    """Start the clock that the pack sets for *name*, unless it runs already."""
    return start_clock_until(db, case, name, at=at, until=due(at, pack.clocks[name], pack.nation))


def start_clock_until(
    db: Session,
    case: Case,
    name: str,
    *,
    at: datetime,
    until: datetime,
    about: UUID | None = None,
) -> CaseClock:
    """Start a clock that ends at a moment of its own, such as an outcome's due date.

    *about* is the id of the outcome or the agreement, where a case may have several.
    """
    started = CaseClock(case_id=case.id, name=name, subject_id=about, starts_at=at, due_at=until)
    db.add(started)
    find_next_due(db, case)
    return started


def meet_clock(db: Session, case: Case, name: str) -> None:
    """Stop the running clocks called *name*, because what they asked for was done."""
    for running in running_clocks(db, case):
        if running.name == name:
            running.met_at = clock.now()
    find_next_due(db, case)


def drop_clock(db: Session, case: Case, name: str) -> None:
    """Stop the running clocks called *name*, because they no longer matter."""
    for running in running_clocks(db, case):
        if running.name == name:
            running.dropped_at = clock.now()
    find_next_due(db, case)


def pause_clock(db: Session, case: Case, name: str) -> None:
    """Pause the running clocks called *name*."""
    for running in running_clocks(db, case):
        if running.name == name and running.paused_at is None:
            running.paused_at = clock.now()
    find_next_due(db, case)


def resume_clock(
    db: Session, case: Case, name: str, *, besides: Collection[UUID] = frozenset()
) -> None:
    """Let the paused clocks called *name* run on; those about one of *besides* stay paused."""
    for running in running_clocks(db, case):
        if running.name == name and running.subject_id not in besides:
            let_run_on(running)
    find_next_due(db, case)


def let_run_on(paused: CaseClock) -> timedelta:
    """Let one clock run on, later by as long as it stood still; return how long that was."""
    if paused.paused_at is None:
        return timedelta(0)
    stood = clock.now() - paused.paused_at
    paused.due_at += stood
    paused.paused_at = None
    return stood


def stood_still(db: Session, case: Case, name: str) -> timedelta:
    """Return for how long the clock called *name* has been paused until now."""
    paused = (running.paused_at for running in running_clocks(db, case) if running.name == name)
    return max((clock.now() - since for since in paused if since), default=timedelta(0))


def running_about(db: Session, case: Case, subject_id: UUID) -> CaseClock | None:
    """Return the running clock of one outcome or agreement."""
    clocks = running_clocks(db, case)
    return next((one for one in clocks if one.subject_id == subject_id), None)


def due_of(db: Session, case: Case, name: str) -> datetime | None:
    """Return when the running clock called *name* is due, or None."""
    dues = (running.due_at for running in running_clocks(db, case) if running.name == name)
    return min(dues, default=None)


def running_clocks(db: Session, case: Case) -> list[CaseClock]:
    """Return the clocks of *case* that are neither met nor dropped, the nearest first."""
    return list(
        db.scalars(
            select(CaseClock)
            .where(
                CaseClock.case_id == case.id,
                CaseClock.met_at.is_(None),
                CaseClock.dropped_at.is_(None),
            )
            .order_by(CaseClock.due_at)
        )
    )


def find_next_due(db: Session, case: Case) -> None:
    """Keep the case's nearest due date, by which the caseload is sorted."""
    db.flush()
    dues = [
        running.due_at
        for running in running_clocks(db, case)
        if running.paused_at is None and running.name != WINDOW
    ]
    case.next_due_at = min(dues, default=NEVER)
