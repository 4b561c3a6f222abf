"""Routing: the right office receives, and whoever is in conflict never does."""

from __future__ import annotations

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

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
OFFICES = [office.key for office in PACK.offices]


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
    assert "Chair: kept away, because they are named." in [step.words for step in routing.trace]


def test_where_nobody_is_left_the_trace_says_that_the_custodians_are_told() -> None:
    facts = ConcernFacts(offices_named=frozenset({"liaison", "chair", "outside"}))
    routing = route(PACK, HOLDERS, facts)
    assert not routing.has_handler
    assert "custodians" in " ".join(step.words for step in routing.trace)


def test_the_outside_contact_takes_part_when_the_reporter_asks_for_them() -> None:
    routing = route(PACK, HOLDERS, ConcernFacts(wants_outside=True))
    assert seated(routing)[Capacity.OUTSIDE] == OUTSIDE


people = st.sampled_from([uuid4() for _each in range(8)])
casts = st.lists(
    st.builds(Holder, people, st.sampled_from(OFFICES), st.integers(1, 3)), max_size=12
)
barriers = st.lists(st.tuples(people, st.sampled_from(list(Why))), max_size=6).map(tuple)
concerns = st.builds(
    ConcernFacts,
    danger_now=st.booleans(),
    at_risk=st.booleans(),
    wants_outside=st.booleans(),
    offices_named=st.frozensets(st.sampled_from(OFFICES)),
    barriers=barriers,
)


@given(casts, concerns)
def test_nobody_named_tied_or_recused_ever_receives(
    holders: list[Holder], facts: ConcernFacts
) -> None:
    routing = route(PACK, holders, facts)
    kept = {account_id for account_id, _why in facts.barriers}
    kept |= {holder.account_id for holder in holders if holder.office in facts.offices_named}
    assert not kept & {seat.account_id for seat in routing.seats}
    assert kept & {holder.account_id for holder in holders} <= {
        account_id for account_id, _why in routing.kept_away
    }


@given(casts, concerns)
def test_somebody_is_in_charge_whenever_anybody_in_the_chain_is_clear(
    holders: list[Holder], facts: ConcernFacts
) -> None:
    routing = route(PACK, holders, facts)
    kept = {account_id for account_id, _why in routing.kept_away}
    clear = [h for h in holders if h.office in PACK.chain and h.account_id not in kept]
    assert routing.has_handler == bool(clear)


@given(casts, concerns)
def test_a_risk_always_reaches_safeguarding_while_anybody_there_is_clear(
    holders: list[Holder], facts: ConcernFacts
) -> None:
    routing = route(PACK, holders, facts)
    kept = {account_id for account_id, _why in routing.kept_away}
    clear = [h for h in holders if h.office in PACK.safeguarding and h.account_id not in kept]
    told = any(seat.capacity is Capacity.SAFEGUARDING for seat in routing.seats)
    assert told == bool(clear and (facts.at_risk or facts.danger_now))


@given(casts, concerns)
def test_the_same_facts_always_route_alike(holders: list[Holder], facts: ConcernFacts) -> None:
    assert route(PACK, holders, facts) == route(PACK, holders, facts)


@given(casts, concerns, st.sampled_from(OFFICES))
def test_naming_one_more_office_never_adds_a_recipient_who_holds_it(
    holders: list[Holder], facts: ConcernFacts, office: str
) -> None:
    named = ConcernFacts(
        danger_now=facts.danger_now,
        at_risk=facts.at_risk,
        wants_outside=facts.wants_outside,
        offices_named=facts.offices_named | {office},
        barriers=facts.barriers,
    )
    receiving = {seat.account_id for seat in route(PACK, holders, named).seats}
    assert not receiving & {h.account_id for h in holders if h.office == office}


def test_an_office_of_another_version_of_the_pack_receives_nothing_and_breaks_nothing() -> None:
    stranger = Holder(uuid4(), "treasurer")
    facts = ConcernFacts(barriers=((stranger.account_id, Why.RECUSED),), wants_outside=True)
    routing = route(PACK, (stranger, *HOLDERS), facts)
    assert stranger.account_id not in {seat.account_id for seat in routing.seats}
    assert seated(routing)[Capacity.HANDLER] == LIAISON
