"""Ends that hold in every organisation: the handler tells them all, and each confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, abort, url_for

from conductdesk.cases.actions.everywhere import (
    confirm_ending,
    note_confirmation,
    tell_organisations,
)
from conductdesk.cases.days import today
from conductdesk.cases.endings import EndingFace, endings_for, unconfirmed
from conductdesk.cases.faces.obligations import outcome_faces
from conductdesk.cases.forms.everywhere import ConfirmationForm, EndingForm, ToldForm
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.participants.actions.keeping import end_participant
from conductdesk.participants.faces.people import people_called
from conductdesk.participants.kept import Kept, kept_by
from conductdesk.participants.queries import locked_register
from conductdesk.participants.views.access import by, hands, kept_if_any
from conductdesk.people.presence import keyring
from conductdesk.policy import Permission
from conductdesk.schemes.queries import pack_in_force
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore

BACK = "cases.outcomes"
TOLD = (
    "The officers of every organisation are told the person’s name, and that their part has ended. "
    "They read nothing else of the case, and do not see that it exists.",
    "Whoever is kept away from this case is not told. Where nobody else is in office there, tell the "
    "organisation yourself, and record who confirmed it.",
)
ELSEWHERE = ("For an organisation whose officers cannot confirm it here themselves.",)


@bp.get("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/organisations")
@gate(Permission.HANDLE)
def telling_all(
    case_id: UUID, outcome_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Say what every organisation is told."""
    case = case_or_404(case_id)
    _doable(case, outcome_id, "cases.telling_all", refusal)
    ask = Ask("Tell every organisation", "Tell them", BACK, TOLD)
    return ask_page(case, ask, form or ToldForm(), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/organisations")
@gate(Permission.HANDLE)
@or_show(telling_all)
def told_all(case_id: UUID, outcome_id: UUID) -> Response:
    """Tell every organisation."""
    case = case_or_404(case_id)
    accepted(ToldForm())
    pack, keys = pack_of(db(), case), keys_of(case)
    tell_organisations(db(), case, keys, pack=pack, actor=viewer(), outcome_id=outcome_id)
    db().commit()
    return see_other(BACK, case_id=case_id)


@bp.get("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/confirmation")
@gate(Permission.HANDLE)
def confirmation(
    case_id: UUID, outcome_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask which organisation confirmed it elsewhere."""
    case = case_or_404(case_id)
    _doable(case, outcome_id, "cases.confirmation", refusal)
    ask = Ask("Record a confirmation", "Record it", BACK, ELSEWHERE)
    return ask_page(case, ask, form or _confirmation_form(case, outcome_id), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/confirmation")
@gate(Permission.HANDLE)
@or_show(confirmation)
def confirmation_noted(case_id: UUID, outcome_id: UUID) -> Response:
    """Record that an organisation confirmed it."""
    case = case_or_404(case_id)
    said = accepted(_confirmation_form(case, outcome_id)).to_confirmed(outcome_id)
    pack, keys = pack_of(db(), case), keys_of(case)
    note_confirmation(db(), case, keys, pack=pack, actor=viewer(), confirmed=said)
    db().commit()
    return see_other(BACK, case_id=case_id)


@bp.get("/endings")
@gate(Permission.CASELOAD)
def endings() -> Response:
    """List what the viewer was told for an organisation of theirs."""
    shown = endings_for(db(), keystore(), keyring(), viewer())
    return page("cases/endings.html", shown=shown, back_url=url_for("cases.caseload_page"))


@bp.get("/endings/<uuid:telling_id>")
@gate(Permission.CASELOAD)
def ending(telling_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask to confirm it, and show who goes by the name in one's own register."""
    face = _face(telling_id)
    pack = pack_in_force(db(), face.scheme)
    form = form or EndingForm.among(_entries(face, kept_if_any(pack) if pack else None))
    back = url_for("cases.endings")
    return page("cases/ending.html", one=face, form=form, refusal=refusal, back_url=back)


@bp.post("/endings/<uuid:telling_id>")
@gate(Permission.CASELOAD)
@or_show(ending)
def ending_confirmed(telling_id: UUID) -> Response:
    """Confirm it, and end the entries in the register that go with it."""
    face = _face(telling_id)
    chosen = accepted(EndingForm.among(_entries(face, _kept(face)))).to_ids()
    locked_register(db(), face.scheme)  # before the case, as whoever else takes both
    confirm_ending(db(), keystore(), keyring(), actor=viewer(), telling_id=telling_id)
    if kept := _kept(face):
        for one in chosen:
            end_participant(*hands(kept), **by(kept), participant_id=one, on=today())
    db().commit()
    return see_other("cases.endings")


def _face(telling_id: UUID) -> EndingFace:
    shown = endings_for(db(), keystore(), keyring(), viewer())
    return next((one for one in shown if one.id == telling_id), None) or abort(404)


def _kept(face: EndingFace) -> Kept | None:
    """Return the register as it is now; its page left the entry that it was read."""
    pack = pack_in_force(db(), face.scheme)
    return kept_by(db(), keystore(), pack, viewer(), keyring()) if pack else None


def _entries(face: EndingFace, kept: Kept | None) -> Mapping[str, str]:
    """Return who goes by the name in the viewer's own part of the register, and takes part."""
    found = people_called(db(), kept, face.name) if kept and not face.confirmed_at else ()
    return {
        str(one.id): ", ".join(filter(None, (one.name, one.role, one.ref)))
        for one in found
        if one.ended_on is None
    }


def _doable(case: Case, outcome_id: UUID, endpoint: str, refused: str) -> None:
    """Answer 404 where this cannot be done about the outcome now."""
    faces = outcome_faces(db(), case, keys_of(case), pack_of(db(), case), outcome_id)
    found_or_404([one for one in faces if endpoint in {act.endpoint for act in one.acts}], refused)


def _confirmation_form(case: Case, outcome_id: UUID) -> ConfirmationForm:
    pack = pack_of(db(), case)
    asked = [one for one in outcomes_of(db(), case) if one.id == outcome_id]
    left = [key for one in asked for key in unconfirmed(db(), pack, one)]
    return ConfirmationForm.among({key: pack.organisation_named(key).name for key in left})
