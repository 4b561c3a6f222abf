"""What routing keeps to whatever the pack, the people in office and the answers are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from conductdesk.policy import Capacity
from conductdesk.routing.rules import ConcernFacts, Holder, Why, chain_of, is_theirs, route
from conductdesk.schemes.checking_questions import answers_to
from conductdesk.schemes.pack import Pack
from tests.packs import KEYS, pack_of

PEOPLE = [uuid4() for _each in range(10)]
people = st.sampled_from(PEOPLE)
RANKED = [key for key in KEYS if any(office.reports_to for office in pack_of(key).offices)]
barriers = st.lists(st.tuples(people, st.sampled_from(list(Why))), max_size=6).map(tuple)


@st.composite
def situations(
    draw: st.DrawFn, keys: Sequence[str] = KEYS
) -> tuple[Pack, list[Holder], ConcernFacts]:
    """Draw a pack, people in its offices, and a concern that its form could bring."""
    pack = pack_of(draw(st.sampled_from(keys)))
    return pack, draw(st.lists(_holders(pack), max_size=14)), draw(_concerns(pack))


@st.composite
def staffed(draw: st.DrawFn) -> tuple[Pack, list[Holder], ConcernFacts]:
    """Draw a pack of which every office is held, by somebody else each, and a concern."""
    pack = pack_of(draw(st.sampled_from(KEYS)))
    posts = [post.partition("/") for post in pack.posts]
    holders = [Holder(uuid4(), office, 1, one) for office, _slash, one in posts]
    return pack, holders, draw(_concerns(pack))


def _holders(pack: Pack) -> st.SearchStrategy[Holder]:
    offices = st.sampled_from([office.key for office in pack.offices])
    return st.builds(Holder, people, offices, st.integers(1, 3), _organisations(pack))


def _organisations(pack: Pack) -> st.SearchStrategy[str]:
    return st.sampled_from([*(one.key for one in pack.organisations), ""])


def _concerns(pack: Pack) -> st.SearchStrategy[ConcernFacts]:
    said = {
        question.key: st.sampled_from(sorted(answers_to(question)) or [""])
        for question in pack.questions
    }
    return st.builds(
        ConcernFacts,
        danger_now=st.booleans(),
        at_risk=st.booleans(),
        wants_outside=st.booleans(),
        offices_named=st.frozensets(st.sampled_from([one.key for one in pack.offices]), max_size=3),
        barriers=barriers,
        kind=st.sampled_from([kind.key for kind in pack.kinds]),
        answers=st.fixed_dictionaries(said).map(lambda given: tuple(given.items())),
        organisation=_organisations(pack),
    )


Situation = tuple[Pack, list[Holder], ConcernFacts]


def receivers(situation: Situation) -> set[UUID]:
    """Return who receives."""
    return {seat.account_id for seat in route(*situation).seats}


@given(situations())
def test_nobody_named_tied_or_recused_ever_receives(situation: Situation) -> None:
    _pack, holders, facts = situation
    routing = route(*situation)
    kept = {account_id for account_id, _why in routing.kept_away}
    named = {one.account_id for one in holders if one.office in facts.offices_named}
    assert {account_id for account_id, _why in facts.barriers} | named <= kept
    assert not kept & receivers(situation)


@given(staffed(), st.data())
def test_somebody_always_receives_when_all_who_hold_any_one_office_are_named(
    situation: Situation, data: st.DataObject
) -> None:
    pack, holders, facts = situation
    office = data.draw(st.sampled_from([one.key for one in pack.offices]))
    named = replace(facts, offices_named=frozenset({office}), barriers=())
    assert route(pack, holders, named).has_handler


@given(situations())
def test_somebody_is_in_charge_whenever_anybody_in_the_chain_is_clear(situation: Situation) -> None:
    pack, holders, facts = situation
    routing = route(*situation)
    kept = {account_id for account_id, _why in routing.kept_away}
    clear = [
        one
        for one in holders
        if one.office in chain_of(pack, routing.rule)
        and one.account_id not in kept
        and is_theirs(pack, one, facts.organisation)
    ]
    assert routing.has_handler == bool(clear)
    if not clear:
        assert "recovery" in {step.rule for step in routing.trace}


@given(situations())
def test_a_child_or_risk_answer_always_reaches_safeguarding(situation: Situation) -> None:
    pack, holders, facts = situation
    routing = route(*situation)
    kept = {account_id for account_id, _why in routing.kept_away}
    clear = [h for h in holders if h.office in pack.safeguarding and h.account_id not in kept]
    told = any(seat.capacity is Capacity.SAFEGUARDING for seat in routing.seats)
    assert told == bool(clear and (facts.at_risk or facts.danger_now))


@given(situations(), people)
def test_adding_a_name_never_adds_a_recipient_who_is_tied_to_it(
    situation: Situation, tied: UUID
) -> None:
    pack, holders, facts = situation
    named = replace(facts, barriers=(*facts.barriers, (tied, Why.TIED)))
    assert tied not in receivers((pack, holders, named))


@given(situations(RANKED), st.data())
def test_naming_an_office_keeps_away_all_who_report_to_it(
    situation: Situation, data: st.DataObject
) -> None:
    pack, holders, facts = situation
    office = data.draw(st.sampled_from([one for one in pack.offices if one.reports_to]))
    named = replace(facts, offices_named=facts.offices_named | {office.reports_to})
    under = {one.account_id for one in holders if one.office == office.key}
    assert not under & receivers((pack, holders, named))


@given(situations())
def test_nobody_in_another_organisation_ever_receives(situation: Situation) -> None:
    pack, holders, facts = situation
    for seat in route(*situation).seats:
        if pack.office(seat.office).per_organisation:
            theirs = {one.organisation for one in holders if one.account_id == seat.account_id}
            assert facts.organisation in theirs


@given(situations())
def test_whoever_is_named_the_same_rule_chooses_who_receives(situation: Situation) -> None:
    pack, holders, facts = situation
    nobody = replace(facts, offices_named=frozenset(), barriers=())
    assert route(pack, holders, nobody).rule == route(*situation).rule


@given(situations(), st.data())
def test_the_order_in_which_people_are_listed_does_not_matter(
    situation: Situation, data: st.DataObject
) -> None:
    pack, holders, facts = situation
    listed = data.draw(st.permutations(holders))
    assert route(pack, listed, facts).seats == route(pack, holders, facts).seats
