"""The blueprint, and how a view finds the scheme that its address names."""

from __future__ import annotations

from flask import Blueprint, abort, g

from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import pack_in_force
from conductdesk.web.state import looking

bp = Blueprint("intake", __name__)


def pack_or_404(scheme: str) -> Pack:
    """Return the pack in force of *scheme*."""
    pack = known_pack(scheme)
    if pack is None:
        abort(404)
    return pack


def known_pack(scheme: str) -> Pack | None:
    """Return the pack in force of *scheme*, or None; read once for each request."""
    known: dict[str, Pack | None] = g.setdefault("packs", {})
    if scheme not in known:
        known[scheme] = pack_in_force(looking(), scheme)
    return known[scheme]
