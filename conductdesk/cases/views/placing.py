"""The organisation of a case, where each has officers of its own: set by one of the whole scheme."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.placing import refuse_unless_placeable, set_organisation
from conductdesk.cases.faces.placing import organisation_name
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.placing import PlacingForm
from conductdesk.cases.queries import facts_of, pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission, may
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

FOLLOWS = (
    "The officers of that organisation who are clear get their seats, and are told.",
    "Whoever is on the case for another organisation loses their keys at once. What they have read, they have read.",
    "Every clock runs on.",
)
WORDS = (
    "A concern belongs to the officers of one organisation alone. Under People, “In the register” shows what is "
    "known of somebody who is named. Where that does not settle it, ask the reporter.",
)


@bp.get("/cases/<uuid:case_id>/organisation")
@gate(Permission.HANDLE)
def organisation(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask to which organisation the case belongs."""
    case = case_or_404(case_id)
    pack = pack_of(db(), case)
    refuse_unless_placeable(db(), case, pack, viewer())
    rows = (("Now", organisation_name(pack, case)),)
    ask = Ask("Set the organisation", "Set it", "cases.people", WORDS, FOLLOWS, rows)
    return ask_page(case, ask, form or PlacingForm.among(pack, case.organisation), refusal)


@bp.post("/cases/<uuid:case_id>/organisation")
@gate(Permission.HANDLE)
@or_show(organisation)
def organisation_set(case_id: UUID) -> Response:
    """Set it; an officer who is not needed any more is led back to their other cases."""
    case = case_or_404(case_id)
    pack, keys = pack_of(db(), case), keys_of(case)
    form = accepted(PlacingForm.among(pack, case.organisation))
    placed, seen = form.to_placed(), form.seen_version
    set_organisation(db(), case, keys, pack=pack, actor=viewer(), placed=placed, seen_version=seen)
    db().commit()
    stays = may(viewer(), Permission.READ, facts_of(db(), case))
    return see_other("cases.people", case_id=case_id) if stays else see_other("cases.caseload_page")
