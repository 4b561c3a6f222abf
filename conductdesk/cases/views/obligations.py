"""One obligation: its hours, and what is done about a request."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Response

from conductdesk.cases.actions.proving import record_hours
from conductdesk.cases.actions.requesting import (
    extend_request,
    latest_day,
    refuse_request,
    tell_of_request,
    untold,
)
from conductdesk.cases.days import in_words
from conductdesk.cases.faces.obligations import OutcomeFace, outcome_faces
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.obligations import ExtensionForm, HoursForm, RefusalForm, TellingForm
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

BACK = "cases.outcomes"


@bp.get("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/hours")
@gate(Permission.HANDLE)
def hours(
    case_id: UUID, outcome_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask for some of the hours of an outcome."""
    case = case_or_404(case_id)
    face = _face(case, outcome_id, "cases.hours", refusal)
    words = ("Record each course or session by itself, with the day on which it was.",)
    ask = Ask("Hours that were spent", "Record the hours", BACK, words, facts=_facts(face))
    return ask_page(case, ask, form or HoursForm(), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/hours")
@gate(Permission.HANDLE)
@or_show(hours)
def hours_recorded(case_id: UUID, outcome_id: UUID) -> Response:
    """Record some of the hours of an outcome."""
    case, form = case_or_404(case_id), accepted(HoursForm())
    record_hours(db(), case, keys_of(case), actor=viewer(), spent=form.to_hours(outcome_id))
    db().commit()
    return see_other(BACK, case_id=case_id)


@bp.get("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/telling")
@gate(Permission.HANDLE)
def telling(
    case_id: UUID, outcome_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask who was told of a pause or an ending."""
    case = case_or_404(case_id)
    face = _face(case, outcome_id, "cases.telling", refusal)
    words = ("Everybody in it is told, and each is recorded by themselves. You give no reason.",)
    ask = Ask("Who was told", "Record it", BACK, words, facts=_facts(face))
    return ask_page(case, ask, form or _telling_form(case, outcome_id), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/telling")
@gate(Permission.HANDLE)
@or_show(telling)
def told_of_request(case_id: UUID, outcome_id: UUID) -> Response:
    """Record that somebody was told."""
    case = case_or_404(case_id)
    form = accepted(_telling_form(case, outcome_id))
    tell_of_request(db(), case, keys_of(case), actor=viewer(), told=form.to_told(outcome_id))
    db().commit()
    return see_other(BACK, case_id=case_id)


@bp.get("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/extension")
@gate(Permission.HANDLE)
def extension(
    case_id: UUID, outcome_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask why a records request takes longer."""
    case = case_or_404(case_id)
    face = _face(case, outcome_id, "cases.extension", refusal)
    words = (_longest(face.due_at, latest_day(pack_of(db(), case), face.due_at)),)
    ask = Ask("Take longer", "Tell them, and take longer", BACK, words, facts=_facts(face))
    return ask_page(case, ask, form or ExtensionForm(), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/extension")
@gate(Permission.HANDLE)
@or_show(extension)
def extended(case_id: UUID, outcome_id: UUID) -> Response:
    """Let a records request take longer."""
    case, form = case_or_404(case_id), accepted(ExtensionForm())
    longer, pack, keys = form.to_extension(outcome_id), pack_of(db(), case), keys_of(case)
    extend_request(db(), case, keys, pack=pack, actor=viewer(), extension=longer)
    db().commit()
    return see_other(BACK, case_id=case_id)


@bp.get("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/refusal")
@gate(Permission.HANDLE)
def request_refusal(
    case_id: UUID, outcome_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask what of a request is refused, and why."""
    case = case_or_404(case_id)
    face = _face(case, outcome_id, "cases.request_refusal", refusal)
    words = ("Refuse as little as you can. The person hears the reasons at once.",)
    ask = Ask("Refuse a request", "Refuse it, and tell them", BACK, words, facts=_facts(face))
    return ask_page(case, ask, form or RefusalForm(), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/refusal")
@gate(Permission.HANDLE)
@or_show(request_refusal)
def request_refused(case_id: UUID, outcome_id: UUID) -> Response:
    """Refuse a request in part or in whole."""
    case, form = case_or_404(case_id), accepted(RefusalForm())
    given = form.to_refusal(outcome_id)
    refuse_request(db(), case, keys_of(case), actor=viewer(), refused=given)
    db().commit()
    return see_other(BACK, case_id=case_id)


def _face(case: Case, outcome_id: UUID, endpoint: str, refused: str) -> OutcomeFace:
    """Return the outcome, where this can be done about it now."""
    faces = outcome_faces(db(), case, keys_of(case), pack_of(db(), case), outcome_id)
    doable = [one for one in faces if endpoint in {act.endpoint for act in one.acts}]
    return found_or_404(doable, refused)


def _facts(face: OutcomeFace) -> tuple[tuple[str, str], ...]:
    rows = (("Outcome", face.kind), ("What", face.what), ("So far", ". ".join(face.notes)))
    return tuple(row for row in rows if row[1])


def _telling_form(case: Case, outcome_id: UUID) -> TellingForm:
    """Return the form with the names of those who have not been told."""
    asked = [one for one in outcomes_of(db(), case) if one.id == outcome_id]
    left = {party.id for one in asked for party in untold(db(), case, one)}
    names = {
        str(one.id): one.name for one in parties_of(db(), case, keys_of(case)) if one.id in left
    }
    return TellingForm().offer(names)


def _longest(due_at: datetime, latest: datetime) -> str:
    return (
        f"It is due on {in_words(due_at)}. It can take longer once, until {in_words(latest)} at "
        "the latest, for a reason that the person is told now."
    )
