"""What people decide in an inquiry, as values: a form ends in one, an action begins with one."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID


class AppealResult(StrEnum):
    """What an appeal body may decide."""

    DISMISSED = "dismissed"
    VARIED = "varied"
    REMITTED = "remitted"


class Side(StrEnum):
    """Who may appeal."""

    RESPONDENT = "respondent"
    REPORTER = "reporter"


@dataclass(frozen=True)
class NewAllegation:
    """One respondent, one clause, one account of what happened."""

    party_id: UUID
    clause: str
    account: str


@dataclass(frozen=True)
class Terms:
    """The terms of reference; a second set adds its allegations to the first."""

    allegations: tuple[NewAllegation, ...]
    questions: str
    standard: str
    """A key of `words.STANDARDS`."""
    due_on: date


@dataclass(frozen=True)
class NoticeServed:
    """A notice to one respondent, of every allegation against them."""

    party_id: UUID
    served_on: date
    text: str


@dataclass(frozen=True)
class ReplyReceived:
    """What one respondent answered."""

    party_id: UUID
    received_on: date
    text: str


@dataclass(frozen=True)
class NoReply:
    """That one respondent did not answer in time, and what was done to reach them."""

    party_id: UUID
    attempts: str


@dataclass(frozen=True)
class NewEvidence:
    """One item; with a file, the text says what the file shows and may be empty."""

    title: str
    bearing: str
    """A key of `words.BEARINGS`."""
    text: str = ""
    allegation_id: UUID | None = None
    """None where it bears on all of them."""


@dataclass(frozen=True)
class CaseToAnswer:
    """Whether the facts found leave an allegation to be answered, and why."""

    allegation_id: UUID
    to_answer: bool
    why: str


@dataclass(frozen=True)
class Report:
    """What the investigator found; never advice on what should follow."""

    facts: str
    analysis: str
    searched_against: str
    """What was done to find evidence against the allegations."""
    answers: tuple[CaseToAnswer, ...]
    """One for each allegation."""


@dataclass(frozen=True)
class FindingGiven:
    """The decision on one allegation."""

    allegation_id: UUID
    result: str
    """A key of `words.FINDINGS`."""
    standard: str
    """A key of `words.STANDARDS`."""
    reasons: str


@dataclass(frozen=True)
class OutcomeOrdered:
    """An obligation from the scheme's list."""

    kind: str
    """The key of an outcome of the pack."""
    what: str
    owner: str
    """Who must do it."""
    due_on: date
    party_id: UUID | None = None
    """Whom it is about; an adverse outcome needs a respondent."""
    hours: int | None = None


@dataclass(frozen=True)
class Decision:
    """A finding for every allegation, and what follows."""

    findings: tuple[FindingGiven, ...]
    outcomes: tuple[OutcomeOrdered, ...] = ()

    def to_json(self) -> str:
        """Return the text that is sealed while a panel votes on it."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, text: str) -> Decision:
        """Read what `to_json` wrote."""
        value = json.loads(text)
        return cls(
            tuple(
                FindingGiven(**{**one, "allegation_id": UUID(one["allegation_id"])})
                for one in value["findings"]
            ),
            tuple(_ordered_from(one) for one in value["outcomes"]),
        )


def _ordered_from(value: dict[str, Any]) -> OutcomeOrdered:
    party = value["party_id"]
    read = {
        "due_on": date.fromisoformat(value["due_on"]),
        "party_id": UUID(party) if party else None,
    }
    return OutcomeOrdered(**{**value, **read})


@dataclass(frozen=True)
class Ballot:
    """What one member of a panel says to a proposed decision."""

    proposed_id: UUID
    agrees: bool
    reason: str


@dataclass(frozen=True)
class LetterTo:
    """The outcome letter to one respondent."""

    party_id: UUID
    text: str


@dataclass(frozen=True)
class BothSidesTold:
    """What each side was told; both are told on the day on which this is recorded."""

    letters: tuple[LetterTo, ...]
    """One for each respondent."""
    feedback: str
    """What the reporter reads in the mailbox."""


@dataclass(frozen=True)
class GroundGiven:
    """One ground of an appeal, and why it is claimed."""

    ground: str
    """One of the pack's `appeal.grounds`, word for word."""
    why: str


@dataclass(frozen=True)
class AppealLodged:
    """An appeal as it reached the officer who records it."""

    by: Side
    received_on: date
    grounds: tuple[GroundGiven, ...]


@dataclass(frozen=True)
class GroundAnswered:
    """What the appeal body makes of one ground."""

    ground: str
    accepted: bool
    reasons: str


@dataclass(frozen=True)
class AppealConcluded:
    """How an appeal ends. The last three are for *varied* alone."""

    result: AppealResult
    answers: tuple[GroundAnswered, ...]
    """One for each ground of the appeal."""
    findings: tuple[FindingGiven, ...] = ()
    """The findings that take the place of earlier ones."""
    set_aside: frozenset[UUID] = frozenset()
    """The outcomes that no longer hold."""
    outcomes: tuple[OutcomeOrdered, ...] = ()
    """The outcomes that come in their place."""


@dataclass(frozen=True)
class OutcomeProven:
    """That an obligation was met, and how one can see it."""

    outcome_id: UUID
    proof: str
    shown_on: date | None = None
    """The day on which whoever must do it showed it, where the scheme asks them to."""


@dataclass(frozen=True)
class HoursSpent:
    """Some of the hours of an outcome, and how one knows."""

    outcome_id: UUID
    done_on: date
    minutes: int
    what: str


@dataclass(frozen=True)
class WaiverProposed:
    """That an obligation should be given up, and why."""

    outcome_id: UUID
    reason: str


@dataclass(frozen=True)
class WaiverAnswered:
    """What a second person says to a waiver, and why."""

    proposal_id: UUID
    reason: str
