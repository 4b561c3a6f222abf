"""Cases that are about the same matter: which are joined, and whether that can be undone."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from conductdesk.cases.models import Case
from conductdesk.cases.workflow import CLOSED_STATES, State

JOINED = "case.joined"
TOOK_IN = "case.took_in"
"""The entries of joining: on the case that is joined, and on the one that it is joined to."""

ALL_STATES = tuple(State)
"""In the order of the procedure."""
OVER = CLOSED_STATES | {State.DESTROYED}


def with_joined(*ids: UUID) -> ColumnElement[bool]:
    """Return the condition for some cases and those that are joined with them."""
    here = aliased(Case)
    roots = select(func.coalesce(here.joined_to, here.id)).where(here.id.in_(ids))
    return or_(Case.id.in_(roots), Case.joined_to.in_(roots))


def lock_joined(db: Session, *ids: UUID) -> list[Case]:
    """Lock some cases and those that are joined with them, in the turn of `lock_in_turn`.

    What keeps somebody from one keeps them from all, so whoever changes one may change all.
    """
    wanted = select(Case).where(with_joined(*ids))
    locked = wanted.order_by(Case.scheme, Case.id).with_for_update()
    return list(db.scalars(locked.execution_options(populate_existing=True)))


def others_joined(db: Session, case: Case) -> list[Case]:
    """Return the other cases that are about the same matter as *case*, in the order of locks."""
    root = case.joined_to or case.id
    together = select(Case).where(or_(Case.id == root, Case.joined_to == root), Case.id != case.id)
    alive = together.where(Case.state != State.DESTROYED)
    return list(db.scalars(alive.order_by(Case.scheme, Case.id)))


def other_is_closed(db: Session, case: Case) -> bool:
    """Answer whether the case that *case* is joined to is closed; False where it is not joined."""
    if case.joined_to is None:
        return False
    return db.get_one(Case, case.joined_to).state in OVER


def can_be_undone(db: Session, case: Case) -> bool:
    """Answer whether nothing happened on either case since *case* was joined."""
    if case.joined_to is None:
        return False
    into = db.get_one(Case, case.joined_to)
    later = select(Case.id).where(Case.joined_to == into.id, Case.joined_at > case.joined_at)
    nothing_else = case.last_activity == JOINED and into.last_activity == TOOK_IN
    return nothing_else and db.scalar(later.limit(1)) is None


def course_of(db: Session, case: Case) -> tuple[State, str | None]:
    """Return how far the matter of *case* is, and its route, as its reporter may know it.

    That of a joined case is as far as the one in which it is looked into. It is never finished
    before this reporter was told how it went.
    """
    state = State(case.state)
    if case.joined_to is None or state is not State.TRIAGED:
        return state, case.route
    into = db.get_one(Case, case.joined_to)
    if into.state in OVER:
        return State.CARRYING_OUT, into.route
    return max(state, State(into.state), key=ALL_STATES.index), into.route
