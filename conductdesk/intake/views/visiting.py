"""Pages that anybody may look at, and the way out."""

from __future__ import annotations

from flask import Response, jsonify

from conductdesk import clock
from conductdesk.intake.forms.mailbox import ReceiptForm
from conductdesk.intake.readers import readers_in_general
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.policy import Permission
from conductdesk.schemes.calendar import local_day
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web import sessions
from conductdesk.web.gate import gate
from conductdesk.web.headers import allow_indexing, forget_everything
from conductdesk.web.page import go_to, page, see_other
from conductdesk.web.state import db

HARMLESS_PLACE = "https://www.bbc.co.uk/weather"
"""Where leaving leads: a page that anybody might look at, and that says nothing."""


@bp.get("/healthz")
@gate(Permission.VISIT)
def healthz() -> Response:
    return jsonify(status="ok")


@bp.get("/")
@gate(Permission.VISIT)
def schemes() -> Response:
    every = packs_in_force(db())
    packs = [pack for pack in every if not pack.unlisted]
    if len(packs) == 1:
        return see_other("intake.landing", scheme=packs[0].key)
    allow_indexing()
    return page("intake/schemes.html", packs=packs, is_ready=bool(every), exit_button=False)


@bp.get("/<scheme>/")
@gate(Permission.VISIT)
def landing(scheme: str) -> Response:
    pack = pack_or_404(scheme)
    if not pack.unlisted:
        allow_indexing()
    return page(
        "intake/landing.html",
        pack=pack,
        people=readers_in_general(pack),
        receipt=ReceiptForm(formdata=None),
        exit_button=False,
    )


@bp.get("/<scheme>/safety")
@gate(Permission.VISIT)
def safety(scheme: str) -> Response:
    return page("intake/safety.html", pack=pack_or_404(scheme))


@bp.get("/<scheme>/privacy")
@gate(Permission.VISIT)
def privacy(scheme: str) -> Response:
    pack = pack_or_404(scheme)
    retention = [(kept.name, str(kept.keep)) for kept in pack.retention]
    people = readers_in_general(pack)
    return page("intake/privacy.html", pack=pack, people=people, retention=retention)


@bp.get("/<scheme>/accessibility")
@gate(Permission.VISIT)
def accessibility(scheme: str) -> Response:
    return page("intake/accessibility.html", pack=pack_or_404(scheme))


@bp.get("/<scheme>/code")
@gate(Permission.VISIT)
def code(scheme: str) -> Response:
    pack = pack_or_404(scheme)
    today = local_day(clock.now())
    clauses = [clause for clause in pack.clauses if clause.in_force_on(today)]
    return page("intake/code.html", pack=pack, clauses=clauses)


@bp.get("/<scheme>/fair-hearing")
@gate(Permission.VISIT)
def fair_hearing(scheme: str) -> Response:
    return page("intake/fair_hearing.html", pack=pack_or_404(scheme))


@bp.get("/<scheme>/people-outside")
@gate(Permission.VISIT)
def people_outside(scheme: str) -> Response:
    return page("intake/people_outside.html", pack=pack_or_404(scheme))


@bp.get("/<scheme>/exit")
@gate(Permission.VISIT)
def leave(scheme: str) -> Response:
    sessions.end()
    return forget_everything(go_to(HARMLESS_PLACE))
