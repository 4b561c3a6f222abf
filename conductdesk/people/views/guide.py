"""A short guide for whoever works at the desk."""

from __future__ import annotations

from flask import Response

from conductdesk.people.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.gate import gate
from conductdesk.web.page import page


@bp.get("/help")
@gate(Permission.SIGN_IN)
def help_page() -> Response:
    return page("people/help.html")
