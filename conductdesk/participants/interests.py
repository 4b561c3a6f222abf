"""What an officer declares: to whom they are tied, how, and until when; pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from conductdesk.participants.rules import name_keys


class InterestKind(StrEnum):
    """How an officer is tied to somebody."""

    FAMILY = "family"
    FRIEND = "friend"
    LINE_MANAGEMENT = "line_management"
    BUSINESS = "business"
    OTHER = "other"


@dataclass(frozen=True)
class Declared:
    """A tie as an officer declares it: to a person by name, or to another officer."""

    kind: InterestKind
    name: str
    """As it would be typed into a concern; an officer's is their account's."""
    officer: UUID | None = None
    """The account of the other officer."""
    since: date | None = None
    """For whoever declares it; it counts from when it is declared."""
    until: date | None = None
    """The last day on which it keeps them away; None as long as they do not take it back."""

    def is_over(self, day: date) -> bool:
        """Answer whether it counts no more on *day*."""
        return self.until is not None and self.until < day

    def same_person(self, other: Declared) -> bool:
        """Answer whether both are about one person, as far as names tell."""
        return self.officer == other.officer and name_keys(self.name) == name_keys(other.name)

    def to_json(self) -> str:
        """Return the text that is sealed."""
        days = {key: day.isoformat() for key in _DAYS if (day := getattr(self, key))}
        officer = {"officer": self.officer.hex} if self.officer else {}
        return json.dumps({"kind": self.kind, "name": self.name, **officer, **days})

    @classmethod
    def from_json(cls, text: str) -> Declared:
        """Read what `to_json` wrote."""
        said = json.loads(text)
        return cls(
            InterestKind(said["kind"]),
            said["name"],
            UUID(hex=said["officer"]) if "officer" in said else None,
            **{key: date.fromisoformat(said[key]) for key in _DAYS if key in said},
        )


_DAYS = ("since", "until")
