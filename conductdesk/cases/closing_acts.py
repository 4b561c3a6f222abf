"""What a person says when they hold, refer, close, follow up or destroy, as frozen values. Pure.

A value refuses to be made without what it needs, so that no action has to ask again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from conductdesk.refusal import Refused


def _need(text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(sentence)


class Hold(StrEnum):
    """What a case can be held by."""

    SAFEGUARDING = "safeguarding"
    POLICE = "police"
    LEGAL = "legal"


HOLDS: Mapping[Hold, str] = {
    Hold.SAFEGUARDING: "Safeguarding hold",
    Hold.POLICE: "Police pause",
    Hold.LEGAL: "Legal hold",
}


@dataclass(frozen=True)
class HoldBegun:
    """Why a case stands still, or must not be destroyed."""

    which: Hold
    reason: str

    def __post_init__(self) -> None:
        """Refuse a hold without a reason."""
        _need(self.reason, "Say why the case is held.")


@dataclass(frozen=True)
class HoldEnded:
    """Why a hold ends; the agencies' advice where it waited for them."""

    which: Hold
    reason: str
    agency: str = ""
    advice: str = ""

    def __post_init__(self) -> None:
        """Refuse to end a hold without a reason, or without the advice that it waited for."""
        _need(self.reason, "Say why the hold ends.")
        if self.which is not Hold.LEGAL:
            _need(self.agency, "Say which agency advised you.")
            _need(self.advice, "Record the agency’s advice before you end the hold.")


@dataclass(frozen=True)
class MeasureImposed:
    """A temporary step before any finding."""

    what: str
    reason: str
    alternatives: str
    """Which lesser steps were considered, and why they are not enough."""

    def __post_init__(self) -> None:
        """Refuse a measure that is not explained as the least restrictive."""
        _need(self.what, "Say what the measure is.")
        _need(self.reason, "Say why it is needed now.")
        _need(self.alternatives, "Say which lesser steps you considered, and why not those.")


@dataclass(frozen=True)
class MeasureReview:
    """Why a measure goes on for another review period."""

    measure_id: UUID
    reason: str

    def __post_init__(self) -> None:
        """Refuse a review without a reason."""
        _need(self.reason, "Say why the measure is still needed.")


@dataclass(frozen=True)
class MeasureEnding:
    """Why a measure ends."""

    measure_id: UUID
    reason: str

    def __post_init__(self) -> None:
        """Refuse an end without a reason."""
        _need(self.reason, "Say why the measure ends.")


@dataclass(frozen=True)
class ReferralMade:
    """Something taken to another body (`SG-06`)."""

    agency: str
    what: str
    """What was shared."""
    ground: str
    consent: str
    """Whether the person agreed, or why they were not asked."""
    reference: str = ""

    def __post_init__(self) -> None:
        """Refuse a referral that cannot be explained later."""
        _need(self.agency, "Say who it was referred to.")
        _need(self.what, "Say what was shared.")
        _need(self.ground, "Say on what ground it was referred.")
        _need(self.consent, "Say whether the person agreed, or why they were not asked.")


@dataclass(frozen=True)
class ReferralAnswer:
    """What the other body answered."""

    referral_id: UUID
    words: str
    reference: str = ""

    def __post_init__(self) -> None:
        """Refuse an empty answer."""
        _need(self.words, "Write down what they answered.")


@dataclass(frozen=True)
class NoReferral:
    """Why something is not referred (`SG-07`)."""

    agency: str
    reason: str

    def __post_init__(self) -> None:
        """Refuse without a reason."""
        _need(self.agency, "Say who it could have been referred to.")
        _need(self.reason, "Say why it is not referred.")


COURT = "court"
BY_ORDER = "A court or the law orders it."
"""A ground that no scheme can leave out, beside those of its own code."""


@dataclass(frozen=True)
class OverrideMade:
    """A breach of confidentiality, explained."""

    what: str
    to_whom: str
    ground: str
    """The key of one of the scheme's grounds, or `court`."""
    explanation: str
    told_on: date | None = None
    """The day on which the person was told, before it was passed on."""
    why_not_told: str = ""

    def __post_init__(self) -> None:
        """Refuse what is not explained, above all why the person was not told."""
        _need(self.what, "Say what was passed on.")
        _need(self.to_whom, "Say to whom it was passed on.")
        _need(self.explanation, "Explain the ground.")
        if self.told_on is None:
            _need(self.why_not_told, "Say why the person was not told beforehand.")


@dataclass(frozen=True)
class Agreement:
    """What was agreed informally."""

    what: str
    who: str
    by_when: date
    consent: str
    """That those who take part consent, and how they said so."""

    def __post_init__(self) -> None:
        """Refuse an agreement that leaves open who, or whether they consent."""
        _need(self.what, "Say what was agreed.")
        _need(self.who, "Say who does what was agreed.")
        _need(self.consent, "Say how those who take part told you that they consent.")


@dataclass(frozen=True)
class AgreementEnded:
    """What became of something that was agreed informally."""

    agreement_id: UUID
    done: bool
    words: str
    """How one can see that it was done, or why it was not."""

    def __post_init__(self) -> None:
        """Refuse an end that nobody could check later."""
        missing = "Say how one can see that it was done." if self.done else "Say why it was not."
        _need(self.words, missing)


@dataclass(frozen=True)
class Section:
    """One titled text of an audit copy."""

    title: str
    text: str


@dataclass(frozen=True)
class CheckedCopy:
    """An audit copy as its handler has checked and perhaps changed it."""

    sections: tuple[Section, ...]

    def __post_init__(self) -> None:
        """Refuse an empty copy."""
        _need("".join(section.text for section in self.sections), "The audit copy is empty.")

    def to_json(self) -> str:
        """Return the text that is sealed to `record`."""
        return json.dumps([asdict(section) for section in self.sections])

    @classmethod
    def from_json(cls, text: str) -> CheckedCopy:
        """Read what `to_json` wrote."""
        return cls(tuple(Section(part["title"], part["text"]) for part in json.loads(text)))


@dataclass(frozen=True)
class Reason:
    """A reason: for closing, refusing to agree, reopening, ending aftercare, or destroying."""

    words: str

    def __post_init__(self) -> None:
        """Refuse an empty reason."""
        _need(self.words, "Give a reason.")


@dataclass(frozen=True)
class Placed:
    """To which organisation a case belongs, and how one knows."""

    organisation: str
    reason: str

    def __post_init__(self) -> None:
        """Refuse an empty reason."""
        _need(self.reason, "Say how you know which organisation it is.")


def as_json(value: object) -> str:
    """Return a value's fields as the JSON that a sealed body holds."""
    return json.dumps(asdict(value), default=str, sort_keys=True)  # type: ignore[call-overload]  # any dataclass above
