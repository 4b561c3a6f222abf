"""Somebody is added to a case: names from the register to choose from, and ties that count."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort

from conductdesk.cases.actions.adding import add_party
from conductdesk.cases.faces.known import known_people
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.forms.handling import SHORT, PartyForm, party_form
from conductdesk.cases.meant import may_be
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of, pack_of
from conductdesk.cases.rules import parts_for
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page
from conductdesk.cases.views.people import people, people_page
from conductdesk.participants.faces.people import PersonShown, people_named
from conductdesk.participants.kept import Kept
from conductdesk.participants.views.access import kept_if_any, looking_at
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import is_fragment_request, page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

SUGGESTED = 8
"""Names offered at a time."""


@bp.post("/cases/<uuid:case_id>/parties")
@gate(Permission.HANDLE)
@or_show(people)
def party(case_id: UUID) -> Response:
    """Add a party; an officer who is meant, or tied to them, is kept away at once."""
    case = case_or_404(case_id)
    form, seated = accepted(_form(case)), facts_of(db(), case).seats.keys()
    name, part, not_meant = form.name.data or "", form.to_part(), form.not_meant
    keys = keys_of(case)
    add_party(db(), case, keys, actor=viewer(), name=name, part=part, not_meant=not_meant)
    db().commit()
    left = seated & facts_of(db(), case).barred
    if viewer().account_id in left:
        return see_other("cases.recused")
    return see_other("cases.people", case_id=case_id, done="away" if left else None)


@bp.post("/cases/<uuid:case_id>/parties/suggestions")
@gate(Permission.HANDLE)
def suggestions(case_id: UUID) -> Response:
    """Offer names from the register while somebody types; as a page where there is no script."""
    case = case_or_404(case_id)
    form, kept = PartyForm().offer(parts_for(case.kind)), kept_if_any(pack_of(db(), case))
    found = _found(kept, form.name.data or "") if kept else ()
    if is_fragment_request():
        return page("cases/people_add.html", fragment="names", names=found)
    return people_page(case_or_404(case_id), party_form=form, names=found)


@bp.get("/cases/<uuid:case_id>/parties/<uuid:party_id>")
@gate(Permission.HANDLE)
def known(case_id: UUID, party_id: UUID) -> Response:
    """Show what the register says of those who go by a party's name."""
    case = case_or_404(case_id)
    shown = {one.id: one for one in parties_of(db(), case, keys_of(case))}
    party_shown = shown.get(party_id) or abort(404)
    kept = kept_if_any(pack_of(db(), case)) or abort(404)
    context: dict[str, Any] = {"party": party_shown, "scheme": kept.pack.key}
    found = known_people(db(), kept, party_shown.name)
    return case_page(case, "cases/known.html", context, found=found)


def _found(kept: Kept, text: str) -> tuple[PersonShown, ...]:
    with looking_at(kept) as (looking, there):
        return people_named(looking, there, text, SUGGESTED).rows


def _form(case: Case) -> PartyForm:
    """Return the form as it was sent, with a question for each officer whom the name may mean."""
    parts, name = parts_for(case.kind), (PartyForm().name.data or "")[:SHORT]
    return party_form(name, may_be(db(), case, name))().offer(parts)
