"""What the handler does first: acknowledge and triage."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.triaging import triage as triage_case
from conductdesk.cases.actions.writing import acknowledge
from conductdesk.cases.clocks import due_of
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.forms.handling import AcknowledgementForm
from conductdesk.cases.forms.triaging import TriageForm, triage_form
from conductdesk.cases.models import Case
from conductdesk.cases.packs import routes_offered
from conductdesk.cases.pattern import earlier_records
from conductdesk.cases.queries import pack_of
from conductdesk.cases.request_acts import ASKED
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page
from conductdesk.policy import Permission
from conductdesk.schemes.kinds import path_of
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/acknowledgement")
@gate(Permission.HANDLE)
def acknowledgement(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask for the first message by a person."""
    case = case_or_404(case_id)
    form = form or AcknowledgementForm(version=str(case.version))
    return case_page(case, "cases/acknowledgement.html", form=form, refusal=refusal)


@bp.post("/cases/<uuid:case_id>/acknowledgement")
@gate(Permission.HANDLE)
@or_show(acknowledgement)
def acknowledged(case_id: UUID) -> Response:
    """Send the first message, which acknowledges the case."""
    case, form = case_or_404(case_id), accepted(AcknowledgementForm())
    text, seen = form.text.data or "", form.seen_version
    pack, keys = pack_of(db(), case), keys_of(case)
    acknowledge(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen, text=text)
    db().commit()
    return see_other("cases.overview", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/triage")
@gate(Permission.HANDLE)
def triage(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask the triage questions."""
    case = case_or_404(case_id)
    form = form or _triage_form(case)
    due = due_of(db(), case, path_of(case.kind).clock)
    shown = {"due": due, "earlier": earlier_records(db(), case, keys_of(case), viewer())}
    return case_page(case, "cases/triage.html", shown, form=form, refusal=refusal)


@bp.post("/cases/<uuid:case_id>/triage")
@gate(Permission.HANDLE)
@or_show(triage)
def triaged(case_id: UUID) -> Response:
    """Record the triage."""
    case = case_or_404(case_id)
    form = accepted(_triage_form(case))
    given, owed, seen = form.to_triage(), form.to_obligation(), form.seen_version
    pack, keys, here = pack_of(db(), case), keys_of(case), viewer()
    triage_case(
        db(), case, keys, pack=pack, actor=here, seen_version=seen, given=given, obligation=owed
    )
    db().commit()
    return see_other("cases.overview", case_id=case_id)


def _triage_form(case: Case) -> TriageForm:
    """Return the form of the case's kind, with what a request of that kind comes to."""
    keys = keys_of(case)
    parties = {str(one.id): one.name for one in parties_of(db(), case, keys)}
    earlier = earlier_records(db(), case, keys, viewer())
    suggested = {"what": ASKED.get(case.kind, ""), "owner": viewer().name}
    routes, version = routes_offered(pack_of(db(), case), case.kind), str(case.version)
    return triage_form(case.kind, parties, routes, earlier)(version=version, **suggested)
