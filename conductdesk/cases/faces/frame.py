"""What stands around every page of a case: its name, state, clocks and sub-pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from conductdesk import clock
from conductdesk.cases.clocks import NAMES, WINDOW
from conductdesk.cases.models import Case, CaseClock
from conductdesk.cases.words import state_tag
from conductdesk.cases.workflow import CLOSED_STATES
from conductdesk.schemes.calendar import local_day
from conductdesk.schemes.kinds import may_be_inquired

SOON = timedelta(days=3)

PAGES: tuple[tuple[str, str], ...] = (
    ("Overview", "cases.overview"),
    ("Concern", "cases.concern"),
    ("People", "cases.people"),
    ("Inquiry", "cases.inquiry"),
    ("Messages", "cases.messages"),
    ("Outcomes", "cases.outcomes"),
    ("Closing", "cases.closing"),
    ("History", "cases.history"),
)
"""The pages of a case: words and endpoint."""

NOTES = ("Notes", "cases.inquiry")
"""What the page of the inquiry is where nobody is at fault: notes can be kept all the same."""

AUDIT = ("Audit", "cases.audit")
"""A page of a case once it is closed, and open to its auditors."""


@dataclass(frozen=True)
class ClockFace:
    """One clock as a page shows it."""

    name: str
    when: str
    look: str


@dataclass(frozen=True)
class CaseFrame:
    """The identity bar of one case."""

    id: UUID
    name: str
    state: str
    version: int
    joined: bool
    """Whether it is looked into in another case."""
    tags: tuple[tuple[str, str], ...]
    clocks: tuple[ClockFace, ...]
    inquires: bool
    """Whether somebody can be found at fault in a case of this kind."""
    through_us: bool
    """Whether somebody may be under age or at risk, so that no way to reach them is passed on."""

    @property
    def pages(self) -> tuple[tuple[str, str], ...]:
        """The pages that belong to a case of this kind."""
        pages = (*PAGES, AUDIT) if self.state in CLOSED_STATES else PAGES
        if self.inquires:
            return pages
        return tuple(NOTES if one[1] == NOTES[1] else one for one in pages)


def frame_of(case: Case, clocks: Sequence[CaseClock]) -> CaseFrame:
    """Return the identity bar of *case*."""
    return CaseFrame(
        id=case.id,
        name=case.code_name,
        state=case.state,
        version=case.version,
        joined=case.joined_to is not None,
        tags=_tags(case),
        clocks=tuple(clock_face(one) for one in clocks if not _has_ended(one))[:4],
        inquires=may_be_inquired(case.kind),
        through_us=case.at_risk,
    )


def clock_face(one: CaseClock) -> ClockFace:
    """Return a running clock in words: its name, its date, and how near it is."""
    return ClockFace(NAMES.get(one.name, one.name), *_when(one.due_at, one.paused_at))


def _has_ended(one: CaseClock) -> bool:
    return one.name == WINDOW and one.paused_at is None and one.due_at < clock.now()


def due_words(due_at: datetime) -> tuple[str, str]:
    """Return when something is due, in words, and how it looks."""
    return _when(due_at, None)


def _when(due_at: datetime, paused_at: datetime | None) -> tuple[str, str]:
    if paused_at is not None:
        return f"Paused since {_short(paused_at)}", "paused"
    left = (local_day(due_at) - local_day(clock.now())).days
    if left < 0:
        return f"{-left} day{'s' * (left < -1)} overdue", "over"
    if left == 0:
        return "Due today", "soon"
    look = "soon" if timedelta(days=left) <= SOON else ""
    return f"Due {_short(due_at)}, {left} day{'s' * (left > 1)} left", look


def _short(moment: datetime) -> str:
    day = local_day(moment)
    return f"{day:%a} {day.day} {day:%b}"


def _tags(case: Case) -> tuple[tuple[str, str], ...]:
    tags = [state_tag(case.state)]
    holds = (
        (case.urgent, "Urgent"),
        (case.at_risk, "Safeguarding"),
        (case.safeguarding_hold_since, "Safeguarding hold"),
        (case.police_pause_since, "Police pause"),
        (case.legal_hold_since, "Legal hold"),
        (case.joined_to, "Joined"),
    )
    tags += [(words, "yellow") for holds_now, words in holds if holds_now]
    return tuple(tags)
