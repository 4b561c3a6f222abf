"""The schemes in force, what they say, and who fills their offices."""

from __future__ import annotations

from flask import Response, abort, url_for

from conductdesk.policy import Permission
from conductdesk.schemes.above import above
from conductdesk.schemes.faces import pack_shown
from conductdesk.schemes.queries import pack_in_force, packs_in_force
from conductdesk.schemes.staffing import gaps
from conductdesk.schemes.views.blueprint import bp
from conductdesk.web.gate import gate
from conductdesk.web.page import page, what_was_done
from conductdesk.web.state import db

DONE = {"activated": "The new version is in force. Running cases stay on theirs."}


@bp.get("/schemes")
@gate(Permission.ADMINISTER)
def overview() -> Response:
    """List every scheme, and where its routing could fail."""
    packs = packs_in_force(db())
    lacking = {pack.key: gaps(pack, above().names_by_post(db(), pack.key)) for pack in packs}
    return page("schemes/overview.html", packs=packs, lacking=lacking)


@bp.get("/schemes/<scheme>")
@gate(Permission.ADMINISTER)
def scheme(scheme: str) -> Response:
    """Say in plain words what the version in force says."""
    pack = pack_in_force(db(), scheme) or abort(404)
    return page(
        "schemes/scheme.html",
        shown=pack_shown(pack, pack, above().names_by_post(db(), scheme)),
        done=what_was_done(DONE),
        back_url=url_for("schemes.overview"),
    )
