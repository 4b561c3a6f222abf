"""The desk's page of check-ins: ask for them, and see what came back."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, request

from conductdesk import clock
from conductdesk.checkins.actions import ask_for_check_ins
from conductdesk.checkins.asking import whom_to_ask
from conductdesk.checkins.faces import check_ins_of
from conductdesk.checkins.forms import AskForm
from conductdesk.checkins.queries import links_of
from conductdesk.checkins.rules import Form
from conductdesk.db import start_writing
from conductdesk.participants.actions.beginning import note_register_read, read_is_noted
from conductdesk.participants.models import Register
from conductdesk.participants.queries import (
    keys_of_register,
    may_keep,
    open_people,
    places_of_register,
    register_of,
)
from conductdesk.people.presence import keyring, this_sign_in
from conductdesk.policy import Permission
from conductdesk.schemes.calendar import local_day
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import pack_in_force
from conductdesk.vault.keys import CaseKeys
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import READING, db, keystore

bp = Blueprint("checkins", __name__)


@dataclass(frozen=True)
class Kept:
    """A register in the hands of whoever is signed in."""

    pack: Pack
    register: Register
    keys: CaseKeys


@bp.get("/check-ins/<scheme>")
@gate(Permission.REGISTER)
def check_ins(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    """Show what was asked and answered; the first sight in a sign-in leaves an entry."""
    pack = _pack_or_404(scheme)
    kept = _kept(pack)
    return page(
        "checkins/check_ins.html",
        pack=pack,
        listed=check_ins_of(db(), kept.register, kept.keys) if kept else None,
        form=form or AskForm.among(pack.participants, formdata=None),
        refusal=refusal,
        done=request.args.get("done", "") if request.method in READING else "",
    )


@bp.post("/check-ins/<scheme>")
@gate(Permission.REGISTER)
@or_show(check_ins)
def asked(scheme: str) -> Response:
    """Send everybody of one role a link."""
    kept = _kept(_pack_or_404(scheme)) or abort(404)
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
    everybody = dict(open_people(db(), keys, register))
    people = whom_to_ask(everybody, places, role, before, local_day(clock.now()))
    return ask_for_check_ins(
        db(), register, keys, pack=kept.pack, actor=viewer(), form=form, week=week, people=people
    )


def _pack_or_404(scheme: str) -> Pack:
    pack = pack_in_force(db(), scheme)
    if pack is None or not may_keep(viewer(), pack):
        abort(404)
    return pack


def _kept(pack: Pack) -> Kept | None:
    """Return the register with its keys; nothing of it is shown before the read is noted."""
    register = register_of(db(), pack.key)
    if register is None:
        return None
    if not read_is_noted(db(), register, this_sign_in()):
        _note(pack)
        register = register_of(db(), pack.key) or abort(404)
    return Kept(pack, register, keys_of_register(db(), keystore(), register, keyring()))


def _note(pack: Pack) -> None:
    if request.method in READING:
        start_writing(db())
    register = register_of(db(), pack.key) or abort(404)
    keys = keys_of_register(db(), keystore(), register, keyring())
    sign_in = this_sign_in()
    note_register_read(db(), register, keys, pack=pack, actor=viewer(), sign_in=sign_in)
    if request.method in READING:
        db().commit()
