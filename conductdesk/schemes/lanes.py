"""Who receives what, as lanes: what comes in, and the offices in their order; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conductdesk.schemes.describing_rules import condition_in_words
from conductdesk.schemes.pack import Office, Pack
from conductdesk.schemes.staffing import Holders, names_of

RISK = "A child, an adult at risk, or a risk of harm: as well"
ASKED_OUTSIDE = "The reporter asks for somebody outside: as well"
NOBODY = "Nobody yet"


@dataclass(frozen=True)
class Stop:
    """One office on a lane."""

    office: str
    does: str
    held_by: tuple[str, ...]
    outside: bool
    at_once: bool
    """False where it receives only when somebody before it is kept away."""

    @property
    def holders(self) -> tuple[str, ...]:
        """Who holds it, in words."""
        return self.held_by or (NOBODY,)


@dataclass(frozen=True)
class Lane:
    """What comes in, and who receives it: those of *stops* who are clear, in their order."""

    begins: str
    stops: tuple[Stop, ...]
    parallel: bool
    """True where it is received beside the usual way, whatever that is."""


def lanes(pack: Pack, holders: Holders) -> tuple[Lane, ...]:
    """Return every way that something can take into *pack*'s offices."""
    return tuple(_lanes(pack, holders))


def _lanes(pack: Pack, holders: Holders) -> Iterator[Lane]:
    for rule in pack.rules:
        words = condition_in_words(pack, rule.when)
        yield _lane(pack, holders, f"{words[:1].upper()}{words[1:]}", rule.chain)
    usual = "Everything else that comes in" if pack.rules else "Everything that comes in"
    yield _lane(pack, holders, usual, pack.chain)
    yield _lane(pack, holders, RISK, pack.safeguarding, first="Hears of it, too")
    outside = [office.key for office in pack.offices if office.outside]
    yield _lane(pack, holders, ASKED_OUTSIDE, outside, first="Takes part from the start")


def _lane(pack: Pack, holders: Holders, begins: str, chain: Sequence[str], first: str = "") -> Lane:
    at_once = (first,) if first else ("In charge", "Reads it too, and can stand in")
    return Lane(
        begins,
        tuple(
            _stop(pack.office(key), names_of(pack, key, holders), at_once[place : place + 1])
            for place, key in enumerate(chain)
        ),
        parallel=bool(first),
    )


def _stop(office: Office, names: Sequence[str], at_once: Sequence[str]) -> Stop:
    does = at_once[0] if at_once else "If those before are kept away"
    return Stop(office.name, does, tuple(names), office.outside, at_once=bool(at_once))
