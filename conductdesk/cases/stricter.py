"""What a scheme asks for at a step beside what the kernel asks for; pure."""

from __future__ import annotations

from dataclasses import dataclass

from conductdesk.refusal import Refused
from conductdesk.schemes.parts import Stricter


@dataclass(frozen=True)
class Prepared:
    """What was written down before a move that the scheme makes stricter."""

    reason: bool = False
    agreed: bool = False
    """Whether somebody else agreed to it."""


@dataclass(frozen=True)
class Takers:
    """Who takes a step that a scheme leaves to one office."""

    office: str = ""
    """The office that the scheme asks for; empty: whoever the kernel lets."""
    offices: frozenset[str] = frozenset()
    """Those whose holders take it now; none, where nobody in it can and nobody stands in."""

    @property
    def stood_in_for(self) -> str:
        """The office for which somebody else takes the step now."""
        return "" if self.office in self.offices else self.office

    def lets(self, offices: frozenset[str]) -> bool:
        """Answer whether whoever holds *offices* takes the step."""
        return not self.offices or bool(self.offices & offices)


class UnpreparedError(Refused):
    """The scheme asks for a reason, or a second person, before this step."""

    page = "cases.reasons"


ANOTHER_OFFICE = "In this scheme another office takes this step. Ask whoever holds it."
STANDS_IN = (
    "In this scheme one office takes this step. Nobody in it can on this case, so the contact "
    "outside stands in. Appoint them, and ask them."
)


def check_stricter(
    rule: Stricter | None, prepared: Prepared, offices: frozenset[str], takers: Takers
) -> None:
    """Raise `Refused` where the scheme asks for more than the kernel, and it is not there."""
    if rule is None:
        return
    if not takers.lets(offices):
        raise Refused(STANDS_IN if takers.stood_in_for else ANOTHER_OFFICE)
    if (rule.reason or rule.second) and not prepared.reason:
        raise UnpreparedError(
            "This scheme asks for a written reason before this step. Write it down first."
        )
    if rule.second and not prepared.agreed:
        raise UnpreparedError("In this scheme a second person must agree to this step. Ask one to.")
