"""To which cases the viewer can join one."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.cases.actions.joining import CAN_TAKE_IN, can_be_joined_to
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of_many, readable_cases
from conductdesk.policy import Permission, Viewer, may


def could_take_in(db: Session, case: Case, viewer: Viewer) -> dict[str, str]:
    """Return the code names, by their ids, of the cases that could take in *case*.

    They are those of which the viewer is in charge; of any other not even a name is shown.
    """
    mine = readable_cases(viewer).where(Case.scheme == case.scheme, Case.state.in_(CAN_TAKE_IN))
    fitting = can_be_joined_to(case, db.scalars(mine.order_by(Case.code_name)))
    facts = facts_of_many(db, fitting) if fitting else {}
    return {
        str(one.id): one.code_name
        for one in fitting
        if may(viewer, Permission.HANDLE, facts[one.id])
    }
