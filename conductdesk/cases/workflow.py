"""The kernel: every state, every move, and what must be true before it.

A scheme pack may leave moves out or ask for more; it can never add a state or a move, nor drop a
need. Only `cases.actions.moving.move` applies what this table allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from conductdesk.cases.needs import (
    AGREEMENT,
    ALL_FOUND,
    ALLEGATIONS_KEPT,
    APPEAL_BODY,
    APPEAL_RECORDED,
    ATTESTED,
    CAN_BE_CARRIED_OUT,
    DECISION_MAKER,
    FEEDBACK,
    FORMAL_ROUTE,
    HEARD,
    HUMAN_MESSAGE,
    INFORMAL_ROUTE,
    INVESTIGATOR,
    LEARNING,
    NO_COURSE_OF_ITS_OWN,
    NO_HOLD,
    NO_LEGAL_HOLD,
    NOT_DECIDED,
    NOT_INVOLVED,
    NOT_JOINED,
    NOTHING_OPEN,
    NOTICE,
    OTHER_CLOSED,
    REASON,
    REPORT_LOCKED,
    RETENTION,
    RETENTION_ENDED,
    ROUTE_OF_KIND,
    SEPARATE_PEOPLE,
    TERMS,
    TOLD,
    TRIAGE_ANSWERED,
    TWO_PEOPLE,
    VOICES,
    WEIGHED,
    WINDOW_OPEN,
    MoveFacts,
    Need,
)
from conductdesk.policy import Permission
from conductdesk.refusal import Refused


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    TRIAGED = "triaged"
    INFORMAL = "informal"
    INVESTIGATING = "investigating"
    REPORTED = "reported"
    DECIDED = "decided"
    APPEALED = "appealed"
    CARRYING_OUT = "carrying_out"
    CLOSED = "closed"
    AFTERCARE = "aftercare"
    DESTROYED = "destroyed"


CLOSED_STATES = frozenset({State.CLOSED, State.AFTERCARE})
"""The states in which an auditor may look."""


class Move(StrEnum):
    """One step of the procedure."""

    RECEIVE = "receive"
    ACKNOWLEDGE = "acknowledge"
    TRIAGE = "triage"
    TRIAGE_AGAIN = "triage_again"
    SETTLE_INFORMALLY = "settle_informally"
    INVESTIGATE = "investigate"
    REPORT = "report"
    DECIDE = "decide"
    APPEAL = "appeal"
    CONCLUDE_APPEAL = "conclude_appeal"
    REMIT = "remit"
    CARRY_OUT = "carry_out"
    CLOSE = "close"
    FOLLOW_UP = "follow_up"
    END_FOLLOW_UP = "end_follow_up"
    REOPEN = "reopen"
    DESTROY = "destroy"


@dataclass(frozen=True)
class Rule:
    """From which states a move leads where, who makes it, and what it needs."""

    sources: frozenset[State]
    target: State
    permission: Permission
    needs: tuple[Need, ...] = field(default=())


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


MOVES: Mapping[Move, Rule] = {
    Move.RECEIVE: Rule(_from(State.DRAFT), State.RECEIVED, Permission.TELL),
    Move.ACKNOWLEDGE: Rule(
        _from(State.RECEIVED), State.ACKNOWLEDGED, Permission.HANDLE, (ATTESTED, HUMAN_MESSAGE)
    ),
    Move.TRIAGE: Rule(
        _from(State.ACKNOWLEDGED),
        State.TRIAGED,
        Permission.HANDLE,
        (ATTESTED, TRIAGE_ANSWERED, ROUTE_OF_KIND),
    ),
    Move.TRIAGE_AGAIN: Rule(
        _from(State.TRIAGED, State.INFORMAL, State.CARRYING_OUT),
        State.TRIAGED,
        Permission.HANDLE,
        (
            ATTESTED,
            TRIAGE_ANSWERED,
            ROUTE_OF_KIND,
            NOT_JOINED,
            NOT_DECIDED,
            ALLEGATIONS_KEPT,
            REASON,
        ),
    ),
    Move.SETTLE_INFORMALLY: Rule(
        _from(State.TRIAGED), State.INFORMAL, Permission.HANDLE, (INFORMAL_ROUTE, NOT_JOINED)
    ),
    Move.INVESTIGATE: Rule(
        _from(State.TRIAGED),
        State.INVESTIGATING,
        Permission.HANDLE,
        (FORMAL_ROUTE, NOT_JOINED, TERMS, INVESTIGATOR, SEPARATE_PEOPLE),
    ),
    Move.REPORT: Rule(
        _from(State.INVESTIGATING),
        State.REPORTED,
        Permission.INVESTIGATE,
        (NO_HOLD, NOTICE, HEARD, WEIGHED, REPORT_LOCKED, SEPARATE_PEOPLE),
    ),
    Move.DECIDE: Rule(
        _from(State.REPORTED),
        State.DECIDED,
        Permission.DECIDE,
        (NO_HOLD, REPORT_LOCKED, NOTICE, HEARD, DECISION_MAKER, SEPARATE_PEOPLE, ALL_FOUND, VOICES),
    ),
    Move.APPEAL: Rule(
        _from(State.DECIDED, State.CARRYING_OUT),
        State.APPEALED,
        Permission.HANDLE,
        (TOLD, WINDOW_OPEN, APPEAL_RECORDED),
    ),
    Move.CONCLUDE_APPEAL: Rule(
        _from(State.APPEALED),
        State.CARRYING_OUT,
        Permission.HEAR_APPEAL,
        (APPEAL_BODY, SEPARATE_PEOPLE, APPEAL_RECORDED, REASON),
    ),
    Move.REMIT: Rule(
        _from(State.APPEALED),
        State.INVESTIGATING,
        Permission.HEAR_APPEAL,
        (APPEAL_BODY, SEPARATE_PEOPLE, APPEAL_RECORDED, REASON),
    ),
    Move.CARRY_OUT: Rule(
        _from(State.TRIAGED, State.INFORMAL, State.DECIDED),
        State.CARRYING_OUT,
        Permission.HANDLE,
        (CAN_BE_CARRIED_OUT,),
    ),
    Move.CLOSE: Rule(
        _from(State.CARRYING_OUT),
        State.CLOSED,
        Permission.SECOND,
        (NOTHING_OPEN, NO_HOLD, FEEDBACK, LEARNING, RETENTION, TWO_PEOPLE),
    ),
    Move.FOLLOW_UP: Rule(_from(State.CLOSED), State.AFTERCARE, Permission.HANDLE),
    Move.END_FOLLOW_UP: Rule(_from(State.AFTERCARE), State.CLOSED, Permission.HANDLE, (REASON,)),
    Move.REOPEN: Rule(
        _from(State.CLOSED, State.AFTERCARE),
        State.ACKNOWLEDGED,
        Permission.SECOND,
        (REASON, NOT_INVOLVED),
    ),
    Move.DESTROY: Rule(
        _from(State.CLOSED, State.AFTERCARE),
        State.DESTROYED,
        Permission.SECOND,
        (RETENTION_ENDED, NO_LEGAL_HOLD, TWO_PEOPLE),
    ),
}

FROM_STATE_NEEDS: Mapping[tuple[Move, State], tuple[Need, ...]] = {
    (Move.CARRY_OUT, State.DECIDED): (TOLD,),
    (Move.CARRY_OUT, State.INFORMAL): (AGREEMENT,),
    (Move.CARRY_OUT, State.TRIAGED): (NO_COURSE_OF_ITS_OWN, OTHER_CLOSED),
}
"""What a move needs when it is made from one state, beside the needs of its rule."""


BEFORE_CLOSING: Mapping[State, str] = {
    State.RECEIVED: "Nobody has written to the reporter yet. Acknowledge the case first.",
    State.ACKNOWLEDGED: "Nobody has triaged it yet. Choose what happens with it first.",
    State.TRIAGED: (
        "What the triage chose has not begun. Begin to carry it out on the page of outcomes; an "
        "investigation is opened on the page of the inquiry."
    ),
    State.INFORMAL: "Record what was agreed, and begin to carry it out, on the page of outcomes.",
    State.INVESTIGATING: "The investigation has not ended. Its report is locked first.",
    State.REPORTED: "Nobody has decided yet. The decision maker gives a finding first.",
    State.DECIDED: "Tell both sides what was decided, and begin to carry it out, first.",
    State.APPEALED: "An appeal is open. The appeal body decides it first.",
    State.CLOSED: "It is closed already.",
    State.AFTERCARE: "It is closed already.",
}
"""What a case lacks that cannot be closed yet, by where it stands."""


class NoSuchMoveError(Refused):
    """The move does not lead on from the state that the case is in."""


def check(
    move: Move, state: State, facts: MoveFacts, left_out: frozenset[str] = frozenset()
) -> State:
    """Return the state that *move* leads to, or raise `Refused` with the first unmet need."""
    rule = MOVES[move]
    if state not in rule.sources or move in left_out:
        lacks = BEFORE_CLOSING.get(state) if move is Move.CLOSE else None
        lacks = lacks or "Look at where the case stands."
        raise NoSuchMoveError(f"That step is not possible now. {lacks}")
    for need in (*rule.needs, *FROM_STATE_NEEDS.get((move, state), ())):
        if not need.holds(facts):
            raise Refused(need.otherwise)
    return rule.target


def moves_from(state: State, left_out: frozenset[str] = frozenset()) -> tuple[Move, ...]:
    """Return the moves that lead on from *state*, in the order of the table."""
    return tuple(
        move for move, rule in MOVES.items() if state in rule.sources and move not in left_out
    )


def reaches_closed(left_out: frozenset[str] = frozenset()) -> frozenset[State]:
    """Return the states from which *closed* can be reached when *left_out* is not there."""
    reached = {State.CLOSED}
    while True:
        more = {
            state
            for move, rule in MOVES.items()
            if move not in left_out and rule.target in reached
            for state in rule.sources
        }
        if more <= reached:
            return frozenset(reached)
        reached |= more
