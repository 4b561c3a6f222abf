"""Who receives what, as lanes: what comes in, and the offices in their order; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conductdesk.schemes.describing_rules import condition_in_words
from conductdesk.schemes.pack import Office, Pack
from conductdesk.schemes.plain import capital
from conductdesk.schemes.staffing import Holders, names_of

RISK = "A child, an adult at risk, or a risk of harm: as well"
ASKED_OUTSIDE = "The reporter asks for somebody outside: as well"
IN_CHARGE = ("is in charge", "reads it too, and can stand in")
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


def lanes(pack: Pack, holders: Holders) -> tuple[Lane, ...]:
    """Return every way that something can take into *pack*'s offices."""
    return tuple(_lanes(pack, holders))


def _lanes(pack: Pack, holders: Holders) -> Iterator[Lane]:
    for rule in pack.rules:
        words = condition_in_words(pack, rule.when)
        yield _lane(pack, holders, capital(words), rule.chain, IN_CHARGE)
    usual = "Everything else that comes in" if pack.rules else "Everything that comes in"
    yield _lane(pack, holders, usual, pack.chain, IN_CHARGE)
    yield _lane(pack, holders, RISK, pack.safeguarding, ("hears of it, too",))
    outside = [office.key for office in pack.offices if office.outside]
    yield _lane(pack, holders, ASKED_OUTSIDE, outside, ("takes part from the start",))


def _lane(
    pack: Pack, holders: Holders, begins: str, chain: Sequence[str], seats: Sequence[str]
) -> Lane:
    """Give the *seats* to the first people of the chain, as routing does: two may be of one office."""
    stops = []
    for key in chain:
        office, names = pack.office(key), names_of(pack, key, holders)
        count = _people(pack, office, names)
        taken, seats = seats[:count], seats[count:]
        stops.append(
            Stop(office.name, _does(taken, count), tuple(names), office.outside, bool(taken))
        )
    return Lane(begins, tuple(stops))


def _people(pack: Pack, office: Office, names: Sequence[str]) -> int:
    """Return how many could receive; an office that is still empty is drawn as if one held it."""
    each = len(names) // len(pack.organisations) if office.per_organisation else len(names)
    return max(1, each)


def _does(taken: Sequence[str], count: int) -> str:
    if not taken:
        return "If those before are kept away"
    if len(taken) > 1:
        return "One is in charge, one can stand in"
    words = f"one of them {taken[0]}" if count > 1 else taken[0]
    return capital(words)
