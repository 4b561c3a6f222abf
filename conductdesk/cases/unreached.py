"""Whom no mail about a case reaches, as those who are on it with them are told (EM-11)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case
from conductdesk.cases.queries import seats_of
from conductdesk.notices.queries import unreached_about
from conductdesk.people.models import Account
from conductdesk.policy import Viewer

LOST = "An e-mail about this case could not be delivered to"


def unreached(db: Session, case: Case, viewer: Viewer) -> tuple[str, ...]:
    """Return a sentence for each officer on *case* who may not know; only to somebody on it."""
    lost = unreached_about(db, case.id)
    seated = {seat.account_id for seat in seats_of(db, case)} if lost else set()
    if viewer.account_id not in seated:
        return ()
    people = select(Account).where(Account.id.in_(lost & seated)).order_by(Account.name)
    return tuple(_sentence(one, viewer) for one in db.scalars(people))


def _sentence(officer: Account, viewer: Viewer) -> str:
    if officer.id == viewer.account_id:
        return f"{LOST} you. Ask the administrator to look."
    return f"{LOST} {officer.name}. Tell them in another way, and ask the administrator to look."
