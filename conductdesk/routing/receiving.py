"""Who takes in concerns of a scheme: whoever holds an office that can receive one; pure."""

from __future__ import annotations

from collections.abc import Collection

from conductdesk.schemes.pack import Pack


def receiving_offices(pack: Pack) -> frozenset[str]:
    """Return the offices to which routing can take a concern."""
    others = (office for rule in pack.rules for office in rule.chain)
    return frozenset((*pack.chain, *pack.safeguarding, *others))


def receives(pack: Pack, offices: Collection[tuple[str, str]]) -> bool:
    """Answer whether one of *offices*, each a scheme and an office, can receive a concern of it."""
    return any((pack.key, office) in offices for office in receiving_offices(pack))
