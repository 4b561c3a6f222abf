"""The printed personal recovery code: shown once, and made anew on request."""

from __future__ import annotations

from flask import Response, session, url_for

from conductdesk.people.actions import confirm_password, renew_recovery_code
from conductdesk.people.forms import ConfirmForm
from conductdesk.people.presence import this_account
from conductdesk.people.views.blueprint import bp
from conductdesk.people.views.confirming import may_try
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.vault.receipts import Receipt
from conductdesk.web.gate import gate
from conductdesk.web.page import page, see_other
from conductdesk.web.state import db, keystore

SHOWN = "recovery_code"


def show_once(code: Receipt) -> None:
    """Keep *code* in the session until the person says that they have it."""
    session[SHOWN] = code.secret


@bp.get("/account/recovery-code")
@gate(Permission.ACCOUNT)
def recovery_code() -> Response:
    code = _shown()
    if code is None:
        return _renewal_page(ConfirmForm(formdata=None))
    return page("people/recovery_code.html", code=code)


@bp.get("/account/recovery-code/print")
@gate(Permission.ACCOUNT)
def print_recovery_code() -> Response:
    code = _shown()
    if code is None:
        return see_other("people.recovery_code")
    back = url_for("people.recovery_code")
    return page("people/recovery_code_print.html", code=code, back_url=back)


@bp.post("/account/recovery-code/kept")
@gate(Permission.ACCOUNT)
def keep_recovery_code() -> Response:
    """Show the code no more: the person has it on paper."""
    session.pop(SHOWN, None)
    return see_other("people.home")


@bp.post("/account/recovery-code")
@gate(Permission.ACCOUNT)
def renew() -> Response:
    """Make a new code; the old one opens nothing any more."""
    form = ConfirmForm()
    if not form.validate():
        return _renewal_page(form, status=422)
    try:
        may_try()
        keyring = confirm_password(keystore(), this_account(), form.password.data)
        code = renew_recovery_code(db(), keystore(), this_account(), keyring)
    except Refused as error:
        return _renewal_page(form, refusal=str(error), status=422)
    show_once(code)
    db().commit()
    return see_other("people.recovery_code")


def _shown() -> Receipt | None:
    secret = session.get(SHOWN)
    return Receipt(secret) if secret else None


def _renewal_page(form: ConfirmForm, *, refusal: str = "", status: int = 200) -> Response:
    back = url_for("people.account")
    return page("people/renew_code.html", form=form, refusal=refusal, back_url=back, status=status)
