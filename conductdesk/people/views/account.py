"""One's own account: password, authenticator, and where one is signed in."""

from __future__ import annotations

from flask import Response, url_for

from conductdesk.people import actions
from conductdesk.people.above import above
from conductdesk.people.faces import SignInShown, account_shown
from conductdesk.people.forms import AuthenticatorForm, PasswordForm
from conductdesk.people.presence import let_out, this_account, this_account_id
from conductdesk.people.queries import sessions_of
from conductdesk.people.views.authenticator import (
    forget_authenticator,
    need_authenticator,
    new_authenticator,
    pending_authenticator,
)
from conductdesk.people.views.blueprint import bp
from conductdesk.people.views.confirming import hold_sign_in, may_try
from conductdesk.policy import Permission
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web.face import MANNERS, this_face
from conductdesk.web.gate import gate
from conductdesk.web.headers import forget_everything
from conductdesk.web.page import page, see_other, what_was_done
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore, looking

DONE = {"authenticator": "Your new authenticator is set up. The old one works no more."}


@bp.get("/account")
@gate(Permission.ACCOUNT)
def account() -> Response:
    here, manner = this_account(), MANNERS[this_face()]
    return page(
        "people/account.html",
        person=account_shown(db(), here, packs_in_force(db())),
        sign_ins=[SignInShown.of(row, manner) for row in sessions_of(db(), here)],
        done=what_was_done(DONE),
    )


@bp.get("/account/password")
@gate(Permission.ACCOUNT)
def password(refusal: str = "", form: PasswordForm | None = None) -> Response:
    """Ask for a new password, and for the present one."""
    back, form = url_for("people.account"), form or PasswordForm()
    return page("people/password.html", form=form, refusal=refusal, back_url=back)


@bp.post("/account/password")
@gate(Permission.ACCOUNT)
@or_show(password)
def change_password() -> Response:
    """Change the password; every sign-in ends, this one included."""
    form = accepted(PasswordForm())
    may_try()
    me, old, new = this_account_id(), form.old.data, form.new.data
    drawn = actions.draw_up_password(looking(), keystore(), me, old=old, new=new)
    hold_sign_in(drawn.confirmed)
    actions.change_password(db(), drawn, queue_mail=above().queue_mail_for(keystore()))
    db().commit()
    return _out("password")


@bp.get("/account/authenticator")
@gate(Permission.ACCOUNT)
def authenticator(refusal: str = "", form: AuthenticatorForm | None = None) -> Response:
    """Show the secret of a new authenticator, and ask for its first code."""
    return page(
        "people/authenticator.html",
        form=form or AuthenticatorForm(),
        refusal=refusal,
        authenticator=pending_authenticator(),
        back_url=url_for("people.account"),
    )


@bp.post("/account/authenticator/secret")
@gate(Permission.ACCOUNT)
def begin_authenticator() -> Response:
    """Make the secret of a new authenticator; nothing changes until its first code is typed."""
    new_authenticator(this_account().email)
    return see_other("people.authenticator")


@bp.post("/account/authenticator")
@gate(Permission.ACCOUNT)
@or_show(authenticator)
def change_authenticator() -> Response:
    """Replace the authenticator by the one that the page showed."""
    given = accepted(AuthenticatorForm()).change(need_authenticator().secret)
    may_try()
    me, queue_mail = this_account_id(), above().queue_mail_for(keystore())
    confirmed = actions.confirm_password(looking(), keystore(), me, given.password)
    hold_sign_in(confirmed)
    actions.change_authenticator(db(), keystore(), confirmed, given, queue_mail=queue_mail)
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
