"""An account begins, or begins again: the link, then password and authenticator."""

from __future__ import annotations

from functools import partial

from flask import Response, session, url_for
from sqlalchemy.orm import Session

from conductdesk.people.above import above
from conductdesk.people.actions import (
    AccountDrawnUp,
    Activated,
    LinkOver,
    Setup,
    begin_account,
    draw_up_account,
)
from conductdesk.people.forms import ActivationForm
from conductdesk.people.models import Invitation
from conductdesk.people.queries import open_invitation
from conductdesk.people.views.authenticator import (
    forget_authenticator,
    new_authenticator,
    pending_authenticator,
)
from conductdesk.people.views.blueprint import bp
from conductdesk.people.views.recovery import show_from_here_on, shown
from conductdesk.people.views.welcome import welcome
from conductdesk.policy import Permission
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web import sessions
from conductdesk.web.gate import gate, without_token
from conductdesk.web.page import page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore, looking, settings

TOKEN = "activation"  # noqa: S105 - where the session keeps it, not the token


@bp.get("/activate/<token>")
@gate(Permission.SIGN_IN)
def activation(token: str) -> Response:
    """Show where the link leads, and change nothing: mail programs follow links by themselves."""
    if open_invitation(db(), token) is None:
        return _link_over()
    return page("people/activate.html", here=url_for("people.begin_activation", token=token))


@bp.post("/activate/<token>")
@without_token
@gate(Permission.SIGN_IN)
def begin_activation(token: str) -> Response:
    """Exchange the token for a session, so that it lies in no further address."""
    invitation = open_invitation(db(), token)
    if invitation is None:
        return _link_over()
    sessions.end()
    sessions.rotate()
    session[TOKEN] = token
    new_authenticator(invitation.account.email)
    return see_other("people.set_up")


@bp.get("/activation")
@gate(Permission.SIGN_IN)
def set_up(refusal: str = "", form: ActivationForm | None = None) -> Response:
    """Ask for a password, and for the first code of the authenticator."""
    invitation = _invitation(db())
    if invitation is None:
        return _link_over()
    return page(
        "people/set_up.html",
        form=form or ActivationForm(),
        refusal=refusal,
        email=invitation.account.email,
        had_keys=invitation.account.principal_id is not None,
        authenticator=pending_authenticator(),
    )


@bp.post("/activation")
@gate(Permission.SIGN_IN)
@or_show(set_up)
def finish_activation() -> Response:
    """Set the account up, sign in, and lead to the printed recovery code."""
    pending = pending_authenticator()
    if _invitation(looking()) is None or pending is None:
        return _link_over()
    drawn = _drawn_up(accepted(ActivationForm()).setup(pending.secret))
    sessions.refresh(db())  # the second of two clicks waits here, and then finds the code
    if TOKEN not in session:
        return _link_over()
    done = _begun(drawn)
    undone = welcome(done.account, done.keyring)  # commits: account, sign-in and code are one step
    if undone:
        return page("people/undone.html", sentences=undone)
    return see_other("people.recovery_code")


def _drawn_up(setup: Setup) -> AccountDrawnUp:
    """Hash the password before the write lock is asked for, so that nobody waits for it."""
    avoided = _organisation()
    return draw_up_account(looking(), keystore(), session[TOKEN], setup, organisation=avoided)


def _begun(drawn: AccountDrawnUp) -> Activated:
    lost = partial(above().key_replaced, db(), keystore())
    done = begin_account(db(), drawn, key_replaced=lost)
    del session[TOKEN]
    forget_authenticator()
    show_from_here_on(done.recovery_code, done.account)
    return done


def _link_over() -> Response:
    """Say so; but whoever used it in this session is led to the code that they must keep."""
    db().rollback()
    if shown():
        return see_other("people.first_code")
    return page("people/link_over.html", sentence=str(LinkOver()), status=404)


def _invitation(where: Session) -> Invitation | None:
    token = session.get(TOKEN)
    return open_invitation(where, token) if token else None


def _organisation() -> str:
    """Return the names that a password must not be made of."""
    return " ".join(
        (settings().service_name, *(pack.organisation for pack in packs_in_force(looking())))
    )
