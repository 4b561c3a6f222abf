"""Routing: the right office receives, and whoever is in conflict never does."""

from __future__ import annotations

from uuid import UUID, uuid4

from conductdesk.policy import Capacity
from conductdesk.routing.rules import ConcernFacts, Holder, Routing, Why, route
from conductdesk.schemes.reading import read_pack
from tests.cast import wcc_source

PACK = read_pack(wcc_source(), "wcc.toml")
LIAISON, CHAIR, LEAD, DEPUTY, OUTSIDE = (uuid4() for _each in range(5))
HOLDERS = (
    Holder(LIAISON, "liaison"),
    Holder(CHAIR, "chair"),
    Holder(LEAD, "safeguarding", 1),
    Holder(DEPUTY, "safeguarding", 2),
    Holder(OUTSIDE, "outside"),
)


def seated(routing: Routing) -> dict[Capacity, UUID]:
    """Return who sits where."""
    return {seat.capacity: seat.account_id for seat in routing.seats}


def test_the_liaison_officer_handles_and_the_chair_is_the_alternate() -> None:
    assert seated(route(PACK, HOLDERS, ConcernFacts())) == {
        Capacity.HANDLER: LIAISON,
        Capacity.ALTERNATE: CHAIR,
    }


def test_a_named_liaison_officer_leaves_the_chair_and_the_outside_contact() -> None:
    facts = ConcernFacts(offices_named=frozenset({"liaison"}))
    assert seated(route(PACK, HOLDERS, facts)) == {
        Capacity.HANDLER: CHAIR,
        Capacity.ALTERNATE: OUTSIDE,
    }


def test_a_risk_reaches_the_safeguarding_lead_in_parallel() -> None:
    routing = route(PACK, HOLDERS, ConcernFacts(at_risk=True))
    assert seated(routing)[Capacity.SAFEGUARDING] == LEAD
    assert seated(routing)[Capacity.HANDLER] == LIAISON


def test_where_the_lead_is_tied_the_deputy_receives() -> None:
    facts = ConcernFacts(at_risk=True, barriers=((LEAD, Why.TIED),))
    assert seated(route(PACK, HOLDERS, facts))[Capacity.SAFEGUARDING] == DEPUTY


def test_where_both_are_kept_away_the_outside_contact_receives() -> None:
    facts = ConcernFacts(at_risk=True, offices_named=frozenset({"safeguarding"}))
    assert seated(route(PACK, HOLDERS, facts))[Capacity.SAFEGUARDING] == OUTSIDE


def test_the_trace_says_why_somebody_is_kept_away() -> None:
    routing = route(PACK, HOLDERS, ConcernFacts(offices_named=frozenset({"chair"})))
    assert "Chair: kept away, because an office that they hold was named." in [
        step.words for step in routing.trace
    ]


def test_the_trace_says_that_somebody_not_named_may_be_an_officer() -> None:
    routing = route(PACK, HOLDERS, ConcernFacts(perhaps_in_office=True))
    assert routing.seats == route(PACK, HOLDERS, ConcernFacts()).seats
    assert "perhaps-in-office" in {step.rule for step in routing.trace}


def test_where_nobody_is_left_the_trace_says_that_the_custodians_are_told() -> None:
    facts = ConcernFacts(offices_named=frozenset({"liaison", "chair", "outside"}))
    routing = route(PACK, HOLDERS, facts)
    assert not routing.has_handler
    assert "custodians" in " ".join(step.words for step in routing.trace)


def test_the_outside_contact_takes_part_when_the_reporter_asks_for_them() -> None:
    routing = route(PACK, HOLDERS, ConcernFacts(wants_outside=True))
    assert seated(routing)[Capacity.OUTSIDE] == OUTSIDE


def test_an_office_of_another_version_of_the_pack_receives_nothing_and_breaks_nothing() -> None:
    stranger = Holder(uuid4(), "treasurer")
    facts = ConcernFacts(barriers=((stranger.account_id, Why.RECUSED),), wants_outside=True)
    routing = route(PACK, (stranger, *HOLDERS), facts)
    assert stranger.account_id not in {seat.account_id for seat in routing.seats}
    assert seated(routing)[Capacity.HANDLER] == LIAISON
