"""One's own account: password, authenticator, and where one is signed in."""

from __future__ import annotations

from flask import Response, request, url_for

from conductdesk.people import actions
from conductdesk.people.above import above
from conductdesk.people.faces import SignInShown, account_shown
from conductdesk.people.forms import AuthenticatorForm, PasswordForm
from conductdesk.people.presence import let_out, this_account
from conductdesk.people.queries import sessions_of
from conductdesk.people.views.authenticator import (
    forget_authenticator,
    new_authenticator,
    pending_authenticator,
)
from conductdesk.people.views.blueprint import bp
from conductdesk.people.views.confirming import may_try
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web.face import MANNERS, this_face
from conductdesk.web.gate import gate
from conductdesk.web.headers import forget_everything
from conductdesk.web.page import page, see_other
from conductdesk.web.state import db, keystore

DONE = {"authenticator": "Your new authenticator is set up. The old one works no more."}


@bp.get("/account")
@gate(Permission.ACCOUNT)
def account() -> Response:
    here, manner = this_account(), MANNERS[this_face()]
    return page(
        "people/account.html",
        person=account_shown(db(), here, packs_in_force(db())),
        sign_ins=[SignInShown.of(row, manner) for row in sessions_of(db(), here)],
        done=DONE.get(request.args.get("done", ""), ""),
    )


@bp.get("/account/password")
@gate(Permission.ACCOUNT)
def password() -> Response:
    return _password_page(PasswordForm(formdata=None))


@bp.post("/account/password")
@gate(Permission.ACCOUNT)
def change_password() -> Response:
    """Change the password; every sign-in ends, this one included."""
    form = PasswordForm()
    if not form.validate():
        return _password_page(form, status=422)
    try:
        may_try()
        actions.change_password(
            db(),
            keystore(),
            this_account(),
            old=form.old.data,
            new=form.new.data,
            post=above().post_for(keystore()),
        )
    except Refused as error:
        return _password_page(form, refusal=str(error), status=422)
    db().commit()
    return _out("password")


@bp.get("/account/authenticator")
@gate(Permission.ACCOUNT)
def authenticator() -> Response:
    return _authenticator_page(AuthenticatorForm(formdata=None))


@bp.post("/account/authenticator/secret")
@gate(Permission.ACCOUNT)
def begin_authenticator() -> Response:
    """Make the secret of a new authenticator; nothing changes until its first code is typed."""
    new_authenticator(this_account().email)
    return see_other("people.authenticator")


@bp.post("/account/authenticator")
@gate(Permission.ACCOUNT)
def change_authenticator() -> Response:
    form, pending = AuthenticatorForm(), pending_authenticator()
    if pending is None or not form.validate():
        return _authenticator_page(form, status=422)
    try:
        may_try()
        actions.change_authenticator(
            db(),
            keystore(),
            this_account(),
            password=form.password.data,
            secret=pending.secret,
            code=form.code.data,
            post=above().post_for(keystore()),
        )
    except Refused as error:
        return _authenticator_page(form, refusal=str(error), status=422)
    forget_authenticator()
    db().commit()
    return see_other("people.account", done="authenticator")


@bp.post("/account/sign-out-everywhere")
@gate(Permission.ACCOUNT)
def sign_out_everywhere() -> Response:
    actions.sign_out_everywhere(db(), this_account())
    db().commit()
    return _out("everywhere")


def _out(why: str) -> Response:
    let_out()
    return forget_everything(see_other("people.signed_out", because=why))


def _password_page(form: PasswordForm, *, refusal: str = "", status: int = 200) -> Response:
    back = url_for("people.account")
    return page("people/password.html", form=form, refusal=refusal, back_url=back, status=status)


def _authenticator_page(
    form: AuthenticatorForm, *, refusal: str = "", status: int = 200
) -> Response:
    return page(
        "people/authenticator.html",
        form=form,
        refusal=refusal,
        authenticator=pending_authenticator(),
        back_url=url_for("people.account"),
        status=status,
    )
