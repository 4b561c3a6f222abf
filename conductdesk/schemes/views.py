"""The schemes in force, and who fills their offices; for administrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, Flask, Response, current_app
from sqlalchemy.orm import Session

from conductdesk.policy import Permission
from conductdesk.schemes.pack import Office, Pack
from conductdesk.schemes.queries import packs_in_force
from conductdesk.schemes.staffing import gaps
from conductdesk.web.gate import gate
from conductdesk.web.page import page
from conductdesk.web.state import db

bp = Blueprint("schemes", __name__)

HoldersOf = Callable[[Session, str, str], list[str]]
"""Returns the names of an office's active holders: (db, scheme, office). `people` knows them."""


@dataclass(frozen=True)
class Staffed:
    """An office and the names of its holders, in their order."""

    office: Office
    holders: list[str]
    turn: str


@dataclass(frozen=True)
class SchemeShown:
    """A scheme as its page shows it."""

    pack: Pack
    offices: list[Staffed]
    gaps: list[str]


def install_holders(app: Flask, holders_of: HoldersOf) -> None:
    """Let the pages of *app* ask who holds an office."""
    app.extensions["office_holders"] = holders_of


@bp.get("/schemes")
@gate(Permission.ADMINISTER)
def overview() -> Response:
    """Show every scheme, its offices, and where routing could fail."""
    return page("schemes/overview.html", schemes=[_shown(pack) for pack in packs_in_force(db())])


def _shown(pack: Pack) -> SchemeShown:
    holders_of = cast(HoldersOf, current_app.extensions["office_holders"])
    holders = {office.key: holders_of(db(), pack.key, office.key) for office in pack.offices}
    offices = [
        Staffed(office, holders[office.key], _turn(pack, office.key)) for office in pack.offices
    ]
    return SchemeShown(pack, offices, gaps(pack, holders))


def _turn(pack: Pack, office: str) -> str:
    turns = [
        f"{words}, {chain.index(office) + 1} of {len(chain)}"
        for words, chain in (("Receives", pack.chain), ("Safeguarding", pack.safeguarding))
        if office in chain
    ]
    return "; ".join(turns) or "By appointment"
