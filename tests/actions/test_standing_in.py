"""A step that a scheme leaves to one office, where nobody in that office can take it."""

from __future__ import annotations

import pytest

from conductdesk.cases.actions.appointing import appointable
from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.faces.history import history_of
from conductdesk.cases.faces.steps import steps_of
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.cases.standing_in import takers_of
from conductdesk.cases.stricter import Takers
from conductdesk.cases.workflow import Move
from conductdesk.policy import Capacity, Permission
from conductdesk.refusal import Refused
from tests.actions.closing_steps import bring_in, pub_of
from tests.actions.interest_steps import declare, seats
from tests.cast import Cast
from tests.changed_packs import Values, put_in_force, stricter

FOUR = ["chair", "liaison", "safeguarding", "outside"]


def longer_chain(values: Values) -> None:
    """Put two officers between the chair and the contact outside."""
    values["routing"]["chain"] = FOUR


def keep_away(cast: Cast, case: Case, who: str) -> None:
    cast.let("liaison", case, find_conflict, leaving=cast[who].account)


def said_on_steps(cast: Cast, case: Case) -> str:
    powers, me = frozenset({Permission.HANDLE}), cast["liaison"].id
    found = steps_of(cast.db, case, cast.keys(case, "liaison"), powers, me)
    return " ".join(f"{line.words} {line.says}" for line in found.waiting)


def left_to_the_chair(cast: Cast) -> Case:
    """Return a case of which the chair, who alone may begin to carry it out, is in charge."""
    put_in_force(cast, stricter("carry_out", office="chair"), longer_chain)
    case = cast.triaged(Route.ADVICE)
    assert "outside" not in seats(cast, case)
    assert said_on_steps(cast, case) == ""
    return case


def test_the_contact_outside_is_appointed_and_stands_in(cast: Cast) -> None:
    case = left_to_the_chair(cast)
    keep_away(cast, case, "chair")
    keys = cast.keys(case, "liaison")
    assert "Begin to carry it out: Outside contact stands in" in said_on_steps(cast, case)
    assert "This scheme leaves that to Chair" in said_on_steps(cast, case)
    with pytest.raises(Refused, match="contact outside stands in"):
        cast.let("liaison", case, begin_carrying_out)
    cast.db.rollback()
    assert Capacity.OUTSIDE in appointable(cast.db, case, keys, cast.pack)
    bring_in(cast, case, "outside", Capacity.OUTSIDE)
    assert Capacity.OUTSIDE not in appointable(cast.db, case, keys, cast.pack)
    cast.let("outside", case, begin_carrying_out)
    assert pub_of(cast, case, "outcomes.begun")["stood_in_for"] == "chair"
    newest = history_of(cast.db, case, cast.keys(case, "liaison"))[0]
    assert "Stood in for the office: Chair." in newest.text


def test_whoever_the_kernel_lets_takes_it_where_the_contact_outside_cannot(cast: Cast) -> None:
    case = left_to_the_chair(cast)
    for who in ("chair", "outside"):
        keep_away(cast, case, who)
    assert "whoever else may do it does" in said_on_steps(cast, case)
    cast.let("liaison", case, begin_carrying_out)
    assert pub_of(cast, case, "outcomes.begun")["stood_in_for"] == "chair"


def test_nobody_stands_in_for_an_office_in_which_somebody_is_clear(cast: Cast) -> None:
    case = left_to_the_chair(cast)
    keys = cast.keys(case, "liaison")
    found = takers_of(cast.db, case, keys, cast.pack, Move.CARRY_OUT)
    assert found == Takers("chair", frozenset({"chair"}))
    assert Capacity.OUTSIDE not in appointable(cast.db, case, keys, cast.pack)
    with pytest.raises(Refused, match="another office takes this step"):
        cast.let("liaison", case, begin_carrying_out)
    cast.db.rollback()
    cast.let("chair", case, begin_carrying_out)
    assert "stood_in_for" not in pub_of(cast, case, "outcomes.begun")


def test_whoever_is_tied_or_has_another_part_leaves_the_office_empty_too(cast: Cast) -> None:
    put_in_force(cast, stricter("decide", office="chair"), without_the_chair)
    tied, apart = cast.triaged(), cast.triaged()
    bring_in(cast, apart, "chair", Capacity.INVESTIGATOR)
    assert _decides(cast, tied).offices == {"chair"}
    assert _decides(cast, apart).offices == {"outside"}
    declare(cast, "chair")
    assert _decides(cast, tied).offices == {"outside"}
    bring_in(cast, tied, "outside", Capacity.DECISION_MAKER)


def without_the_chair(values: Values) -> None:
    """Let the chair receive nothing, and investigate."""
    values["routing"]["chain"] = ["liaison", "safeguarding", "outside"]
    next(one for one in values["offices"] if one["key"] == "chair")["takes"].append("investigate")


def _decides(cast: Cast, case: Case) -> Takers:
    return takers_of(cast.db, case, cast.keys(case, "liaison"), cast.pack, Move.DECIDE)
