"""The smaller values of a scheme pack: questions, routing rules, and what it makes stricter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

NOT_SURE = "not_sure"
"""What every question that routing uses may be answered with; routing takes the safe way."""


def fits(said: str | None, wanted: str) -> bool:
    """Answer whether a condition of the pack holds; whoever is not sure is taken to say yes."""
    return said == wanted or (said == NOT_SURE and wanted == "yes")


class AnswerKind(StrEnum):
    """How a question of the pack is answered."""

    TEXT = "text"
    YES_NO = "yes_no"
    CHOICE = "choice"


class UsedFor(StrEnum):
    """What the answer to a question of the pack is for."""

    ROUTING = "routing"
    """A routing rule looks at it."""
    HANDLING = "handling"
    """The handler reads it with the concern."""
    SHARED_AS = "sharing as whom"
    """A part of what the reporter agrees to have shared: by their name, or without it."""
    SHARED_WITH = "sharing with whom"
    SHARED_HOW = "sharing how"
    SHARED_WHEN = "sharing when"


OF_SHARING = frozenset(use for use in UsedFor if use.startswith("sharing "))
"""What is asked about something that may be shared."""


class Told(StrEnum):
    """Whether the person is told before what they said in confidence is passed on."""

    BEFOREHAND = "beforehand"
    UNLESS_UNSAFE = "beforehand unless unsafe"
    AFTERWARDS = "afterwards"


class DecidedBy(StrEnum):
    """Who decides after an investigation."""

    OFFICER = "officer"
    PANEL = "panel"


@dataclass(frozen=True)
class ChecklistLine:
    """One thing that an auditor checks on each sampled case."""

    key: str
    question: str
    clause: str = ""
    """The number of the clause that asks for it."""


@dataclass(frozen=True)
class Organisation:
    """One of several organisations that take part in a scheme."""

    key: str
    name: str


@dataclass(frozen=True)
class Choice:
    """One answer that can be chosen."""

    key: str
    name: str


@dataclass(frozen=True)
class Question:
    """Something that the public form asks beside what it always asks."""

    key: str
    kinds: tuple[str, ...]
    """The intake kinds that ask it."""
    text: str
    why: str
    """Why it is asked, for the person who answers."""
    answer: AnswerKind
    choices: tuple[Choice, ...]
    when: Mapping[str, str]
    """Earlier questions and the answers that open this one; empty: always asked."""
    used_for: UsedFor | None
    means_risk: bool = False
    """True where “yes”, or “not sure”, says that somebody may be harmed: safeguarding hears of it."""

    @property
    def about_sharing(self) -> bool:
        """Whether it is asked about what may be shared, once something may be."""
        return self.used_for in OF_SHARING


@dataclass(frozen=True)
class RoutingRule:
    """Another chain than the usual one, for concerns of which something is true."""

    key: str
    words: str
    """Why, for the officer who reads the trace."""
    when: Mapping[str, str]
    chain: tuple[str, ...]


@dataclass(frozen=True)
class Confidentiality:
    """One ground on which a confidence may be broken."""

    key: str
    ground: str
    clause: str
    """The number of the clause that allows it."""
    decides: tuple[str, ...]
    """The offices whose holders may decide it."""
    told: Told
    ours: bool = False
    """True where the code does not go as far, and the pack adds it."""


@dataclass(frozen=True)
class Stricter:
    """What a scheme asks for beside what the kernel asks for at one move."""

    move: str
    reason: bool
    second: bool
    """True where somebody else must have agreed."""
    office: str
    """The office that must make the move; empty: whoever the kernel lets."""


@dataclass(frozen=True)
class DecisionBody:
    """Who decides, and with how many voices."""

    by: DecidedBy
    members: int
    majority: Fraction
    """The share of the members who must agree."""

    @property
    def voices(self) -> int:
        """How many members must agree: two thirds of three are two, of four are three."""
        return -(-self.members * self.majority.numerator // self.majority.denominator)


ONE_OFFICER = DecisionBody(DecidedBy.OFFICER, 1, Fraction(1))
