"""What the routing index adds to a concern: ties, ages, and an organisation.

Nothing of it is ever shown to a reporter: the steps that it leaves in the trace name nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.concern import Concern, Part
from conductdesk.participants.index import index_facts
from conductdesk.participants.rules import NameFacts
from conductdesk.people.queries import InOffice, in_office
from conductdesk.routing.rules import ConcernFacts, Holder, Routing, Step, Why, route
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keystore import Keystore

Barriers = tuple[tuple[UUID, Why], ...]

UNDER_AGE = Step(
    "register-age",
    "The register has somebody of this name who is under 18. That counts as a risk.",
)
ORGANISATION = Step(
    "register-organisation",
    "The reporter named no organisation. The register has one for the person it is about.",
)
ANOTHER_ORGANISATION = Step(
    "register-organisation",
    "The reporter named one organisation, and the register has another. Ask which is right.",
)


@dataclass(frozen=True)
class Known:
    """What routing goes by, and what the register had to do with it."""

    facts: ConcernFacts
    steps: tuple[Step, ...] = ()

    def route(self, pack: Pack, holders: Sequence[Holder]) -> Routing:
        """Return who receives the concern; the register's part comes first in the trace."""
        routing = route(pack, holders, self.facts)
        return replace(routing, trace=(*self.steps, *routing.trace))


def known_of(
    db: Session,
    keystore: Keystore,
    pack: Pack,
    concern: Concern,
    barriers: Barriers,
    officers: Collection[InOffice],
) -> Known:
    """Return the facts of *concern*, with what the index knows of the people named in it.

    It costs the same for the name of a member and for an invented one.
    """
    names, facts = [person.name for person in concern.people], concern.facts(barriers)
    named = _officers_named(facts, officers)
    found = index_facts(db, keystore, pack.key, names, named)
    tied = [(account_id, Why.TIED) for account_id in sorted(tied_officers(found, officers))]
    facts, found = concern.facts((*barriers, *tied)), found[: len(names)]
    steps: tuple[Step, ...] = ()
    if any(one.under_age for one in found):
        facts, steps = replace(facts, at_risk=True), (UNDER_AGE,)
    return _with_organisation(Known(facts, steps), _organisation(pack, concern, found))


def register_says(db: Session, keystore: Keystore, scheme: str, name: str) -> NameFacts:
    """Return what the index knows of one name, for an officer who adds a party."""
    found = index_facts(db, keystore, scheme, [name])
    return replace(found[0], tied=tied_officers(found, in_office(db, scheme)))


def tied_officers(found: Iterable[NameFacts], officers: Iterable[InOffice]) -> frozenset[UUID]:
    """Return who is tied to somebody: by the register, or as *officers* declared themselves.

    That an officer of another scheme declared a tie is no business of this one.
    """
    here = {one.account_id for one in officers}
    return frozenset(one for facts in found for one in facts.tied | (facts.declared & here))


def _officers_named(facts: ConcernFacts, officers: Iterable[InOffice]) -> list[UUID]:
    """Return whoever is named, or holds an office that is: others may have a tie to them."""
    named = {account_id for account_id, why in facts.barriers if why is Why.NAMED}
    held = {one.account_id for one in officers if one.office in facts.offices_named}
    return sorted(named | held)


def _with_organisation(known: Known, organisation: str) -> Known:
    if organisation in ("", known.facts.organisation):
        return known
    if known.facts.organisation:
        return replace(known, steps=(*known.steps, ANOTHER_ORGANISATION))
    facts = replace(known.facts, organisation=organisation)
    return Known(facts, (*known.steps, ORGANISATION))


def _organisation(pack: Pack, concern: Concern, found: Sequence[NameFacts]) -> str:
    """Return the organisation of those whom the concern is about.

    Empty if there are several, and where routing asks for none: then no case row shall have it.
    """
    theirs = {
        facts.organisation
        for person, facts in zip(concern.people, found, strict=True)
        if person.part is Part.RESPONDENT
    } & {one.key for one in pack.organisations}
    return theirs.pop() if len(theirs) == 1 and pack.asks_organisation else ""
