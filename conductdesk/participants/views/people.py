"""The list of participants, the search in it, and somebody new."""

from __future__ import annotations

from flask import Response, url_for

from conductdesk.participants.actions.keeping import add_participant
from conductdesk.participants.faces.people import PeopleFound, people_named, people_page
from conductdesk.participants.forms import PersonForm, SearchForm
from conductdesk.participants.kept import Kept
from conductdesk.participants.queries import register_of
from conductdesk.participants.views.access import (
    around,
    by,
    hands,
    kept_or_404,
    looking_at,
    pack_or_404,
    page_number,
    register_page,
)
from conductdesk.participants.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate
from conductdesk.web.page import is_fragment_request, see_other, what_was_done
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

DONE = {
    "removed": "They are removed from the register, with their ties.",
    "imported": "The file is imported.",
}


@bp.get("/participants/<scheme>")
@gate(Permission.REGISTER)
def people(scheme: str) -> Response:
    """Show one page of everybody, by name."""
    pack = pack_or_404(scheme)
    if register_of(db(), scheme) is None:
        return see_other("participants.beginning", scheme=pack.key)
    kept, number = kept_or_404(scheme), page_number()
    found = people_page(db(), kept, number)
    newer, older = around("participants.people", scheme, number, found.pages)
    return _list(kept, found, SearchForm(formdata=None), newer, older)


@bp.post("/participants/<scheme>/search")
@gate(Permission.REGISTER)
def search(scheme: str) -> Response:
    """Look somebody up. It is sent, not asked for: a name does not belong into an address."""
    form, kept = SearchForm(), kept_or_404(scheme)
    with looking_at(kept) as (looking, there):
        found = people_named(looking, there, form.text.data or "")
    return _list(kept, found, form)


@bp.get("/participants/<scheme>/people/new")
@gate(Permission.REGISTER)
def new_person(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask who it is."""
    kept = kept_or_404(scheme)
    return register_page(
        kept,
        "participants/person_form.html",
        form=form or PersonForm.of(kept.pack, kept.theirs, formdata=None),
        refusal=refusal,
        heading="Add somebody",
        action=url_for("participants.added", scheme=scheme),
        back_url=url_for("participants.people", scheme=scheme),
    )


@bp.post("/participants/<scheme>/people")
@gate(Permission.REGISTER)
@or_show(new_person)
def added(scheme: str) -> Response:
    """Add somebody."""
    kept = kept_or_404(scheme)
    person = accepted(PersonForm.of(kept.pack, kept.theirs)).to_person()
    new = add_participant(*hands(kept), **by(kept), person=person)
    db().commit()
    return see_other("participants.person", scheme=scheme, participant_id=new)


def _list(
    kept: Kept,
    found: PeopleFound,
    form: SearchForm,
    newer: str | None = None,
    older: str | None = None,
) -> Response:
    return register_page(
        kept,
        "participants/people.html",
        fragment="found",
        found=found,
        search=form,
        newer=newer,
        older=older,
        done=what_was_done(DONE),
        said=found.said if is_fragment_request() else "",
    )
