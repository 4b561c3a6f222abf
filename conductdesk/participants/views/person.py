"""One participant: what the register says of them, and what can be done about it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, url_for

from conductdesk.participants.actions.keeping import (
    change_participant,
    end_participant,
    note_acceptance,
    remove_participant,
)
from conductdesk.participants.faces.bonds import groups_with, ties_shown
from conductdesk.participants.faces.people import PersonShown, person_shown
from conductdesk.participants.forms import AcceptanceForm, DayForm, PersonForm, filled_with
from conductdesk.participants.kept import Kept
from conductdesk.participants.queries import participant_by_id, person_of
from conductdesk.participants.rules import Person
from conductdesk.participants.views.access import by, hands, kept_or_404, register_page
from conductdesk.participants.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/participants/<scheme>/people/<uuid:participant_id>")
@gate(Permission.REGISTER)
def person(
    scheme: str, participant_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Show one participant."""
    kept = kept_or_404(scheme)
    context: dict[str, Any] = {
        "person": shown_or_404(kept, participant_id),
        "ties": ties_shown(db(), kept, participant_id),
        "groups": groups_with(db(), kept, participant_id),
        "back_url": url_for("participants.people", scheme=scheme),
    }
    forms = _forms(form)
    return register_page(kept, "participants/person.html", **context, **forms, refusal=refusal)


@bp.get("/participants/<scheme>/people/<uuid:participant_id>/details")
@gate(Permission.REGISTER)
def details(
    scheme: str, participant_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Ask for what is different now."""
    kept = kept_or_404(scheme)
    known = filled_with(_person_or_404(kept, participant_id))
    form = form or PersonForm.of(kept.pack, kept.theirs, formdata=None, data=known)
    context: dict[str, Any] = {
        "heading": "Change what the register says",
        "action": url_for("participants.changed", scheme=scheme, participant_id=participant_id),
        "back_url": _home(scheme, participant_id),
    }
    template = "participants/person_form.html"
    return register_page(kept, template, form=form, refusal=refusal, **context)


@bp.post("/participants/<scheme>/people/<uuid:participant_id>/details")
@gate(Permission.REGISTER)
@or_show(details)
def changed(scheme: str, participant_id: UUID) -> Response:
    """Change what the register says."""
    kept = kept_or_404(scheme)
    new = accepted(PersonForm.of(kept.pack, kept.theirs)).to_person()
    change_participant(*hands(kept), **by(kept), participant_id=participant_id, person=new)
    db().commit()
    return see_other("participants.person", scheme=scheme, participant_id=participant_id)


@bp.post("/participants/<scheme>/people/<uuid:participant_id>/acceptances")
@gate(Permission.REGISTER)
@or_show(person)
def acceptance(scheme: str, participant_id: UUID) -> Response:
    """Note which version of the code they accepted."""
    kept = kept_or_404(scheme)
    given = accepted(AcceptanceForm()).to_acceptance()
    note_acceptance(*hands(kept), **by(kept), participant_id=participant_id, acceptance=given)
    db().commit()
    return see_other("participants.person", scheme=scheme, participant_id=participant_id)


@bp.post("/participants/<scheme>/people/<uuid:participant_id>/ending")
@gate(Permission.REGISTER)
@or_show(person)
def ended(scheme: str, participant_id: UUID) -> Response:
    """Note that they do not take part any more."""
    kept, last = kept_or_404(scheme), accepted(DayForm()).last.data
    end_participant(*hands(kept), **by(kept), participant_id=participant_id, on=last)
    db().commit()
    return see_other("participants.person", scheme=scheme, participant_id=participant_id)


@bp.get("/participants/<scheme>/people/<uuid:participant_id>/removal")
@gate(Permission.REGISTER)
def removal(
    scheme: str, participant_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Warn of what it means to remove somebody."""
    kept, back = kept_or_404(scheme), _home(scheme, participant_id)
    shown = shown_or_404(kept, participant_id)
    return register_page(
        kept, "participants/removal.html", person=shown, refusal=refusal, form=form, back_url=back
    )


@bp.post("/participants/<scheme>/people/<uuid:participant_id>/removal")
@gate(Permission.REGISTER)
@or_show(removal)
def removed(scheme: str, participant_id: UUID) -> Response:
    """Remove somebody."""
    kept = kept_or_404(scheme)
    remove_participant(*hands(kept), **by(kept), participant_id=participant_id)
    db().commit()
    return see_other("participants.people", scheme=scheme, done="removed")


def shown_or_404(kept: Kept, participant_id: UUID) -> PersonShown:
    """Return a participant as pages show them."""
    return person_shown(participant_id, _person_or_404(kept, participant_id))


def _person_or_404(kept: Kept, participant_id: UUID) -> Person:
    row = participant_by_id(db(), kept.register, participant_id) or abort(404)
    found = person_of(kept.keys, row)
    return found if kept.theirs.has(found) else abort(404)


def _forms(sent: PageForm | None) -> dict[str, PageForm | None]:
    """Return the forms of the page; the one that was sent with mistakes is shown as it was sent."""
    given, last = AcceptanceForm(formdata=None), DayForm(formdata=None)
    return {
        "acceptance_form": sent if isinstance(sent, AcceptanceForm) else given,
        "end_form": sent if isinstance(sent, DayForm) else last,
        "form": sent,
    }


def _home(scheme: str, participant_id: UUID) -> str:
    return url_for("participants.person", scheme=scheme, participant_id=participant_id)
