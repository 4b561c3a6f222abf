"""The idle limit, said in time: a page may ask for more before its session ends (WCAG 2.2.1)."""

from __future__ import annotations

from flask import Flask, Response, session

from conductdesk.policy import Permission
from conductdesk.web.face import MANNERS, this_face
from conductdesk.web.gate import gate


def install_idle(app: Flask) -> None:
    """Give *app* the address that a page asks to stay, and tell the layouts the limit."""
    app.add_url_rule("/still-here", "still_here", still_here)
    app.jinja_env.globals["idle_seconds"] = idle_seconds


@gate(Permission.VISIT)
def still_here() -> Response:
    """Answer 204 while there is a session, which the request itself makes last; else 401."""
    return Response(status=204 if session else 401)


def idle_seconds() -> int | None:
    """Return how long the session lasts without a request; None where there is none."""
    return int(MANNERS[this_face()].idle.total_seconds()) if session else None
