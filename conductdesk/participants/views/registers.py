"""Which registers there are, how one begins, and what was done to it."""

from __future__ import annotations

from flask import Response, request, url_for

from conductdesk.participants.actions.beginning import begin_register
from conductdesk.participants.faces.history import PAGE, register_history
from conductdesk.participants.queries import may_keep, register_of
from conductdesk.participants.views.access import kept_or_404, pack_or_404, register_page
from conductdesk.participants.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other
from conductdesk.web.refusing import or_show
from conductdesk.web.state import db, keystore


@bp.get("/participants")
@gate(Permission.REGISTER)
def registers() -> Response:
    """Lead to the only register that the viewer keeps, or show all of them."""
    packs = [pack for pack in packs_in_force(db()) if may_keep(viewer(), pack)]
    if len(packs) == 1:
        return see_other("participants.people", scheme=packs[0].key)
    schemes = [(pack.key, pack.name) for pack in packs]
    return page("participants/registers.html", schemes=schemes)


@bp.get("/participants/<scheme>/register")
@gate(Permission.REGISTER)
def beginning(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    """Say what a register is for, before it is begun."""
    pack = pack_or_404(scheme)
    if register_of(db(), scheme) is not None and not refusal:
        return see_other("participants.people", scheme=scheme)
    return page(
        "participants/beginning.html",
        scheme=scheme,
        pack_name=pack.name,
        refusal=refusal,
        form=form,
    )


@bp.post("/participants/<scheme>/register")
@gate(Permission.REGISTER)
@or_show(beginning)
def begun(scheme: str) -> Response:
    """Begin the register."""
    begin_register(db(), keystore(), pack=pack_or_404(scheme), actor=viewer())
    db().commit()
    return see_other("participants.people", scheme=scheme)


@bp.get("/participants/<scheme>/history")
@gate(Permission.REGISTER)
def history(scheme: str) -> Response:
    """Show what was done to the register, by whom."""
    kept = kept_or_404(scheme)
    happenings = register_history(db(), kept, viewer(), _before())
    last = happenings[-1].index if len(happenings) == PAGE else None
    older = url_for("participants.history", scheme=scheme, before=last) if last else None
    return register_page(kept, "participants/history.html", happenings=happenings, older=older)


def _before() -> int | None:
    text = request.args.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
