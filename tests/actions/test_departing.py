"""Whoever gives up an office leaves the cases that came with it, and the next one follows."""

from __future__ import annotations

from functools import partial

import pytest

from conductdesk.cases.actions.departing import leave_cases
from conductdesk.cases.concern import Answer
from conductdesk.cases.models import Case
from conductdesk.cases.queries import seats_of, visible_by_id
from conductdesk.people.actions.leaving import end_account
from conductdesk.people.actions.offices import end_office
from conductdesk.people.queries import offices_of
from conductdesk.policy import SYSTEM
from conductdesk.vault.models import Compartment
from conductdesk.vault.queries import waiting_requests
from tests.cast import Cast, a_concern

pytestmark = pytest.mark.both_backends


def seats(cast: Cast, case: Case) -> dict[str, str]:
    """Return who sits where, by the names of the cast."""
    return {seat.capacity: cast.who(seat.account_id) for seat in seats_of(cast.db, case)}


def test_who_gives_up_an_office_leaves_the_cases_that_came_with_it(cast: Cast) -> None:
    case = cast.attested()
    holding = offices_of(cast.db, cast["chair"].account)[0]
    departed = partial(leave_cases, cast.db, cast.keystore, SYSTEM)
    end_office(cast.db, holding, actor="system", departed=departed)
    cast.db.commit()
    assert seats(cast, case) == {"handler": "liaison", "alternate": "outside"}
    assert visible_by_id(cast.db, cast.viewer("chair"), case.id) is None
    assert not any(cast.keys(case, "chair").holds(part) for part in Compartment)
    assert waiting_requests(cast.db, case.id)


def test_when_the_lead_s_account_ends_the_deputy_takes_the_seat(cast: Cast) -> None:
    case = cast.attested(a_concern(at_risk=Answer.YES))
    departed = partial(leave_cases, cast.db, cast.keystore, SYSTEM)
    end_account(cast.db, cast["lead"].account, actor="system", departed=departed)
    cast.db.commit()
    assert seats(cast, case)["safeguarding"] == "deputy"
