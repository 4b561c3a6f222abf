"""The other four codes: their forms stand beside the first scheme's, and people receive them."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Mapping
from itertools import cycle

from sqlalchemy.orm import Session

from conductdesk.cases.packs import kernel_problems
from conductdesk.people.actions import appoint_auditor, give_office
from conductdesk.people.models import Account
from conductdesk.schemes.actions import load_scheme
from conductdesk.schemes.pack import Pack

OTHERS = ("bes", "brk", "cmn", "mm")
SAFEGUARDING = ("safeguarding", "deputy")
EVERYBODY_ELSE = ("liaison", "chair", "investigator", "decider", "appeals")


def load_others(db: Session, people: Mapping[str, Account], *, actor: str, host: str) -> None:
    """Load the other schemes; the people of the first hold their offices, and audit them."""
    for key in OTHERS:
        file = f"{key}.toml"
        source, kernel = pack_source(key), kernel_problems
        pack = load_scheme(db, source, file_name=file, actor=actor, host=host, kernel=kernel)
        for post, who in holders(pack):
            office, _slash, organisation = post.partition("/")
            give_office(
                db,
                people[who],
                scheme=key,
                office=office,
                organisation=organisation,
                actor=actor,
            )
        appoint_auditor(db, people["auditor"], scheme=key, actor=actor)


def holders(pack: Pack) -> Iterator[tuple[str, str]]:
    """Yield each post of *pack*, with who holds it; risks reach two, and nobody inside is outside."""
    inside = cycle(EVERYBODY_ELSE)
    outside = {office.key for office in pack.offices if office.outside}
    for post in pack.posts:
        if post in outside:
            yield post, "outside"
        elif post in pack.safeguarding:
            yield from ((post, who) for who in SAFEGUARDING)
        else:
            yield post, next(inside)


def pack_source(key: str) -> str:
    """Return the TOML text of a pack, as it ships."""
    folder = importlib.resources.files("conductdesk.schemes") / "packs"
    return (folder / f"{key}.toml").read_text("utf-8")
