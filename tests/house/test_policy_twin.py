"""The SQL twins select exactly the cases that the policy would open, whatever the rows say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.faces.listing import lists_of
from conductdesk.cases.models import Appointment, Barrier, Case, TieCheck
from conductdesk.cases.queries import (
    facts_of_many,
    readable_cases,
    reviewable_cases,
    visible_by_id,
    visible_cases,
)
from conductdesk.cases.workflow import State
from conductdesk.people.models import Account, AccountState, AuditorAppointment, NewTie
from conductdesk.policy import Capacity, Permission, Viewer, may
from conductdesk.review.queries.population import Wanted, count_population, population
from tests.cast import add_bare_case

SCHEMES = ("wcc", "bes")
Plan = tuple[str, State, list[tuple[UUID, Capacity, bool, bool]], set[UUID], set[UUID]]
PEOPLE = tuple(UUID(int=number) for number in range(1, 4))
TIES = {UUID(int=10): PEOPLE[0], UUID(int=11): PEOPLE[0], UUID(int=12): PEOPLE[1]}
"""Whose tie it is, by its id."""

TWINS = (
    (Permission.SEE, visible_cases),
    (Permission.READ, readable_cases),
    (Permission.REVIEW, reviewable_cases),
)

people = st.sampled_from(PEOPLE)
seats = st.lists(
    st.tuples(people, st.sampled_from(Capacity), st.booleans(), st.booleans()), max_size=4
)
"""Who, as what, whether it has ended, whether they attested."""
case_plans = st.lists(
    st.tuples(
        st.sampled_from(SCHEMES),
        st.sampled_from(State),
        seats,
        st.sets(people, max_size=2),
        st.sets(st.sampled_from(sorted(TIES))),
    ),
    max_size=4,
)
"""Scheme, state, seats, who is barred, and which ties somebody has looked for."""
viewers = st.builds(
    Viewer,
    account_id=st.none() | people,
    administrator=st.booleans(),
    custodian=st.booleans(),
    audits=st.frozensets(st.sampled_from(SCHEMES)),
    reporter_of=st.none(),
)


@pytest.mark.parametrize(("permission", "twin"), TWINS)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plans=case_plans, viewer=viewers)
def test_a_twin_selects_what_the_policy_opens(
    db: Session,
    permission: Permission,
    twin: Callable[[Viewer], Select[Case]],
    plans: Sequence[Plan],
    viewer: Viewer,
) -> None:
    with world(db, plans) as cases:
        known = facts_of_many(db, cases)
        opened = {case.id for case in cases if may(viewer, permission, known[case.id])}
        assert {case.id for case in db.scalars(twin(viewer))} == opened


@settings(
    max_examples=75, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plans=case_plans, viewer=viewers)
def test_counts_and_lists_go_through_the_twins(
    db: Session,
    plans: Sequence[Plan],
    viewer: Viewer,
) -> None:
    with world(db, plans) as cases:
        known = facts_of_many(db, cases)
        seen = {case.id for case in cases if may(viewer, Permission.SEE, known[case.id])}
        found = {case.id for case in cases if visible_by_id(db, viewer, case.id) is not None}
        assert found == seen
        counts = lists_of(db, viewer).counts()
        assert counts["open"] + counts["closed"] == len(seen)
        reviewed = {case.id for case in cases if may(viewer, Permission.REVIEW, known[case.id])}
        assert {case.id for case in population(db, viewer, Wanted())[0]} == reviewed
        assert count_population(db, viewer, Wanted()) == len(reviewed)


@contextmanager
def world(
    db: Session,
    plans: Sequence[Plan],
) -> Iterator[list[Case]]:
    """Make the people and the cases of one example, and take them back afterwards."""
    moment = clock.now()
    point = db.begin_nested()
    try:
        db.add_all(_account(account_id) for account_id in PEOPLE)
        db.flush()
        for who in PEOPLE:
            db.add_all(
                AuditorAppointment(account_id=who, scheme=one, since=moment) for one in SCHEMES
            )
        db.add_all(NewTie(id=tie_id, account_id=who) for tie_id, who in TIES.items())
        db.flush()
        yield [_case(db, moment, plan) for plan in plans]
    finally:
        point.rollback()


def _account(account_id: UUID) -> Account:
    return Account(
        id=account_id,
        email=f"{account_id.hex}@cast.example",
        name="Somebody",
        pseudonym=account_id.hex,
        state=AccountState.ACTIVE,
    )


def _case(
    db: Session,
    moment: datetime,
    plan: Plan,
) -> Case:
    scheme, state, planned, barred, looked_for = plan
    case = add_bare_case(db, scheme, state, moment)
    for who, capacity, ended, attested in planned:
        db.add(
            Appointment(
                case_id=case.id,
                account_id=who,
                capacity=capacity,
                office="liaison",
                since=moment,
                until=moment if ended else None,
                attested_at=moment if attested else None,
            )
        )
    db.add_all(
        Barrier(case_id=case.id, account_id=who, since=moment, why=b"sealed") for who in barred
    )
    db.add_all(TieCheck(case_id=case.id, tie_id=tie_id) for tie_id in looked_for)
    db.flush()
    return case
