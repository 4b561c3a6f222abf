"""Whether the offices of a scheme are filled well enough for its procedure; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from conductdesk.schemes.pack import Pack

FEWEST = 2
"""Of two people one can be named in a concern, and the other still receives it."""

Holders = Mapping[str, Sequence[str]]
"""The active holders of each post (`Pack.posts`), by the post's key."""

ROLES: Mapping[str, str] = {
    "investigate": "investigate",
    "decide": "decide",
    "appeal": "hear an appeal",
}


def gaps(pack: Pack, holders: Holders) -> list[str]:
    """Return, in sentences, why a concern of this scheme might find nobody, or get stuck."""
    return [
        *_empty(pack, holders),
        *_too_few(pack, holders, pack.chain, "receive concerns"),
        *_too_few(pack, holders, pack.safeguarding, "hear of a risk of harm"),
        *_roles(pack, holders),
        *_left_alone(pack),
    ]


def names_of(pack: Pack, office: str, holders: Holders) -> list[str]:
    """Return who holds *office*; where each organisation has its own, with the organisation."""
    if not pack.office(office).per_organisation:
        return list(holders.get(office, ()))
    return [
        f"{name} ({one.name})"
        for one in pack.organisations
        for name in holders.get(f"{office}/{one.key}", ())
    ]


def _receiving(pack: Pack) -> dict[str, None]:
    chains = (pack.chain, *(rule.chain for rule in pack.rules), pack.safeguarding)
    return dict.fromkeys(office for chain in chains for office in chain)


def _empty(pack: Pack, holders: Holders) -> Iterator[str]:
    receiving = _receiving(pack)
    for post, name in pack.posts.items():
        if post.partition("/")[0] in receiving and not holders.get(post):
            yield f"Nobody holds the office {name}. Give it to somebody under People."


def _too_few(pack: Pack, holders: Holders, chain: Sequence[str], what: str) -> Iterator[str]:
    people = {person for office in chain for person in names_of(pack, office, holders)}
    if len(people) < FEWEST:
        offices = ", ".join(pack.office(office).name for office in chain)
        yield (
            f"Fewer than {FEWEST} people {what}. If one of them is named, routing can fail. "
            f"Fill one of: {offices}."
        )


def _roles_of(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield each role that the scheme needs somebody for, and what it is to take it."""
    for role, words in ROLES.items():
        if role != "appeal" or "appeal" not in pack.left_out:
            yield role, words


def _roles(pack: Pack, holders: Holders) -> Iterator[str]:
    """The kernel wants different people to investigate, decide and hear an appeal."""
    for role, words in _roles_of(pack):
        needed = pack.decision.members if role == "decide" else 1
        able = [office for office in pack.offices if role in office.takes]
        people = {name for office in able for name in names_of(pack, office.key, holders)}
        if len(people) < needed:
            offices = ", ".join(office.name for office in able)
            few = f"Fewer than {needed} people" if needed > 1 else "Nobody"
            yield f"{few} can {words}. Fill one of: {offices}."


def _left_alone(pack: Pack) -> Iterator[str]:
    """Name the office without which nobody is left for a role: all who hold it may be named."""
    for role, words in _roles_of(pack):
        able = {office.key for office in pack.offices if role in office.takes}
        for named in pack.offices:
            if able and all(key == named.key or named.key in pack.above(key) for key in able):
                yield (
                    f"Where all who hold the office {named.name} are named, nobody can {words}. "
                    f'Let another one do it, too: add "{role}" to its `takes` in the pack.'
                )
