"""The kinds of intake that the kernel knows, and the path that each takes; pure.

A pack chooses which of them it offers and names them; it can add none (docs/scheme-packs.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class IntakeKind(StrEnum):
    """What a reporter can send."""

    CONCERN = "concern"
    SAFEGUARDING = "safeguarding"
    CALL_ME = "call_me"
    ADVICE = "advice"
    INTEREST = "interest"
    REPAIRING = "repairing"
    PAUSE = "pause"
    ENDING = "ending"
    RECORDS = "records"
    NOTES = "notes"
    INFORMATION = "information"
    CHECK_IN = "check_in"
    DATA_PROTECTION = "data_protection"


INQUIRY = frozenset({"advice", "informal", "referral", "low_level", "out_of_scope", "formal"})
"""Every route but the one of a plain request."""


@dataclass(frozen=True)
class KindPath:
    """What the procedure makes of one kind of intake."""

    routes: frozenset[str]
    """The routes that triage may choose (`cases.needs.Route`)."""
    clock: str = ""
    """The clock of its own that begins when it is received; empty: the usual ones alone."""
    acknowledged_within: str = ""
    """The clock within which the law wants it acknowledged; empty: the usual one alone."""
    may_refuse: bool = True
    """False where there is no ground to refuse what is asked."""
    may_take_longer: bool = False
    """True where the law lets it take longer, for a reason that the person is told."""
    owed_by_party: bool = False
    """True where somebody who takes part must do it, and not an officer."""
    told_to_all: bool = False
    """True where everybody else who takes part is told of it, each by themselves."""
    names_others: bool = True
    """False where nobody but the reporter is ever stored."""
    on_form: bool = True
    """False for what has a page of its own."""

    @property
    def clocks(self) -> tuple[str, ...]:
        """The clocks that begin when it is received, beside the usual ones."""
        return tuple(filter(None, (self.clock, self.acknowledged_within)))


KINDS: Mapping[IntakeKind, KindPath] = {
    IntakeKind.CONCERN: KindPath(INQUIRY),
    IntakeKind.SAFEGUARDING: KindPath(INQUIRY),
    IntakeKind.CALL_ME: KindPath(INQUIRY),
    IntakeKind.ADVICE: KindPath(
        frozenset({"advice", "referral", "out_of_scope"}), names_others=False
    ),
    IntakeKind.INTEREST: KindPath(frozenset({"request", "advice", "out_of_scope"})),
    IntakeKind.REPAIRING: KindPath(frozenset({"request"}), "repairing", may_refuse=False),
    IntakeKind.PAUSE: KindPath(frozenset({"request"}), "pause", may_refuse=False, told_to_all=True),
    IntakeKind.ENDING: KindPath(
        frozenset({"request"}), "ending", may_refuse=False, told_to_all=True
    ),
    IntakeKind.RECORDS: KindPath(
        frozenset({"request", "out_of_scope"}), "records", may_take_longer=True
    ),
    IntakeKind.NOTES: KindPath(
        frozenset({"request"}), "notes", may_refuse=False, owed_by_party=True
    ),
    IntakeKind.INFORMATION: KindPath(INQUIRY),
    IntakeKind.CHECK_IN: KindPath(INQUIRY, on_form=False),
    IntakeKind.DATA_PROTECTION: KindPath(
        frozenset({"request", "out_of_scope"}), acknowledged_within="data_protection"
    ),
}
"""A re-pairing has no respondent and no finding; a concern may take every route of an inquiry."""


def path_of(kind: str) -> KindPath:
    """Return what the procedure makes of *kind*."""
    return KINDS[IntakeKind(kind)]


def is_request(kind: str) -> bool:
    """Answer whether *kind* asks for something to be done, and says nothing against anybody."""
    return "request" in path_of(kind).routes


def may_be_inquired(kind: str) -> bool:
    """Answer whether somebody can be found at fault after *kind*; of nothing else is there one."""
    return "formal" in path_of(kind).routes
