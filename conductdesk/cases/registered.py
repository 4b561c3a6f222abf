"""What the routing index adds to a concern: ties, ages, and doubts about the organisation.

Nothing of it is ever shown to a reporter: the steps that it leaves in the trace name nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.concern import Concern, Part
from conductdesk.participants.index import index_facts
from conductdesk.participants.queries import theirs_of
from conductdesk.participants.rules import NameFacts
from conductdesk.people.queries import InOffice
from conductdesk.policy import Viewer
from conductdesk.routing.rules import ConcernFacts, Holder, Routing, Step, Why, route
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keystore import Keystore

Barriers = tuple[tuple[UUID, Why], ...]

ABOUT = frozenset({Part.RESPONDENT, Part.PARTNER})
"""What those are whom a concern, or a request, is about."""

OF_THIS_NAME = "The register has somebody of this name who is under 18."
UNDER_AGE = Step("register-age", f"{OF_THIS_NAME} That counts as a risk.")
NOT_KNOWN = Step(
    "organisation",
    "The reporter was not sure of the organisation. Find out, and set it under People.",
)
CONTRADICTED = Step(
    "register-organisation",
    "The register does not agree with the organisation that the reporter chose, so nobody of it "
    "receives. Find out which is right, and set it under People.",
)


@dataclass(frozen=True)
class Known:
    """What routing goes by, and what the register had to do with it."""

    facts: ConcernFacts
    steps: tuple[Step, ...] = ()

    def at(self, organisation: str | None) -> Known:
        """Return the same for an organisation that an officer has set; None changes nothing."""
        if organisation is None:
            return self
        return replace(self, facts=replace(self.facts, organisation=organisation))

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
    return _with_organisation(Known(facts, steps), pack, concern, found)


@dataclass(frozen=True)
class AgeKnown:
    """Whether the register has somebody under age of some name, and what an entry says of it."""

    is_under_age: bool
    said: str = ""


def age_known(db: Session, keystore: Keystore, pack: Pack, actor: Viewer, name: str) -> AgeKnown:
    """Return what the register says of the age of somebody whom *actor* adds as a party.

    The whole of it decides whether safeguarding hears. What is said of it is of those alone whose
    entries *actor* keeps, where each organisation has its own.
    """
    found, theirs = index_facts(db, keystore, pack.key, [name])[0], theirs_of(actor, pack)
    own = all(one.organisation in (theirs.organisations or ()) for one in found.standings)
    may_be_said = found.under_age and (not pack.asks_organisation or theirs.is_all or own)
    return AgeKnown(found.under_age, OF_THIS_NAME if may_be_said else "")


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


def _with_organisation(
    known: Known, pack: Pack, concern: Concern, found: Sequence[NameFacts]
) -> Known:
    """Let no organisation receive where the reporter was not sure, or the register disagrees.

    An officer of the whole scheme then finds out, and sets it: the register never chooses one.
    """
    if not pack.asks_organisation:
        return known
    if not concern.organisation:
        return replace(known, steps=(*known.steps, NOT_KNOWN))
    if _agrees(pack, concern, found):
        return known
    facts = replace(known.facts, organisation="")
    return Known(facts, (*known.steps, CONTRADICTED))


def _agrees(pack: Pack, concern: Concern, found: Sequence[NameFacts]) -> bool:
    """Answer whether the reporter may have chosen rightly, for all that the register knows.

    Nobody whom the concern is about may be a mentor of other organisations alone. One that is known
    to be somebody else's, such as a mentee's, must be that of a mentor who is named, too.
    """
    chosen, known = concern.organisation, {one.key for one in pack.organisations}
    mentors = [_places(facts, known, pack.mentor) for facts in found]
    about = [
        places
        for person, places in zip(concern.people, mentors, strict=True)
        if person.part in ABOUT and places
    ]
    if any(chosen not in places for places in about):
        return False
    others = frozenset(
        one.organisation for facts in found for one in facts.standings if one.role != pack.mentor
    )
    return chosen not in others or any(chosen in places for places in mentors)


def _places(facts: NameFacts, known: Collection[str], role: str) -> frozenset[str]:
    """Return the organisations of the scheme for which somebody takes part in a *role*."""
    return frozenset(
        one.organisation
        for one in facts.standings
        if one.role == role and one.organisation in known
    )
