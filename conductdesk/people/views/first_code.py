"""The recovery code of an account that was set up, but whose sign-in never reached the browser.

The server died before it answered, or the answer was lost. The session of the set-up shows the code.
"""

from __future__ import annotations

from flask import Response, url_for

from conductdesk.people.views.blueprint import bp
from conductdesk.people.views.recovery import code_page, printed_page, shown
from conductdesk.policy import Permission
from conductdesk.web import sessions
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.state import db


@bp.get("/activation/recovery-code")
@gate(Permission.SIGN_IN)
def first_code() -> Response:
    """Show the code until it is kept; whoever is signed in has a page of their own for it."""
    code = shown()
    if code is None or viewer().account_id is not None:
        return see_other("people.recovery_code")
    return code_page(code, url_for("people.keep_first_code"), url_for("people.print_first_code"))


@bp.get("/activation/recovery-code/print")
@gate(Permission.SIGN_IN)
def print_first_code() -> Response:
    return printed_page(url_for("people.first_code"))


@bp.post("/activation/recovery-code/kept")
@gate(Permission.SIGN_IN)
def keep_first_code() -> Response:
    """Show the code no more, and let the person sign in."""
    sessions.end()
    db().commit()
    return see_other("people.sign_in")
