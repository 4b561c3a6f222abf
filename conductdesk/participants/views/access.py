"""Loading is permission: no view holds a register that its viewer does not keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypedDict

from flask import Response, abort, request, url_for
from sqlalchemy.orm import Session

from conductdesk.db import start_writing
from conductdesk.participants.actions.beginning import note_register_read, read_is_noted
from conductdesk.participants.kept import Kept, kept_by
from conductdesk.participants.models import Register
from conductdesk.participants.queries import (
    keys_of_register,
    locked_register,
    may_keep,
    register_of,
    theirs_of,
)
from conductdesk.participants.views.blueprint import bp
from conductdesk.people.presence import keyring, this_sign_in
from conductdesk.policy import Viewer
from conductdesk.schemes.kinds import IntakeKind
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import pack_in_force
from conductdesk.vault.keys import CaseKeys
from conductdesk.web.gate import viewer
from conductdesk.web.page import page
from conductdesk.web.state import SAFE_METHODS, db, keystore, services
from conductdesk.web.surroundings import Link

CHECK_INS = "checkins.check_ins"
"""Only a scheme that offers check-ins has the link to them."""

PAGES: tuple[tuple[str, str], ...] = (
    ("People", "participants.people"),
    ("Pairings and groups", "participants.groups"),
    ("Import", "participants.new_import"),
    ("Check-ins", CHECK_INS),
    ("History", "participants.history"),
)
BELOW: Mapping[str, str] = {
    "people": "participants.people",
    "search": "participants.people",
    "groups": "participants.groups",
    "imports": "participants.new_import",
}
"""Below which page a part of the address lies, where it is not its own."""
LAST_PAGE = 1_000


class NoKeyError(Exception):
    """The viewer keeps the register, and has no key to it yet."""

    def __init__(self, pack: Pack) -> None:
        super().__init__(pack.key)
        self.pack = pack


def pack_or_404(scheme: str) -> Pack:
    """Return a scheme whose register the viewer keeps, or would keep."""
    pack = pack_in_force(db(), scheme)
    if pack is None or not may_keep(viewer(), pack):
        abort(404)
    return pack


def kept_or_404(scheme: str) -> Kept:
    """Return the register of *scheme* in the viewer's hands.

    The first sight of it in a sign-in leaves an entry, and nothing is shown before that. A request
    that changes something locks the register.
    """
    pack = pack_or_404(scheme)
    kept = _kept(pack, _load(scheme))
    if not kept.is_open:
        raise NoKeyError(pack)
    return _noted(kept)


def kept_if_any(pack: Pack) -> Kept | None:
    """Return the register where there is one that the viewer keeps and can open."""
    kept = kept_by(db(), keystore(), pack, viewer(), keyring())
    return None if kept is None else _noted(kept)


def keeps_register(pack: Pack) -> bool:
    """Answer whether there is a register that the viewer can open; nothing of it is shown."""
    return kept_by(db(), keystore(), pack, viewer(), keyring()) is not None


class By(TypedDict):
    """Who acts, in which scheme."""

    pack: Pack
    actor: Viewer


def by(kept: Kept) -> By:
    """Return who acts: whoever is signed in."""
    return {"pack": kept.pack, "actor": viewer()}


def hands(kept: Kept) -> tuple[Session, Register, CaseKeys]:
    """Return what every act on the register takes first."""
    return db(), kept.register, kept.keys


@contextmanager
def looking_at(kept: Kept) -> Iterator[tuple[Session, Kept]]:
    """Yield a session that only reads, and the register in it, for what takes seconds.

    The request's own transaction ends, so that nobody waits for its lock: load again afterwards.
    """
    db().commit()  # the read entry, where it is the first
    with services().database.reading() as looking:
        register = register_of(looking, kept.pack.key) or abort(404)
        yield looking, Kept(kept.pack, register, kept.keys, kept.theirs)


def register_page(
    kept: Kept, template: str, fragment: str | None = None, **context: Any
) -> Response:
    """Render *template* with the name of the scheme and the pages beside it."""
    here = {"scheme": kept.pack.key, "pack_name": kept.pack.name, "links": _links(kept.pack)}
    return page(template, fragment, **{**here, **context})


def page_number() -> int:
    """Return which page of a list was asked for."""
    text = request.args.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < int(text) <= LAST_PAGE else 1


def around(endpoint: str, scheme: str, number: int, pages: int) -> tuple[str | None, str | None]:
    """Return the addresses of the pages before and after page *number* of a list."""
    newer = url_for(endpoint, scheme=scheme, page=number - 1)
    older = url_for(endpoint, scheme=scheme, page=number + 1)
    return newer if number > 1 else None, older if number < pages else None


@bp.app_errorhandler(NoKeyError)
def _no_key(error: NoKeyError) -> Response:
    return page("participants/no_key.html", pack_name=error.pack.name)


def _load(scheme: str) -> Register:
    find = register_of if request.method in SAFE_METHODS else locked_register
    return find(db(), scheme) or abort(404)


def _kept(pack: Pack, register: Register) -> Kept:
    keys = keys_of_register(db(), keystore(), register, keyring())
    return Kept(pack, register, keys, theirs_of(viewer(), pack))


def _noted(kept: Kept) -> Kept:
    """Leave the entry that the register was read, where this sign-in has left none."""
    if read_is_noted(db(), kept.register, this_sign_in()):
        return kept
    if request.method in SAFE_METHODS:
        start_writing(db())
    again = _kept(kept.pack, locked_register(db(), kept.pack.key) or abort(404))
    note_register_read(*hands(again), **by(again), sign_in=this_sign_in())
    if request.method in SAFE_METHODS:
        db().commit()
        again = _kept(kept.pack, _load(kept.pack.key))
    return again


def _links(pack: Pack) -> tuple[Link, ...]:
    asks = any(kind.key == IntakeKind.CHECK_IN for kind in pack.kinds)
    return tuple(
        Link(words, url_for(endpoint, scheme=pack.key), here=endpoint == _page_here())
        for words, endpoint in PAGES
        if asks or endpoint != CHECK_INS
    )


def _page_here() -> str:
    """Return the endpoint of the page that this one is, or lies below."""
    part = request.path.split("/")[3:4]
    return BELOW.get("".join(part), request.endpoint or "")
