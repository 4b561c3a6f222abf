"""Decide who receives a concern, from the pack, the people in office, and the answers alone.

The same facts always give the same answer. Whoever is named, tied or recused is taken out of the
lists before anybody is chosen, so nothing that follows can put them back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from conductdesk.policy import Capacity
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import fits


class Post(Protocol):
    """An office, and who holds it."""

    @property
    def office(self) -> str:
        """The key of the office."""

    @property
    def account_id(self) -> UUID:
        """The account of whoever holds it."""


class Why(StrEnum):
    """Why somebody is kept away from a case."""

    NAMED = "named"
    IN_OFFICE = "in_office"
    """An office that they hold was named, and they may be the one who is meant, or not."""
    TIED = "tied"
    RECUSED = "recused"


MEANT = frozenset({Why.NAMED, Why.IN_OFFICE})
"""Why an officer is kept away whom the concern is about, or may be."""

BECAUSE: Mapping[Why, str] = {
    Why.NAMED: "they are named",
    Why.IN_OFFICE: "an office that they hold was named",
    Why.TIED: "they are tied to somebody named",
    Why.RECUSED: "they are recused",
}


PERHAPS_IN_OFFICE = (
    "The reporter was not sure whether somebody they named holds an office, and did not say which. "
    "It may be anyone, so nobody is kept away for that."
)


@dataclass(frozen=True)
class Holder:
    """Somebody who holds an office today; *place* is their turn in its order of succession.

    Where two have the same turn, the lower account id comes first: the same for every reader.
    """

    account_id: UUID
    office: str
    place: int = 1
    organisation: str = ""
    """The organisation for which they hold it, where each has its own."""


@dataclass(frozen=True)
class ConcernFacts:
    """What routing needs to know of a concern."""

    danger_now: bool = False
    at_risk: bool = False
    """True where a child, an adult at risk or a risk of harm was mentioned, or "not sure"."""
    wants_outside: bool = False
    """True where the reporter asked for the contact outside."""
    offices_named: frozenset[str] = frozenset()
    """The offices whose holder the reporter named, or did not say no to."""
    offices_before: frozenset[str] = frozenset()
    """The offices that were named in the case to which this one is linked."""
    perhaps_in_office: bool = False
    """True where the reporter was not sure whether somebody they named holds an office."""
    barriers: tuple[tuple[UUID, Why], ...] = ()
    """Those who are tied, or recused, or named as a person."""
    kind: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    """What was answered to the pack's own questions, by their keys."""
    organisation: str = ""
    """The organisation of the person the concern is about; empty where it is not known."""

    @property
    def said(self) -> Mapping[str, str]:
        """Everything that a routing rule can look at."""
        usual = {
            "kind": self.kind,
            "danger": "yes" if self.danger_now else "no",
            "risk": "yes" if self.at_risk else "no",
        }
        return {**dict(self.answers), **usual}


@dataclass(frozen=True)
class Step:
    """One rule that was applied, in words that an officer understands."""

    rule: str
    words: str


@dataclass(frozen=True)
class Seat:
    """Somebody who receives the concern, in which capacity, and from which office."""

    account_id: UUID
    office: str
    capacity: Capacity


@dataclass(frozen=True)
class Routing:
    """Who receives a concern, who does not, and the trace of rules."""

    seats: tuple[Seat, ...]
    kept_away: tuple[tuple[UUID, Why], ...]
    trace: tuple[Step, ...]
    rule: str = ""
    """The key of the pack's rule that chose the chain; empty: the usual chain."""

    @property
    def has_handler(self) -> bool:
        """Answer whether anybody is in charge; if not, the recovery key's custodians are told."""
        return any(seat.capacity is Capacity.HANDLER for seat in self.seats)


@dataclass
class _Working:
    pack: Pack
    holders: Sequence[Holder]
    kept_away: dict[UUID, Why]
    organisation: str
    seats: list[Seat] = field(default_factory=list)
    trace: list[Step] = field(default_factory=list)

    def note(self, rule: str, words: str) -> None:
        self.trace.append(Step(rule, words))

    def clear(self, offices: Sequence[str]) -> list[Holder]:
        """Return those who hold one of *offices* and are not kept away, in their order."""
        return [
            holder
            for office in offices
            for holder in sorted(self.holders, key=lambda holder: (holder.place, holder.account_id))
            if holder.office == office
            and holder.account_id not in self.kept_away
            and is_theirs(self.pack, holder, self.organisation)
        ]

    def seat(self, holder: Holder, capacity: Capacity) -> None:
        self.seats.append(Seat(holder.account_id, holder.office, capacity))


def is_theirs(pack: Pack, holder: Holder, organisation: str) -> bool:
    """Answer whether *holder* may receive: nobody of another organisation ever does.

    An office that came with a later version of the pack, or went with it, receives nothing here.
    """
    office = next((one for one in pack.offices if one.key == holder.office), None)
    if office is None or not office.per_organisation:
        return office is not None
    return bool(organisation) and holder.organisation == organisation


def chain_of(pack: Pack, rule: str) -> Sequence[str]:
    """Return the offices that receive under one of the pack's rules, or usually."""
    return next((one.chain for one in pack.rules if one.key == rule), pack.chain)


def route(pack: Pack, holders: Sequence[Holder], facts: ConcernFacts) -> Routing:
    """Return who receives a concern with these *facts*, and why."""
    working = _Working(pack, holders, keep_away(pack, holders, facts), facts.organisation)
    _explain_kept_away(working)
    if facts.perhaps_in_office:
        working.note("perhaps-in-office", PERHAPS_IN_OFFICE)
    rule = _rule(working, facts)
    _choose_handlers(working, chain_of(pack, rule))
    _choose_safeguarding(working, facts)
    _choose_outside(working, facts)
    kept_away = tuple(working.kept_away.items())
    return Routing(tuple(working.seats), kept_away, tuple(working.trace), rule)


def keep_away(pack: Pack, holders: Sequence[Holder], facts: ConcernFacts) -> dict[UUID, Why]:
    """Return who is kept away, and why: what concerns the person goes before what does the post."""
    person = [(account_id, why) for account_id, why in facts.barriers if why is not Why.IN_OFFICE]
    person += [(one, Why.TIED) for one in below(pack, holders, _offices_meant(holders, facts))]
    post = [
        (holder.account_id, Why.IN_OFFICE)
        for holder in holders
        if holder.office in facts.offices_named
    ]
    kept: dict[UUID, Why] = {}
    for account_id, why in (*person, *facts.barriers, *post):
        kept.setdefault(account_id, why)
    return kept


def below(pack: Pack, holders: Iterable[Post], offices: Collection[str]) -> list[UUID]:
    """Return who holds an office that reports to one of *offices*, however far above it is."""
    return [one.account_id for one in holders if not pack.above(one.office).isdisjoint(offices)]


def _offices_meant(holders: Sequence[Holder], facts: ConcernFacts) -> frozenset[str]:
    """Return the offices that are named, here or before, and those of the officers meant."""
    meant = {account_id for account_id, why in facts.barriers if why in MEANT}
    held = (one.office for one in holders if one.account_id in meant)
    return frozenset((*facts.offices_named, *facts.offices_before, *held))


def _rule(working: _Working, facts: ConcernFacts) -> str:
    """Return the first rule of the pack that fits."""
    for rule in working.pack.rules:
        if all(fits(facts.said.get(key), answer) for key, answer in rule.when.items()):
            working.note(f"rule-{rule.key}", rule.words)
            return rule.key
    return ""


def _explain_kept_away(working: _Working) -> None:
    names = {office.key: office.name for office in working.pack.offices}
    for holder in working.holders:
        why = working.kept_away.get(holder.account_id)
        if why and holder.office in names:
            words = f"{names[holder.office]}: kept away, because {BECAUSE[why]}."
            working.note(f"kept-away-{why}", words)


def _choose_handlers(working: _Working, chain: Sequence[str]) -> None:
    clear = working.clear(chain)
    if not clear:
        working.note(
            "recovery",
            "Nobody in the chain is clear. The custodians of the recovery key are told.",
        )
        return
    first = clear[0]
    working.seat(first, Capacity.HANDLER)
    working.note(
        "handler", f"{_name(working, first)}: in charge, the first in the chain who is clear."
    )
    others = [holder for holder in clear if holder.account_id != first.account_id]
    if not others:
        working.note("no-alternate", "Nobody else in the chain is clear, so there is no alternate.")
        return
    working.seat(others[0], Capacity.ALTERNATE)
    working.note("alternate", f"{_name(working, others[0])}: alternate, the next who is clear.")


def _choose_safeguarding(working: _Working, facts: ConcernFacts) -> None:
    if not (facts.at_risk or facts.danger_now):
        working.note("no-risk", "No risk, child or adult at risk was mentioned.")
        return
    clear = working.clear(working.pack.safeguarding)
    if not clear:
        working.note("recovery", "No safeguarding officer is clear. The custodians are told.")
        return
    working.seat(clear[0], Capacity.SAFEGUARDING)
    working.note(
        "safeguarding",
        f"{_name(working, clear[0])}: in parallel, because a risk was mentioned or is not ruled out.",
    )


def _choose_outside(working: _Working, facts: ConcernFacts) -> None:
    if not facts.wants_outside:
        return
    outside = [office.key for office in working.pack.offices if office.outside]
    seated = {seat.account_id for seat in working.seats}
    for holder in working.clear(outside):
        if holder.account_id not in seated:
            working.seat(holder, Capacity.OUTSIDE)
            working.note("outside", f"{_name(working, holder)}: the reporter asked for them.")
            return


def _name(working: _Working, holder: Holder) -> str:
    return working.pack.office(holder.office).name
