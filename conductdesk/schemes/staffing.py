"""Whether the offices of a scheme are filled well enough for routing; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from conductdesk.schemes.pack import Pack

FEWEST = 2
"""Of two people one can be named in a concern, and the other still receives it."""

Holders = Mapping[str, Sequence[str]]
"""The active holders of each office, by the office's key."""


def gaps(pack: Pack, holders: Holders) -> list[str]:
    """Return, in sentences, why a concern of this scheme might find nobody."""
    return [
        *_empty(pack, holders),
        *_too_few(pack, holders, pack.chain, "receive concerns"),
        *_too_few(pack, holders, pack.safeguarding, "hear of a risk of harm"),
    ]


def _empty(pack: Pack, holders: Holders) -> list[str]:
    offices = dict.fromkeys((*pack.chain, *pack.safeguarding))
    return [
        f"Nobody holds the office {pack.office(office).name}. Give it to somebody under People."
        for office in offices
        if not holders.get(office)
    ]


def _too_few(pack: Pack, holders: Holders, chain: Sequence[str], what: str) -> list[str]:
    people = {person for office in chain for person in holders.get(office, ())}
    if len(people) >= FEWEST:
        return []
    offices = ", ".join(pack.office(office).name for office in chain)
    return [
        f"Fewer than {FEWEST} people {what}. If one of them is named, routing can fail. "
        f"Fill one of: {offices}."
    ]
