"""A scheme pack as frozen values: everything that one code of conduct asks for.

The file format is TOML; `reading.py` turns a file into these values, and `checking.py` refuses a
pack that contradicts itself or the kernel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from conductdesk.schemes.checklist import USUAL_CHECKLIST
from conductdesk.schemes.kinds import KINDS, IntakeKind
from conductdesk.schemes.parts import (
    ChecklistLine,
    Confidentiality,
    DecisionBody,
    Organisation,
    Question,
    RoutingRule,
    Stricter,
)

NATIONS = frozenset({"ENG", "WLS", "SCT", "NIR"})
"""Whose public holidays can count."""


class Unit(StrEnum):
    """What a span of time is counted in."""

    DAYS = "days"
    WORKING_DAYS = "working days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True)
class Span:
    """A length of time, such as *10 working days*."""

    amount: int
    unit: Unit

    def __str__(self) -> str:
        """Return the words for a person: `1 working day`, `3 months`."""
        unit = self.unit.value
        return f"{self.amount} {unit.removesuffix('s') if self.amount == 1 else unit}"


@dataclass(frozen=True)
class Clause:
    """One numbered rule of a code, in our own words."""

    number: str
    title: str
    text: str
    in_force_from: date
    in_force_to: date | None

    def in_force_on(self, day: date) -> bool:
        """Answer whether the clause held on *day*."""
        return self.in_force_from <= day and (self.in_force_to is None or day <= self.in_force_to)


@dataclass(frozen=True)
class Office:
    """A post that receives or decides."""

    key: str
    name: str
    plain: str
    """How a public page names it, such as *the mentoring liaison officer*."""
    ours: bool
    """True where the code names no such post, and the pack adds it."""
    outside: bool
    """True for the contact outside the organisation."""
    takes: frozenset[str]
    """What its holders may be appointed to: investigate, decide, appeal, second."""
    per_organisation: bool = False
    """True where each organisation of the scheme has holders of its own."""
    reports_to: str = ""
    """The office above it: whoever holds this one is tied to whoever holds that one."""


@dataclass(frozen=True)
class Kind:
    """One kind of intake that the public form offers."""

    key: str
    name: str
    hint: str


@dataclass(frozen=True)
class OutcomeKind:
    """What may follow a finding."""

    key: str
    name: str
    hours: bool
    """True where a number of hours is part of it, as in retraining."""
    waits_for_appeal: bool
    """True where it takes no effect until the time for an appeal has ended."""
    adverse: bool
    """True where it weighs on the respondent, so that it needs an upheld finding."""
    of_hours: int = 0
    """The hours a year that the code asks for anyway, of which these are a part; 0: none."""
    length: Span | None = None
    """How long it lasts, where the code says so."""
    everywhere: bool = False
    """True where each organisation of the scheme is told, and confirms it."""
    proof_by: str = "handler"
    """Who shows that it was done: `owner`, `handler` or `second`."""
    offered: bool = True
    """False for what a request asks for: no decision orders it."""


@dataclass(frozen=True)
class RetentionClass:
    """How long a closed case of one class is kept."""

    key: str
    name: str
    keep: Span


@dataclass(frozen=True)
class Appeal:
    """How a decision can be appealed."""

    grounds: tuple[str, ...]
    lodge: Span
    decide: Span


@dataclass(frozen=True)
class HelpLine:
    """A number that a public page always shows."""

    who: str
    number: str
    words: str


@dataclass(frozen=True)
class Wording:
    """What the public pages say in the scheme's own words."""

    intro: str
    limit: str
    limit_clause: str
    outside_route: str
    help_lines: tuple[HelpLine, ...]
    rights: tuple[str, ...] = ()
    """What somebody who takes part may expect, each in a sentence."""
    no_anonymous: str = ""
    """Why a concern without a name cannot be taken, and who outside takes it; empty: it can."""


Keyed = TypeVar("Keyed", Office, OutcomeKind, Kind, RetentionClass, Question, Organisation)


@dataclass(frozen=True)
class Pack:
    """One version of one scheme."""

    key: str
    version: int
    name: str
    organisation: str
    nation: str
    child_age: int
    """A child is anybody younger."""
    unlisted: bool
    """True where the first page of the installation does not name the scheme."""
    participants: tuple[str, ...]
    """What a participant may be: mentor, co-mentor, mentee."""
    clauses: tuple[Clause, ...]
    offices: tuple[Office, ...]
    kinds: tuple[Kind, ...]
    chain: tuple[str, ...]
    """The offices that receive, in their order of succession."""
    safeguarding: tuple[str, ...]
    """The offices that a risk reaches in parallel, in their order of succession."""
    rules: tuple[RoutingRule, ...]
    """Other chains, the first that fits before the usual one."""
    organisations: tuple[Organisation, ...]
    questions: tuple[Question, ...]
    confidentiality: tuple[Confidentiality, ...]
    stricter: Mapping[str, Stricter]
    """By the move that they make stricter."""
    decision: DecisionBody
    clocks: dict[str, Span]
    outcomes: tuple[OutcomeKind, ...]
    appeal: Appeal
    retention: tuple[RetentionClass, ...]
    left_out: frozenset[str]
    """The moves of the kernel that this scheme does not use."""
    wording: Wording
    audit_checklist: tuple[ChecklistLine, ...] = ()
    """What an auditor checks on each case; empty where the usual list serves."""

    @property
    def checklist(self) -> tuple[ChecklistLine, ...]:
        """What an auditor checks on each sampled case."""
        return self.audit_checklist or USUAL_CHECKLIST

    def office(self, key: str) -> Office:
        """Return the office called *key*; `KeyError` if there is none."""
        return _named(self.offices, key)

    def above(self, office: str) -> frozenset[str]:
        """Return the offices above *office*, however far: whoever holds it is tied to theirs."""
        reports_to = {one.key: one.reports_to for one in self.offices}
        above: set[str] = set()
        while (office := reports_to.get(office, "")) and office not in above:
            above.add(office)
        return frozenset(above)

    def outcome(self, key: str) -> OutcomeKind:
        """Return the outcome called *key*; `KeyError` if there is none."""
        return _named(self.outcomes, key)

    def kind(self, key: str) -> Kind:
        """Return the intake kind called *key*; `KeyError` if there is none."""
        return _named(self.kinds, key)

    def retention_class(self, key: str) -> RetentionClass:
        """Return the retention class called *key*; `KeyError` if there is none."""
        return _named(self.retention, key)

    def organisation_named(self, key: str) -> Organisation:
        """Return the organisation called *key*; `KeyError` if there is none."""
        return _named(self.organisations, key)

    def questions_for(self, kind: str) -> tuple[Question, ...]:
        """Return the pack's own questions for one kind of intake, in their order."""
        return tuple(question for question in self.questions if kind in question.kinds)

    @property
    def kinds_on_form(self) -> tuple[Kind, ...]:
        """The kinds of intake that the public form offers."""
        return tuple(kind for kind in self.kinds if KINDS[IntakeKind(kind.key)].on_form)

    @property
    def posts(self) -> dict[str, str]:
        """Every post that somebody can hold: `office`, or `office/organisation`, and its words."""
        posts: dict[str, str] = {}
        for office in self.offices:
            own = self.organisations if office.per_organisation else ()
            posts |= {f"{office.key}/{one.key}": f"{office.name}, {one.name}" for one in own}
            if not office.per_organisation:
                posts[office.key] = office.name
        return posts

    @property
    def asks_organisation(self) -> bool:
        """Answer whether routing must know the organisation of the person named."""
        return any(office.per_organisation for office in self.offices)

    @property
    def mentor(self) -> str:
        """The first word for those who take part: whose organisation receives, where each does."""
        return self.participants[0]

    @property
    def takes_anonymous(self) -> bool:
        """Answer whether a concern without a name is taken."""
        return not self.wording.no_anonymous

    def clauses_until(self, day: date) -> dict[str, Clause]:
        """Return the clauses in force on *day* or before, each as it is cited.

        One that was changed is cited with its first day: what happened then is judged by it.
        """
        return {self._cited(one): one for one in self.clauses if one.in_force_from <= day}

    def clause(self, cited: str) -> Clause:
        """Return the clause that is cited as *cited*; `KeyError` if there is none."""
        return self.clauses_until(date.max)[cited]

    def _cited(self, clause: Clause) -> str:
        if sum(one.number == clause.number for one in self.clauses) == 1:
            return clause.number
        return f"{clause.number} (from {clause.in_force_from})"

    @property
    def log_id(self) -> str:
        """The audit log that the scheme writes to."""
        return self.key


def _named(things: tuple[Keyed, ...], key: str) -> Keyed:
    for thing in things:
        if thing.key == key:
            return thing
    raise KeyError(key)
