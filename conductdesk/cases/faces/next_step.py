"""What a case needs next, in words, with the page where it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conductdesk.cases.needs import MoveFacts
from conductdesk.cases.workflow import State


@dataclass(frozen=True)
class NextStep:
    """The one thing to do next."""

    heading: str
    words: str
    button: str
    endpoint: str


STEPS: Mapping[str, NextStep] = {
    "acknowledge": NextStep(
        "write to the reporter",
        "The first message from a person acknowledges the case. The automatic one does not count.",
        "Write to the reporter",
        "cases.acknowledgement",
    ),
    "triage": NextStep(
        "triage",
        "Answer each question with a reason, and choose what happens with this concern.",
        "Begin the triage",
        "cases.triage",
    ),
    "terms": NextStep(
        "set the terms of reference",
        "Write the allegations, each under one clause, and appoint an investigator.",
        "Set the terms",
        "cases.inquiry",
    ),
    "investigate": NextStep(
        "find the facts",
        "Serve notice, gather evidence for and against, hear both sides, and lock the report.",
        "Go to the inquiry",
        "cases.inquiry",
    ),
    "decide": NextStep(
        "a decision",
        "The decision maker gives a finding, with reasons, on every allegation.",
        "Go to the decision",
        "cases.decision",
    ),
    "tell": NextStep(
        "tell both sides what was decided",
        "Both letters go out on the same day, and say how to appeal.",
        "Record the letters",
        "cases.outcomes",
    ),
    "agreement": NextStep(
        "record what was agreed",
        "Write down what was agreed, by whom and by when, and that those who take part consent.",
        "Record the agreement",
        "cases.outcomes",
    ),
    "begin": NextStep(
        "begin to carry it out",
        "Both sides know. What needs no appeal to end can begin now.",
        "Go to the outcomes",
        "cases.outcomes",
    ),
    "carry_out": NextStep(
        "carry it out",
        "Each outcome needs proof that it was done.",
        "Go to the outcomes",
        "cases.outcomes",
    ),
    "close": NextStep(
        "close the case",
        "Give feedback, note what there is to learn, and propose closing to a second person.",
        "Go to closing",
        "cases.closing",
    ),
    "appeal": NextStep(
        "decide the appeal",
        "The appeal body answers each ground with reasons.",
        "Go to the appeal",
        "cases.outcomes",
    ),
    "joined": NextStep(
        "nothing here, for now",
        "It is looked into in the case that it was joined to, and closes after that one. "
        "Its reporter still writes to you here.",
        "Go to the messages",
        "cases.messages",
    ),
    "go_on": NextStep(
        "go on to closing",
        "The case that it was joined to is closed. Tell this reporter how it went, and close.",
        "Go to the outcomes",
        "cases.outcomes",
    ),
    "audit": NextStep(
        "answer the auditor",
        "An auditor found something on this case, asks about it, or asks to read more of it.",
        "Go to the audit",
        "cases.audit",
    ),
    "closed": NextStep(
        "nothing to do",
        "The case is closed. Check-ins with the reporter go on as aftercare.",
        "Go to aftercare",
        "cases.closing",
    ),
}


def next_step(state: State, facts: MoveFacts, asked_by_auditors: Sequence[object]) -> NextStep:
    """Return what the case needs next; *asked_by_auditors* is what waits for an officer."""
    return STEPS["audit" if asked_by_auditors else _key(state, facts)]


def _key(state: State, facts: MoveFacts) -> str:
    if facts.joined and state in (State.TRIAGED, State.CARRYING_OUT) and not facts.other_closed:
        return "joined"
    if facts.joined and state is State.TRIAGED:
        return "go_on"
    if state is State.TRIAGED:
        return {"formal": "terms", "informal": "agreement"}.get(facts.route or "", "carry_out")
    if state is State.CARRYING_OUT and not facts.open_items:
        return "close"
    if state is State.DECIDED and facts.both_sides_told:
        return "begin"
    if state is State.INFORMAL and facts.agreement_recorded:
        return "carry_out"
    return {
        State.RECEIVED: "acknowledge",
        State.ACKNOWLEDGED: "triage",
        State.INFORMAL: "agreement",
        State.INVESTIGATING: "investigate",
        State.REPORTED: "decide",
        State.DECIDED: "tell",
        State.APPEALED: "appeal",
        State.CARRYING_OUT: "carry_out",
    }.get(state, "closed")
