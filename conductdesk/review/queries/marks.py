"""What may make an auditor want to look at a closed case: read from its rows, and never sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select

from conductdesk.cases.clocks import WINDOW
from conductdesk.cases.models import Case, CaseClock, Outcome, OutcomeState, Proposal, ProposalKind
from conductdesk.cases.queries import reviewable_cases
from conductdesk.policy import Viewer

MARKS: Mapping[str, str] = {
    "removal": "Ended in removal",
    "safeguarding": "Safeguarding",
    "reopened": "Reopened",
    "late": "A clock was missed",
    "same_two": "Closed by the same two people again",
}
"""The marks by their keys, the gravest first: a case with several goes by the first."""

OFTEN = 3
"""In how many closed cases the same two people proposed and agreed before it counts as often."""


def marked(mark: str, viewer: Viewer) -> ColumnElement[bool]:
    """Return the condition of a mark, counting nothing that *viewer* may not know of."""
    return _CONDITIONS[mark](viewer)


def _removal(_viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(
        Outcome.case_id == Case.id,
        Outcome.kind == "removal",
        Outcome.state != OutcomeState.SET_ASIDE,
    )


def _safeguarding(_viewer: Viewer) -> ColumnElement[bool]:
    return Case.at_risk.is_(True)


def _reopened(_viewer: Viewer) -> ColumnElement[bool]:
    return Case.reopened_at.is_not(None)


def _late(_viewer: Viewer) -> ColumnElement[bool]:
    over = or_(CaseClock.met_at > CaseClock.due_at, CaseClock.dropped_at > CaseClock.due_at)
    return exists().where(CaseClock.case_id == Case.id, CaseClock.name != WINDOW, over)


def _same_two(viewer: Viewer) -> ColumnElement[bool]:
    pairs = _closings(viewer).subquery()
    often = (
        select(pairs.c.one, pairs.c.other)
        .group_by(pairs.c.one, pairs.c.other)
        .having(func.count(pairs.c.case_id.distinct()) >= OFTEN)
        .subquery()
    )
    same = and_(pairs.c.one == often.c.one, pairs.c.other == often.c.other)
    return Case.id.in_(select(pairs.c.case_id).join(often, same))


def _closings(viewer: Viewer) -> Select[tuple[UUID, UUID, UUID]]:
    """Select who proposed and who agreed to close each case, in one order whoever did which."""
    first, second = Proposal.proposed_by, Proposal.settled_by
    return select(
        Proposal.case_id.label("case_id"),
        case((first < second, first), else_=second).label("one"),
        case((first < second, second), else_=first).label("other"),
    ).where(
        Proposal.kind == ProposalKind.CLOSE,
        Proposal.agreed.is_(True),
        Proposal.case_id.in_(reviewable_cases(viewer).with_only_columns(Case.id)),
    )


_CONDITIONS: Mapping[str, Callable[[Viewer], ColumnElement[bool]]] = {
    "removal": _removal,
    "safeguarding": _safeguarding,
    "reopened": _reopened,
    "late": _late,
    "same_two": _same_two,
}
