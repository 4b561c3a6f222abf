"""The desk's page of check-ins: ask for them, and see what came back."""

from __future__ import annotations

from flask import Blueprint, Response, request

from conductdesk import clock
from conductdesk.checkins.actions import ask_for_check_ins
from conductdesk.checkins.asking import whom_to_ask
from conductdesk.checkins.faces import check_ins_of
from conductdesk.checkins.forms import AskForm
from conductdesk.checkins.queries import links_of
from conductdesk.checkins.rules import Form
from conductdesk.participants.kept import Kept
from conductdesk.participants.queries import open_people, places_of_register, register_of
from conductdesk.participants.views.access import kept_or_404, pack_or_404
from conductdesk.policy import Permission
from conductdesk.schemes.calendar import local_day
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import SAFE_METHODS, db

bp = Blueprint("checkins", __name__)


@bp.get("/check-ins/<scheme>")
@gate(Permission.REGISTER)
def check_ins(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    """Show what was asked and answered; the first sight in a sign-in leaves an entry."""
    pack, kept = pack_or_404(scheme), _kept(scheme)
    return page(
        "checkins/check_ins.html",
        pack=pack,
        listed=check_ins_of(db(), kept) if kept else None,
        form=form or AskForm.among(pack.participants, formdata=None),
        refusal=refusal,
        done=request.args.get("done", "") if request.method in SAFE_METHODS else "",
    )


@bp.post("/check-ins/<scheme>")
@gate(Permission.REGISTER)
@or_show(check_ins)
def asked(scheme: str) -> Response:
    """Send everybody of one role a link."""
    kept = kept_or_404(scheme)
    form = accepted(AskForm.among(kept.pack.participants))
    sent = _ask(kept, Form(form.which.data), form.week.data, form.role.data)
    db().commit()
    return see_other("checkins.check_ins", scheme=scheme, done=sent)


def _ask(kept: Kept, form: Form, week: int, role: str) -> int:
    register, keys = kept.register, kept.keys
    places = places_of_register(db(), register)
    before = {
        link.participant_id
        for link in links_of(db(), register)
        if (link.form, link.week) == (form.value, week)
    }
    opened = open_people(db(), keys, register)
    everybody = {one: person for one, person in opened if kept.theirs.has(person)}
    people = whom_to_ask(everybody, places, role, before, local_day(clock.now()))
    return ask_for_check_ins(
        db(), register, keys, pack=kept.pack, actor=viewer(), form=form, week=week, people=people
    )


def _kept(scheme: str) -> Kept | None:
    """Return the register, where there is one; nothing of it is shown before the read is noted."""
    return kept_or_404(scheme) if register_of(db(), scheme) else None
