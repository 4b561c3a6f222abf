"""The overview names the one thing to do next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conductdesk.cases.faces.next_step import STEPS, next_step
from conductdesk.cases.needs import MoveFacts, Route
from conductdesk.cases.workflow import State


@pytest.mark.parametrize(
    ("state", "facts", "step"),
    [
        (State.RECEIVED, MoveFacts(), "acknowledge"),
        (State.ACKNOWLEDGED, MoveFacts(), "triage"),
        (State.TRIAGED, MoveFacts(route=Route.FORMAL), "terms"),
        (State.TRIAGED, MoveFacts(route=Route.INFORMAL), "agreement"),
        (State.TRIAGED, MoveFacts(route=Route.ADVICE), "carry_out"),
        (State.INFORMAL, MoveFacts(), "agreement"),
        (State.INFORMAL, MoveFacts(agreement_recorded=True), "carry_out"),
        (State.INVESTIGATING, MoveFacts(), "investigate"),
        (State.REPORTED, MoveFacts(), "decide"),
        (State.DECIDED, MoveFacts(), "tell"),
        (State.DECIDED, MoveFacts(both_sides_told=True), "begin"),
        (State.APPEALED, MoveFacts(), "appeal"),
        (State.CARRYING_OUT, MoveFacts(open_items=("1 outcome not done yet",)), "carry_out"),
        (State.CARRYING_OUT, MoveFacts(open_items=()), "close"),
        (State.CLOSED, MoveFacts(), "closed"),
        (State.AFTERCARE, MoveFacts(), "closed"),
    ],
)
def test_each_state_has_its_next_step(state: State, facts: MoveFacts, step: str) -> None:
    assert next_step(state, replace(facts, joined=False), ()) == STEPS[step]


@pytest.mark.parametrize(
    ("state", "other_closed", "step"),
    [
        (State.TRIAGED, False, "joined"),
        (State.TRIAGED, True, "go_on"),
        (State.CARRYING_OUT, False, "joined"),
        (State.CARRYING_OUT, True, "close"),
        (State.CLOSED, True, "closed"),
    ],
)
def test_a_joined_case_waits_for_the_other_one(state: State, other_closed: bool, step: str) -> None:
    facts = MoveFacts(route=Route.FORMAL, joined=True, other_closed=other_closed, open_items=())
    assert next_step(state, facts, ()) == STEPS[step]


def test_what_an_auditor_waits_for_comes_first() -> None:
    assert next_step(State.CLOSED, MoveFacts(), ["a question"]) == STEPS["audit"]
