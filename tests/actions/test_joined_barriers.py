"""Whoever is kept away from one of the cases that are joined is kept away from all."""

from __future__ import annotations

import pytest

from conductdesk.cases.actions.lifting import propose_lift
from conductdesk.cases.actions.parting import undo_joining
from conductdesk.cases.actions.rerouting import find_conflict, recuse
from conductdesk.cases.concern import Answer, Part, PersonNamed
from conductdesk.cases.needs import Route
from conductdesk.cases.queries import facts_of, visible_by_id
from conductdesk.db import Database
from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment
from tests.actions.closing_steps import bring_in, types_of, verified
from tests.actions.interest_steps import declare
from tests.actions.joining_steps import SAME, join, joined, seats
from tests.cast import Cast, a_concern

pytestmark = pytest.mark.both_backends


def test_whoever_is_kept_away_from_one_is_kept_away_from_both(
    cast: Cast, any_database: Database
) -> None:
    into = cast.triaged()
    about = PersonNamed("Caspian Underhollow", Part.RESPONDENT, ("chair",))
    case = cast.triaged(Route.FORMAL, a_concern(people=(about,)))
    assert seats(cast, into)["alternate"] == "chair"
    join(cast, case, into)
    assert cast["chair"].id in facts_of(cast.db, into).barred
    assert seats(cast, into) == {"handler": "liaison", "alternate": "outside"}
    assert visible_by_id(cast.db, cast.viewer("chair"), into.id) is None
    assert not any(cast.keys(into, "chair").holds(part) for part in Compartment)
    assert all(cast.keys(into, "outside").holds(part) for part in Compartment)
    assert cast.keys(into, "liaison").epochs(Compartment.INTAKE)[-1].epoch == 2
    assert verified(cast).status == "VERIFIED-UNANCHORED"


@pytest.mark.parametrize("on_the_first", [True, False])
def test_whoever_steps_away_from_one_later_steps_away_from_both(
    cast: Cast, any_database: Database, on_the_first: bool
) -> None:
    into, case = joined(cast)
    here, there = (into, case) if on_the_first else (case, into)
    cast.let("chair", here, recuse)
    for one in (here, there):
        assert visible_by_id(cast.db, cast.viewer("chair"), one.id) is None
        assert types_of(cast, one)[-1] in ("officer.recused", "grant.requested")
    cast.let("liaison", here, find_conflict, leaving=cast["outside"].account)
    assert cast["outside"].id in facts_of(cast.db, there).barred
    assert verified(cast).status == "VERIFIED-UNANCHORED"


def test_whoever_is_tied_to_somebody_copied_in_loses_their_seat(
    cast: Cast, any_database: Database
) -> None:
    into = cast.triaged()
    bring_in(cast, into, "investigator", Capacity.INVESTIGATOR)
    clement = PersonNamed("Clement Ravenscroft", Part.RESPONDENT)
    case = cast.triaged(Route.FORMAL, a_concern(people=(clement,)))
    declare(cast, "investigator", Declared(InterestKind.FAMILY, clement.name))
    assert seats(cast, into)["investigator"] == "investigator"
    join(cast, case, into)
    assert "investigator" not in seats(cast, into)
    for one in (into, case):
        assert cast["investigator"].id in facts_of(cast.db, one).barred
        assert visible_by_id(cast.db, cast.viewer("investigator"), one.id) is None
        assert not any(cast.keys(one, "investigator").holds(part) for part in Compartment)
    assert verified(cast).problem is None


def test_a_third_case_keeps_the_same_people_away(cast: Cast, any_database: Database) -> None:
    into, first = joined(cast)
    about = PersonNamed("Caspian Underhollow", Part.RESPONDENT, ("chair",))
    second = cast.triaged(Route.FORMAL, a_concern(people=(about,)))
    join(cast, second, into)
    for one in (into, first, second):
        assert cast["chair"].id in facts_of(cast.db, one).barred
    assert types_of(cast, first)[-1] == "conflict.found"
    assert verified(cast).status == "VERIFIED-UNANCHORED"


def test_a_risk_comes_along_and_so_does_safeguarding(cast: Cast, any_database: Database) -> None:
    into, _case = joined(cast, at_risk=Answer.YES)
    assert into.at_risk
    assert seats(cast, into)["safeguarding"] == "lead"
    assert all(cast.keys(into, "lead").holds(part) for part in Compartment)


def test_the_contact_outside_comes_along(cast: Cast, any_database: Database) -> None:
    into, case = joined(cast, wants_outside=True)
    assert seats(cast, into)["outside"] == "outside"
    cast.let("liaison", case, undo_joining, reason=SAME)
    assert "outside" not in seats(cast, into)
    assert not cast.keys(into, "outside").holds(Compartment.INTAKE)
    assert verified(cast).status == "VERIFIED-UNANCHORED"


def test_undoing_lets_nobody_in_again(cast: Cast, any_database: Database) -> None:
    into = cast.triaged()
    about = PersonNamed("Caspian Underhollow", Part.RESPONDENT, ("chair",))
    case = cast.triaged(Route.FORMAL, a_concern(people=(about,), at_risk=Answer.YES))
    join(cast, case, into)
    cast.let("liaison", case, undo_joining, reason=SAME)
    assert cast["chair"].id in facts_of(cast.db, into).barred
    assert into.at_risk


def test_nobody_is_let_in_again_while_cases_are_joined(cast: Cast, any_database: Database) -> None:
    _into, case = joined(cast)
    with pytest.raises(Refused, match="kept away from all"):
        cast.let("liaison", case, propose_lift, account_id=cast["chair"].id, reason=SAME)
