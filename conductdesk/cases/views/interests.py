"""One's own interests: whom one is tied to, so that what names them goes to somebody else."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, request, url_for

from conductdesk.cases.actions.declaring import declare_interest
from conductdesk.cases.faces.interests import InterestShown, colleagues, interests_shown
from conductdesk.cases.forms.interests import InterestForm
from conductdesk.cases.views.blueprint import bp
from conductdesk.participants.actions.declaring import take_back
from conductdesk.people.presence import keyring
from conductdesk.policy import Permission
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other, what_was_done
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore

OFF = "It is declared. {cases} named them: you are off {it}, and somebody else was told."
DONE = {
    "declared": "It is declared. From now on, a concern that names them goes to somebody else.",
    "back": "It is taken back. A concern that names them can reach you again.",
}


@bp.get("/interests")
@gate(Permission.DECLARE)
def interests(refusal: str = "", form: PageForm | None = None) -> Response:
    """List what the viewer declared."""
    back, done = url_for("cases.caseload_page"), _done()
    shown = interests_shown(db(), keyring(), viewer())
    return page("cases/interests.html", shown=shown, done=done, refusal=refusal, back_url=back)


@bp.get("/interests/new")
@gate(Permission.DECLARE)
def new_interest(refusal: str = "", form: InterestForm | None = None) -> Response:
    """Ask whom the viewer is tied to, and say what follows."""
    form = form or InterestForm.among(colleagues(db(), viewer()))
    back = url_for("cases.interests")
    return page("cases/interest_new.html", form=form, refusal=refusal, back_url=back)


@bp.post("/interests")
@gate(Permission.DECLARE)
@or_show(new_interest)
def declared() -> Response:
    """Declare a tie; the viewer is off every open case that names the person."""
    form = accepted(InterestForm.among(colleagues(db(), viewer())))
    said = form.to_declared()
    off = declare_interest(db(), keystore(), keyring(), actor=viewer(), declared=said)
    db().commit()
    return see_other("cases.interests", done="declared", off=off or None)


@bp.get("/interests/<uuid:interest_id>/end")
@gate(Permission.DECLARE)
def ending_interest(interest_id: UUID) -> Response:
    """Ask whether a declaration is to count no more."""
    back = url_for("cases.interests")
    return page("cases/interest_end.html", one=_shown_or_404(interest_id), back_url=back)


def _list_again(interest_id: UUID, refusal: str, form: PageForm | None) -> Response:
    return interests(refusal=refusal)


@bp.post("/interests/<uuid:interest_id>/end")
@gate(Permission.DECLARE)
@or_show(_list_again)
def interest_ended(interest_id: UUID) -> Response:
    """Take a declaration back."""
    take_back(db(), actor=viewer(), interest_id=interest_id)
    db().commit()
    return see_other("cases.interests", done="back")


def _shown_or_404(interest_id: UUID) -> InterestShown:
    shown = interests_shown(db(), keyring(), viewer())
    return next((one for one in shown if one.id == interest_id and one.counts), None) or abort(404)


def _done() -> str:
    off = request.args.get("off", 0, type=int)
    if off > 0:
        cases, it = ("One open case", "it") if off == 1 else (f"{off} open cases", "them")
        return OFF.format(cases=cases, it=it)
    return what_was_done(DONE)
