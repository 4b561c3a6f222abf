"""Coming in, going out, and the first page."""

from __future__ import annotations

from flask import Response, request, url_for

from conductdesk.people import actions
from conductdesk.people.above import above
from conductdesk.people.actions import NotSignedIn
from conductdesk.people.forms import SignInForm
from conductdesk.people.presence import let_out
from conductdesk.people.views.blueprint import bp
from conductdesk.people.views.recovery import shown
from conductdesk.people.views.welcome import welcome
from conductdesk.policy import Permission, Viewer, may_enter
from conductdesk.web.face import MANNERS, this_face
from conductdesk.web.gate import gate, viewer, without_token
from conductdesk.web.headers import forget_everything
from conductdesk.web.page import go_to, page, safe_return, see_other
from conductdesk.web.state import db, keystore

WHY_OUT = {
    "password": "Your password is changed, and every sign-in has ended. Sign in with the new one.",
    "everywhere": "You are signed out everywhere.",
}
"""What the page says first, by the word in its address."""


@bp.get("/")
@gate(Permission.SIGN_IN)
def home() -> Response:
    """Lead everybody to the page that they work on."""
    here = viewer()
    if here.account_id is not None:
        return see_other(_first_page(here))
    timed_out = MANNERS[this_face()].cookie in request.cookies
    return see_other("people.signed_out" if timed_out else "people.sign_in")


@bp.get("/sign-in")
@gate(Permission.SIGN_IN)
def sign_in() -> Response:
    if viewer().account_id is not None:
        return see_other("people.home")
    form = SignInForm(formdata=None, back=safe_return(request.args.get("back")) or "")
    return page("people/sign_in.html", form=form, unsent="unsent" in request.args)


@bp.post("/sign-in")
@without_token
@gate(Permission.SIGN_IN)
def enter() -> Response:
    """Sign somebody in, or say the one sentence that tells nothing apart."""
    form = SignInForm()
    if not form.validate():
        return page("people/sign_in.html", form=form, status=422)
    answer = actions.sign_in(
        db(), keystore(), form.attempt, queue_mail=above().queue_mail_for(keystore())
    )
    if isinstance(answer, NotSignedIn):
        db().commit()  # the failure counts
        return page("people/sign_in.html", form=form, refusal=answer.sentence, status=422)
    undone = welcome(answer.account, answer.keyring)
    if undone:
        return page("people/undone.html", sentences=undone)
    return go_to(_after(form))


@bp.post("/sign-out")
@gate(Permission.ACCOUNT)
def sign_out() -> Response:
    let_out()
    return forget_everything(see_other("people.signed_out"))


@bp.get("/signed-out")
@gate(Permission.SIGN_IN)
def signed_out() -> Response:
    """Say, on a page with nothing on it, that one is signed out and how to go on."""
    if viewer().account_id is not None:
        return see_other("people.home")
    return page("people/signed_out.html", why=WHY_OUT.get(request.args.get("because", ""), ""))


def _after(form: SignInForm) -> str:
    """Return where a sign-in leads: to a code first that nobody has kept yet."""
    if shown():
        return url_for("people.recovery_code")
    return safe_return(form.back.data) or url_for("people.home")


def _first_page(here: Viewer) -> str:
    if may_enter(here, Permission.ADMINISTER):
        return "people.directory"
    only_audits = may_enter(here, Permission.AUDIT) and not here.offices
    if not only_audits and may_enter(here, Permission.CASELOAD):
        return "cases.caseload_page"
    return "review.population" if only_audits else "people.account"
