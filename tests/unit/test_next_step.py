"""The overview names the one thing to do next."""

from __future__ import annotations

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
    assert next_step(state, facts) == STEPS[step]
