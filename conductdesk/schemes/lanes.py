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
    held: str
    """Who holds it, in words."""
    empty: bool
    outside: bool


@dataclass(frozen=True)
class Lane:
    """What comes in, and who receives it: the first of *stops* who is clear."""

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
    does = (first, "If those before are kept away") if first else ("In charge", "Stands in")
    stops = tuple(
        _stop(
            pack.office(key),
            names_of(pack, key, holders),
            does[place] if place < len(does) else "If those before are kept away",
        )
        for place, key in enumerate(chain)
    )
    return Lane(begins, stops, parallel=bool(first))


def _stop(office: Office, names: Sequence[str], does: str) -> Stop:
    held = ", ".join(names) if names else NOBODY
    return Stop(office.name, does, held, empty=not names, outside=office.outside)
