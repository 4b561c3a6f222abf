"""An end that holds in two organisations, up to the moment in which both can be told."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from conductdesk import clock
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Case, EndingTelling
from conductdesk.people.actions.offices import give_office
from tests.actions.inquiry_steps import carried
from tests.cast import Cast
from tests.changed_packs import organisations, outcome, put_in_force

AFTER_THE_WINDOW = timedelta(days=60)


def an_end(cast: Cast, **officers: str) -> Case:
    """Return a case with such an end; *officers* says who receives for which organisation."""
    kind = {"everywhere": True, "adverse": True, "waits_for_appeal": True}
    put_in_force(cast, organisations, outcome("ended", **kind))
    for organisation, who in officers.items():
        account = cast[who].account
        give_office(
            cast.db,
            account,
            scheme="wcc",
            office="hr",
            organisation=organisation,
            actor="system",
        )
    cast.db.commit()
    return carried(cast, "ended")


def outcome_id(cast: Cast, case: Case) -> UUID:
    """Return the outcome of the case."""
    return outcomes_of(cast.db, case)[0].id


def telling_id(cast: Cast, case: Case, organisation: str) -> UUID:
    """Return the row of one organisation."""
    wanted = select(EndingTelling.id).where(EndingTelling.organisation == organisation)
    return cast.db.scalars(wanted.where(EndingTelling.case_id == case.id)).one()


def later() -> AbstractContextManager[None]:
    """Return the time after the window for appeals, to work in."""
    return clock.at(clock.now() + AFTER_THE_WINDOW)
