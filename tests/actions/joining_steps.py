"""Two cases of the cast about the same matter, joined or about to be."""

from __future__ import annotations

from sqlalchemy import select

from conductdesk.cases.actions.joining import join_case
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.models import Case, Party
from conductdesk.cases.needs import Route
from conductdesk.cases.queries import seats_of
from tests.cast import Cast, a_concern

SAME = Reason("Barnaby Thistlewood did the same to both.")


def two(cast: Cast, **second: object) -> tuple[Case, Case]:
    """Return a triaged case, and another one that was triaged to be joined to it."""
    return cast.triaged(), cast.triaged(Route.FORMAL, a_concern(**second))


def join(cast: Cast, case: Case, into: Case, who: str = "liaison") -> None:
    """Join *case* to *into*."""
    cast.let(who, case, join_case, into=into, reason=SAME)


def joined(cast: Cast, **second: object) -> tuple[Case, Case]:
    """Return a case, and one that was joined to it."""
    into, case = two(cast, **second)
    join(cast, case, into)
    return into, case


def names(cast: Cast, case: Case) -> dict[str, str]:
    """Return who is named in a case, by what they are called."""
    keys = cast.keys(case, "liaison")
    rows = cast.db.scalars(select(Party).where(Party.case_id == case.id))
    return {row.alias: keys.open(Party.name, row) for row in rows}


def seats(cast: Cast, case: Case) -> dict[str, str]:
    """Return who sits where, by the names of the cast."""
    return {seat.capacity: cast.who(seat.account_id) for seat in seats_of(cast.db, case)}
