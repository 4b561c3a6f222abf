"""Another route for a case, and what became of a low-level matter."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.retriaging import other_routes, triage_again
from conductdesk.cases.actions.small_matters import record_acting
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.routing import RouteForm, another_route_form
from conductdesk.cases.forms.small_matters import ActingForm
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.request_acts import ASKED
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.words import ROUTES
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/steps/route")
@gate(Permission.HANDLE)
def another_route(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask for another route, with a reason."""
    case = case_or_404(case_id)
    words = ("The case then stands where triage left it, and goes the new way from there.",)
    rows = (("Route until now", ROUTES.get(case.route or "", "None yet")),)
    ask = Ask("Choose another route", "Choose this route", "cases.steps", words, facts=rows)
    return ask_page(case, ask, form or _route_form(case), refusal)


@bp.post("/cases/<uuid:case_id>/steps/route")
@gate(Permission.HANDLE)
@or_show(another_route)
def triaged_again(case_id: UUID) -> Response:
    """Choose another route."""
    case = case_or_404(case_id)
    form = accepted(_route_form(case))
    pack, keys, seen, chosen = (
        pack_of(db(), case),
        keys_of(case),
        form.seen_version,
        form.to_another(),
    )
    triage_again(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen, chosen=chosen)
    db().commit()
    return see_other("cases.overview", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/steps/acting")
@gate(Permission.HANDLE)
def acting(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask when a low-level matter was acted on."""
    case = case_or_404(case_id)
    words = ("A small matter is brought to attention before whoever handles it acts.",)
    ask = Ask("When they acted", "Record it", "cases.steps", words)
    return ask_page(case, ask, form or ActingForm(), refusal)


@bp.post("/cases/<uuid:case_id>/steps/acting")
@gate(Permission.HANDLE)
@or_show(acting)
def acted(case_id: UUID) -> Response:
    """Record when a low-level matter was acted on."""
    case, form = case_or_404(case_id), accepted(ActingForm())
    on, what, seen, keys = form.acted_on.data, form.what.data, form.seen_version, keys_of(case)
    record_acting(db(), case, keys, actor=viewer(), acted_on=on, what=what, seen_version=seen)
    db().commit()
    return see_other("cases.overview", case_id=case_id)


def _route_form(case: Case) -> RouteForm:
    """Return the form with the routes that the case could go instead."""
    parties = {str(one.id): one.name for one in parties_of(db(), case, keys_of(case))}
    offered = another_route_form(case.kind, other_routes(case, pack_of(db(), case)), parties)
    return offered(what=ASKED.get(case.kind, ""), owner=viewer().name)
