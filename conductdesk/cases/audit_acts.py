"""What auditors and officers say to one another about a closed case, as frozen values. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment

GRADES: Mapping[str, str] = {
    "advisory": "Advisory: it works, and could work better",
    "minor": "Minor: a slip that harmed nobody",
    "major": "Major: a safeguard did not work",
    "critical": "Critical: somebody was harmed, or could have been",
}
"""How grave a finding of the audit is."""

MORE: Mapping[Compartment, str] = {
    Compartment.INTAKE: "What the reporter wrote, and the messages",
    Compartment.INTERNAL: "Notes, evidence, the report and the decision",
    Compartment.RESPONDENT: "What was written to the respondent, and what they answered",
}
"""What an auditor may be let read beside the record; never who the reporter is."""

LONGEST_DAYS = 30
"""For how many days, at most, more than the record is opened at once."""


def _need(text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(sentence)


@dataclass(frozen=True)
class Observed:
    """Something that an auditor saw, and wants put right."""

    observation: str
    grade: str
    recommendation: str
    owner: str
    """The key of an office."""
    due_on: date

    def __post_init__(self) -> None:
        """Refuse a finding that nobody could act on."""
        _need(self.observation, "Say what you observed.")
        _need(self.recommendation, "Say what you recommend.")
        if self.grade not in GRADES:
            raise Refused("Choose how grave it is.")

    def to_json(self) -> str:
        """Return the words that are sealed; the rest are facts in clear."""
        return json.dumps({"observation": self.observation, "recommendation": self.recommendation})


@dataclass(frozen=True)
class Reply:
    """What management says to a finding."""

    accepted: bool
    words: str

    def __post_init__(self) -> None:
        """Refuse a reply without words."""
        _need(self.words, "Say what you will do, or why you do not agree.")


@dataclass(frozen=True)
class Verdict:
    """What the auditor makes of a proof: it is enough, or it is not."""

    proven: bool
    words: str

    def __post_init__(self) -> None:
        """Refuse a verdict without words."""
        _need(self.words, "Say what you saw in the proof.")


@dataclass(frozen=True)
class MoreWanted:
    """What an auditor asks to read beside the record, why, and until when."""

    parts: tuple[Compartment, ...]
    reason: str
    until: date

    def __post_init__(self) -> None:
        """Refuse what is not explained, and whatever nobody may open to an auditor."""
        _need(self.reason, "Say why the record is not enough.")
        if not self.parts or not set(self.parts) <= set(MORE):
            raise Refused("Choose what you need to read.")
