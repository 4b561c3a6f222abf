"""What the pages about schemes show: frozen values in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from conductdesk.schemes.changes import Change, changes
from conductdesk.schemes.describing import sections
from conductdesk.schemes.drawing import NARROW, WIDE, Drawing, draw
from conductdesk.schemes.lanes import Lane, lanes
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.plain import Section
from conductdesk.schemes.reading import PackError
from conductdesk.schemes.staffing import Holders, gaps


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with a pack: where it stands, why, and what to do."""

    key: str
    says: str


@dataclass(frozen=True)
class PostShown:
    """A post and the names of its holders, in their order."""

    name: str
    holders: tuple[str, ...]
    turn: str


@dataclass(frozen=True)
class PackShown:
    """A pack in plain words, beside the version in force."""

    key: str
    version: int
    name: str
    organisation: str
    in_force: int | None
    """The version in force; None where the scheme is new."""
    lanes: tuple[Lane, ...]
    drawings: tuple[tuple[str, Drawing], ...]
    """The picture of the lanes for a wide page and for a narrow one."""
    posts: tuple[PostShown, ...]
    gaps: tuple[str, ...]
    sections: tuple[Section, ...]
    changes: tuple[Change, ...]

    @property
    def is_newer(self) -> bool:
        """Whether it can be put in force."""
        return self.in_force is None or self.version > self.in_force


def pack_shown(pack: Pack, present: Pack | None, holders: Holders) -> PackShown:
    """Return what a page says of *pack*, where *present* is in force."""
    ways = lanes(pack, holders)
    return PackShown(
        key=pack.key,
        version=pack.version,
        name=pack.name,
        organisation=pack.organisation,
        in_force=present.version if present else None,
        lanes=ways,
        drawings=(("wide", draw(ways, WIDE)), ("narrow", draw(ways, NARROW))),
        posts=tuple(
            PostShown(name, tuple(holders.get(post, ())), _turn(pack, post.partition("/")[0]))
            for post, name in pack.posts.items()
        ),
        gaps=tuple(gaps(pack, holders)),
        sections=sections(pack),
        changes=changes(present, pack) if present else (),
    )


def mistakes_of(error: PackError) -> tuple[Mistake, ...]:
    """Return each mistake, with the key that it is about apart."""
    return tuple(_mistake(problem) for problem in error.problems)


def _mistake(problem: str) -> Mistake:
    key, colon, says = problem.partition(": ")
    return Mistake(key, says) if colon and " " not in key.strip() else Mistake("", problem)


def _turn(pack: Pack, office: str) -> str:
    turns = [
        f"{words}, {chain.index(office) + 1} of {len(chain)}"
        for words, chain in (("Receives", pack.chain), ("Safeguarding", pack.safeguarding))
        if office in chain
    ]
    turns += ["Receives by a rule" for rule in pack.rules if office in rule.chain][:1]
    return "; ".join(turns) or "By appointment"
