"""What the desk holds to: what each capacity reads, who can be a party, and what counts as upheld."""

from __future__ import annotations

from collections.abc import Mapping

from conductdesk.cases.concern import Part
from conductdesk.policy import Capacity
from conductdesk.schemes.kinds import may_be_inquired, path_of
from conductdesk.vault.models import Compartment

EVERYTHING = frozenset(Compartment)
INQUIRY = frozenset(
    {Compartment.INTAKE, Compartment.INTERNAL, Compartment.RESPONDENT, Compartment.RECORD}
)
DECISION = frozenset({Compartment.INTERNAL, Compartment.RESPONDENT, Compartment.RECORD})

READS: Mapping[Capacity, frozenset[Compartment]] = {
    Capacity.HANDLER: EVERYTHING,
    Capacity.ALTERNATE: EVERYTHING,
    Capacity.OUTSIDE: EVERYTHING,
    Capacity.SAFEGUARDING: EVERYTHING,
    Capacity.INVESTIGATOR: INQUIRY,
    Capacity.DECISION_MAKER: DECISION,
    Capacity.APPEAL_BODY: DECISION,
    Capacity.SECOND: frozenset({Compartment.RECORD}),
}
"""Which compartments each capacity is granted (`DESIGN.md`, the vault)."""

SEPARATE = frozenset({Capacity.INVESTIGATOR, Capacity.DECISION_MAKER, Capacity.APPEAL_BODY})
"""The parts that are never the same person's, on one case."""

OF_A_CONCERN = frozenset({Part.RESPONDENT, Part.AFFECTED, Part.WITNESS})


def parts_for(kind: str) -> tuple[Part, ...]:
    """Return what a party can be in a case of *kind*; nobody at all where advice is asked for."""
    if not path_of(kind).names_others:
        return ()
    others = {Part.PARTNER} if may_be_inquired(kind) else OF_A_CONCERN
    return tuple(part for part in Part if part not in others)


FEEDBACK_EVENTS = frozenset({"sides.told", "feedback.given"})
"""The entries of which one says that the reporter was told how it went."""

UPHELD = frozenset({"upheld", "partly_upheld"})

AFTERCARE_DAYS = (14, 30, 90, 180)
