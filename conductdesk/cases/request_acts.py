"""What people do about a request, as values: a form ends in one, an action begins with one. Pure.

A request asks for something to be done. Nobody is at fault in it, so it has no finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from conductdesk.schemes.kinds import IntakeKind

ASKED: Mapping[str, str] = {
    IntakeKind.REPAIRING: "Find another pairing.",
    IntakeKind.PAUSE: "Pause the mentoring, and tell everybody who takes part.",
    IntakeKind.ENDING: "End the mentoring, and tell everybody who takes part.",
    IntakeKind.RECORDS: "Find what is held about the person who asks, and send it to them.",
    IntakeKind.NOTES: "Hand the notes over to the person whom they are about.",
    IntakeKind.DATA_PROTECTION: (
        "Look into how their personal data was used. Tell them what came of it, and that they can "
        "go to the Information Commissioner’s Office."
    ),
    IntakeKind.INTEREST: "Note the interest, and keep the person away from what it touches.",
}
"""What each kind of request comes to, as the triage page suggests it."""


@dataclass(frozen=True)
class Obligation:
    """What a request becomes: who does what, and by when where no clock of its kind says so."""

    what: str
    owner: str = ""
    owner_id: UUID | None = None
    """The party who must do it, where it is not an officer."""
    due_on: date | None = None
    """For a kind without a clock of its own."""


@dataclass(frozen=True)
class Told:
    """That one person who takes part was told of a pause or an ending."""

    outcome_id: UUID
    party_id: UUID
    told_on: date
    how: str


@dataclass(frozen=True)
class Confirmed:
    """How an organisation confirmed that somebody's part has ended, where it did so elsewhere."""

    outcome_id: UUID
    organisation: str
    how: str


@dataclass(frozen=True)
class Extension:
    """Why a request takes longer, until when, and what the person who asked is told of it."""

    outcome_id: UUID
    until: date
    reason: str
    message: str


@dataclass(frozen=True)
class RequestRefused:
    """What of a request is refused, on what ground, and what the person who asked is told."""

    outcome_id: UUID
    whole: bool
    what: str
    """What is refused, where it is not the whole."""
    reasons: str
    message: str
