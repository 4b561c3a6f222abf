"""What a reporter has answered so far: one frozen value, as it lies in the sealed session."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from conductdesk.cases.concern import Answer, Identity, Mode

NO_POST = "none"
POST_UNKNOWN = "not_sure"

KEPT_CONTROLS = frozenset("\n\t")
DROPPED = frozenset({"Cc", "Cs", "Cn"})
"""Controls, halves of characters, and what no standard assigns. Marks of direction stay."""


def tidy_text(text: str | None) -> str:
    """Return *text* with plain line ends, without control characters and outer white space."""
    lines = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        sign for sign in lines if sign in KEPT_CONTROLS or unicodedata.category(sign) not in DROPPED
    )
    return "".join(kept).strip()


def tidy_line(text: str | None) -> str:
    """Return *text* as one line."""
    return " ".join(tidy_text(text).split())


@dataclass(frozen=True)
class PersonTyped:
    """Somebody whom the reporter names, as typed."""

    name: str = ""
    part: str = ""
    holds: str = NO_POST
    """The key of an office, `none` or `not_sure`."""

    @property
    def is_blank(self) -> bool:
        """Answer whether nothing was typed about this person."""
        return self == PersonTyped()


@dataclass(frozen=True)
class Match:
    """A typed name that may be an officer's; no answer counts as yes."""

    name: str
    office: str
    answer: Answer | None = None

    @property
    def key(self) -> str:
        """What a page carries along, so that its answer is to this name and office alone."""
        return hashlib.sha256(f"{self.office} {self.name}".encode()).hexdigest()[:16]

    @property
    def holds(self) -> bool:
        """Answer whether the person counts as the holder of the office."""
        return self.answer is not Answer.NO


@dataclass(frozen=True)
class Answers:
    """Every answer; None stands for a question that was not reached yet."""

    kind: str | None = None
    danger: Answer | None = None
    at_risk: Answer | None = None
    account: str | None = None
    happened: str | None = None
    people: tuple[PersonTyped, ...] | None = None
    matches: tuple[Match, ...] = ()
    mode: Mode | None = None
    identity: Identity | None = None
    sharing: str | None = None
    wish: str | None = None
    outside: Answer | None = None
    organisation: str | None = None
    own: tuple[tuple[str, str], ...] = ()
    """The answers to the pack's own questions, by their keys."""

    @property
    def own_answers(self) -> Mapping[str, str]:
        """The answers to the pack's own questions."""
        return dict(self.own)

    def with_own(self, key: str, said: str) -> Answers:
        """Return these answers with one of the pack's own questions answered."""
        return replace(self, own=tuple({**self.own_answers, key: said}.items()))

    def to_session(self) -> dict[str, Any]:
        """Return plain values for the session."""
        return {key: value for key, value in asdict(self).items() if value is not None}

    @classmethod
    def from_session(cls, values: Mapping[str, Any]) -> Answers:
        """Read what `to_session` wrote."""
        return cls(**{key: _READERS.get(key, _as_is)(value) for key, value in values.items()})

    def with_matches(self, found: tuple[tuple[str, str], ...]) -> Answers:
        """Return these answers with questions for the (name, office) pairs *found*.

        What was answered before about the same name and office stays answered.
        """
        known = {(match.name, match.office): match.answer for match in self.matches}
        pairs = dict.fromkeys(found)
        return replace(self, matches=tuple(Match(*pair, known.get(pair)) for pair in pairs))

    def with_match_answered(self, index: int, answer: Answer) -> Answers:
        """Return these answers with the match at *index* answered."""
        matches = list(self.matches)
        matches[index] = replace(matches[index], answer=answer)
        return replace(self, matches=tuple(matches))


def _as_is(value: Any) -> Any:
    return value


def _people(values: list[dict[str, str]]) -> tuple[PersonTyped, ...]:
    return tuple(PersonTyped(**value) for value in values)


def _matches(values: list[dict[str, str | None]]) -> tuple[Match, ...]:
    return tuple(
        Match(
            str(value["name"]),
            str(value["office"]),
            Answer(value["answer"]) if value["answer"] else None,
        )
        for value in values
    )


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "danger": Answer,
    "at_risk": Answer,
    "outside": Answer,
    "mode": Mode,
    "identity": lambda value: Identity(**value),
    "people": _people,
    "own": lambda values: tuple((key, said) for key, said in values),
    "matches": _matches,
}
