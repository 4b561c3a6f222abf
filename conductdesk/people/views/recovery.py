"""The printed personal recovery code: shown until it is kept, and made anew on request.

It lies in the session from the commit that made it, so that a server which dies before it answers
loses nothing: the page can be opened again.
"""

from __future__ import annotations

from flask import Response, session, url_for

from conductdesk.people.actions import confirm_password, renew_recovery_code
from conductdesk.people.forms import ConfirmForm
from conductdesk.people.models import Account
from conductdesk.people.presence import this_account, this_account_id
from conductdesk.people.views.blueprint import bp
from conductdesk.people.views.confirming import hold_sign_in, may_try
from conductdesk.policy import Permission
from conductdesk.vault.receipts import Receipt
from conductdesk.web import sessions
from conductdesk.web.gate import gate
from conductdesk.web.page import go_to, page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore, looking

SHOWN = "recovery_code"
BEHIND = "left_behind"
"""Where the session keeps the name of the one before it, which shows the same code."""


def show_once(code: Receipt, account: Account) -> None:
    """Keep the code of *account* in the session until the person says that they have it."""
    session[SHOWN] = {"secret": code.secret, "account": account.id.hex}


def show_from_here_on(code: Receipt, account: Account) -> None:
    """Keep the code of an account that begins, whether or not its sign-in reaches the browser.

    The session in which it was set up keeps the code; the sign-in gets another.
    """
    show_once(code, account)
    session[BEHIND] = sessions.leave_behind(db(), account.id)


def begin_session_of(account: Account) -> None:
    """Empty the session, but for a code of *account* that nobody has kept yet."""
    code, behind = session.get(SHOWN), session.get(BEHIND)
    session.clear()
    if code and code["account"] == account.id.hex:
        session.update({SHOWN: code, **({BEHIND: behind} if behind else {})})


@bp.get("/account/recovery-code")
@gate(Permission.ACCOUNT)
def recovery_code(refusal: str = "", form: ConfirmForm | None = None) -> Response:
    """Show the code until it is kept; after that, offer to make a new one."""
    code = shown()
    if code is not None:
        kept, print_it = url_for("people.keep_recovery_code"), url_for("people.print_recovery_code")
        return code_page(code, kept, print_it, refusal)
    back, form = url_for("people.account"), form or ConfirmForm(formdata=None)
    return page("people/renew_code.html", form=form, refusal=refusal, back_url=back)


@bp.get("/account/recovery-code/print")
@gate(Permission.ACCOUNT)
def print_recovery_code() -> Response:
    return printed_page(url_for("people.recovery_code"))


@bp.post("/account/recovery-code/kept")
@gate(Permission.ACCOUNT)
def keep_recovery_code() -> Response:
    """Show the code no more: the person has it on paper."""
    behind = session.pop(BEHIND, None)
    session.pop(SHOWN, None)
    if behind:
        sessions.end_left_behind(db(), behind)
    db().commit()
    return see_other("people.home")


@bp.post("/account/recovery-code")
@gate(Permission.ACCOUNT)
@or_show(recovery_code)
def renew() -> Response:
    """Make a new code; the old one opens nothing any more."""
    password = accepted(ConfirmForm()).password.data
    may_try()
    confirmed = confirm_password(looking(), keystore(), this_account_id(), password)
    hold_sign_in(confirmed)
    show_once(renew_recovery_code(db(), keystore(), confirmed), this_account())
    db().commit()  # the new code and the page that shows it are one step
    return see_other("people.recovery_code")


def shown() -> Receipt | None:
    """Return the code that waits to be kept, or None."""
    kept = session.get(SHOWN)
    return Receipt(kept["secret"]) if kept else None


def code_page(code: Receipt, keep_url: str, print_url: str, refusal: str = "") -> Response:
    """Show *code*, with the button that ends this."""
    return page(
        "people/recovery_code.html",
        code=code,
        keep_url=keep_url,
        print_url=print_url,
        refusal=refusal,
        form=None,  # the one that asks for a password is on another page
    )


def printed_page(back: str) -> Response:
    """Show the code and nothing else, for paper."""
    code = shown()
    if code is None:
        return go_to(back)
    return page("people/recovery_code_print.html", code=code, back_url=back)
