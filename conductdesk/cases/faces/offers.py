"""What can be done on a case at any time, each with who may do it and when there is a point."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from conductdesk.cases.actions.holding import OPEN_STATES
from conductdesk.cases.closing_acts import Hold
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.cases.workflow import MOVES, Move, State
from conductdesk.policy import Permission
from conductdesk.schemes.kinds import may_be_inquired, path_of


@dataclass(frozen=True)
class StepLine:
    """One thing to do: its words, a sentence on it, and where it is done."""

    words: str
    says: str
    endpoint: str
    values: Mapping[str, str | UUID] = field(default_factory=dict)


Offer = tuple[Permission, StepLine, Callable[[Case], bool]]


def is_open(case: Case) -> bool:
    """Answer whether something can still be done on the case."""
    return case.state in OPEN_STATES


def _can_be_appealed(case: Case) -> bool:
    return case.appeal_until is not None and case.state in (State.DECIDED, State.CARRYING_OUT)


def _always(_case: Case) -> bool:
    return True


def _inquires(case: Case) -> bool:
    return may_be_inquired(case.kind)


def _not_held(column: str) -> Callable[[Case], bool]:
    return lambda case: getattr(case, column) is None


def _open_and(condition: Callable[[Case], bool]) -> Callable[[Case], bool]:
    return lambda case: is_open(case) and case.joined_to is None and condition(case)


def _may_join(case: Case) -> bool:
    return case.state == State.TRIAGED and case.joined_to is None and _inquires(case)


def _may_go_another_way(case: Case) -> bool:
    undecided = case.decided_at is None and case.state in MOVES[Move.TRIAGE_AGAIN].sources
    return undecided and len(path_of(case.kind).routes) > 1


def _is_small(case: Case) -> bool:
    return case.route == Route.LOW_LEVEL and case.state in (State.TRIAGED, State.CARRYING_OUT)


def _hold(which: Hold, words: str, says: str) -> StepLine:
    return StepLine(words, says, "cases.hold", {"which": which.value})


OFFERS: tuple[Offer, ...] = (
    (
        Permission.HANDLE,
        StepLine("Write to the reporter", "Give the date of the next news.", "cases.messages"),
        _always,
    ),
    (
        Permission.HANDLE,
        StepLine(
            "Choose another route",
            "Where it is more than it seemed, or less.",
            "cases.another_route",
        ),
        _open_and(_may_go_another_way),
    ),
    (
        Permission.HANDLE,
        StepLine(
            "Record when a small matter was acted on",
            "By whoever handles it, after it was brought to attention.",
            "cases.acting",
        ),
        _is_small,
    ),
    (
        Permission.HANDLE,
        StepLine("Add a note", "Dated, and never changed.", "cases.inquiry", {"_anchor": "notes"}),
        is_open,
    ),
    (
        Permission.HANDLE,
        StepLine(
            "Appoint somebody, or keep somebody away",
            "An investigator, a decision maker, an appeal body, a second person.",
            "cases.people",
        ),
        _inquires,
    ),
    (
        Permission.HANDLE,
        StepLine("Appoint a second person", "Or keep somebody away.", "cases.people"),
        lambda case: not _inquires(case),
    ),
    (
        Permission.HANDLE,
        StepLine(
            "Join it to another case",
            "Where both are about the same matter. It is then looked into there.",
            "cases.joining",
        ),
        _may_join,
    ),
    (
        Permission.HANDLE,
        StepLine("Note what may be shared", "And what was taken back.", "cases.consents"),
        _always,
    ),
    (
        Permission.HANDLE,
        StepLine("Record an appeal", "The day on which it came counts, not today.", "cases.appeal"),
        _can_be_appealed,
    ),
    (
        Permission.HANDLE,
        StepLine(
            "Impose an interim measure",
            "A temporary step that keeps people safe before any finding.",
            "cases.measure",
        ),
        is_open,
    ),
    (
        Permission.SAFEGUARD,
        StepLine(
            "Refer it to another body",
            "Record what was shared with whom, on what ground.",
            "cases.referral",
        ),
        is_open,
    ),
    (
        Permission.SAFEGUARD,
        StepLine(
            "Decide against a referral",
            "With reasons, and a second safeguarding officer.",
            "cases.no_referral",
        ),
        is_open,
    ),
    (
        Permission.SAFEGUARD,
        StepLine(
            "Override confidence",
            "Record what was passed on although somebody did not agree, and why.",
            "cases.override",
        ),
        _always,
    ),
    (
        Permission.SAFEGUARD,
        _hold(
            Hold.SAFEGUARDING,
            "Begin a safeguarding hold",
            "No notice and no interview until the agencies’ advice is on record.",
        ),
        _open_and(_not_held("safeguarding_hold_since")),
    ),
    (
        Permission.SAFEGUARD,
        _hold(Hold.POLICE, "Begin a police pause", "The inquiry stands still for the police."),
        _open_and(_not_held("police_pause_since")),
    ),
    (
        Permission.SAFEGUARD,
        _hold(Hold.LEGAL, "Begin a legal hold", "The case is kept, even past its time."),
        _not_held("legal_hold_since"),
    ),
)
"""Each step with who may take it, and when there is a point in it."""
