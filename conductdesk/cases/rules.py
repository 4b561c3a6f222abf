"""Small tables of the desk: what each capacity reads, and the words for states and parts."""

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

ALIASES: Mapping[Part, str] = {
    Part.RESPONDENT: "Respondent",
    Part.AFFECTED: "Affected person",
    Part.WITNESS: "Witness",
    Part.SUPPORTER: "Supporter",
    Part.PARTNER: "Partner",
    Part.GUARDIAN: "Guardian",
}

OF_A_CONCERN = frozenset({Part.RESPONDENT, Part.AFFECTED, Part.WITNESS})


def parts_for(kind: str) -> tuple[Part, ...]:
    """Return what a party can be in a case of *kind*; nobody at all where advice is asked for."""
    if not path_of(kind).names_others:
        return ()
    others = {Part.PARTNER} if may_be_inquired(kind) else OF_A_CONCERN
    return tuple(part for part in Part if part not in others)


STANDARDS: Mapping[str, str] = {
    "balance": "On the balance of probabilities",
    "clear": "Clear and convincing",
    "beyond_doubt": "Beyond reasonable doubt",
}

FEEDBACK_EVENTS = frozenset({"sides.told", "feedback.given"})
"""The entries of which one says that the reporter was told how it went."""

RESULTS: Mapping[str, str] = {
    "upheld": "Upheld",
    "partly_upheld": "Partly upheld",
    "not_upheld": "Not upheld",
    "not_determined": "Not determined",
}

UPHELD = frozenset({"upheld", "partly_upheld"})

BEARINGS: Mapping[str, str] = {
    "for": "Supports the allegation",
    "against": "Speaks against it",
    "neutral": "Neither",
}

AFTERCARE_DAYS = (14, 30, 90, 180)


def alias(part: Part, place: int) -> str:
    """Return the stable pseudonym of a party: *Witness B* is the second witness."""
    return f"{ALIASES[part]} {letter(place)}"


def letter(place: int) -> str:
    """Return A for 0, B for 1, and AA after Z."""
    rounds, rest = divmod(place, 26)
    return (letter(rounds - 1) if rounds else "") + chr(ord("A") + rest)
