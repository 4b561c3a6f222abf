"""The first of two locks on every door: who may come to a page at all.

The second is `case_or_404`, which asks the policy again, with the same permission, for one case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, request, url_for
from flask_wtf.csrf import CSRFProtect

from conductdesk.policy import Permission, Viewer, may_enter
from conductdesk.web.page import go_to, is_fragment_request
from conductdesk.web.state import SAFE_METHODS, release_db

View = TypeVar("View", bound=Callable[..., Any])
ViewerLoader = Callable[[], Viewer]

OUR_OWN = frozenset({"same-origin", "none"})
"""The values of Sec-Fetch-Site that an unsafe request may have."""

csrf = CSRFProtect()


class GateMissingError(Exception):
    """An endpoint does not say who it is for."""


def gate(permission: Permission) -> Callable[[View], View]:
    """Declare who the page is for; it also is what `case_or_404` will ask."""

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]  # read by _permission_of
        return view

    return declare


def without_token(view: View) -> View:
    """Let a form work before there is a session: its page sets no cookie, so it has no token.

    Only for views that begin a session, or that change nothing. The origin of the request is checked all the same.
    """
    view.without_token = True  # type: ignore[attr-defined]  # read by _check_token
    return view


def viewer() -> Viewer:
    """Return the person who asks."""
    if "viewer" not in g:
        g.viewer = cast(ViewerLoader, current_app.extensions["load_viewer"])()
    return cast(Viewer, g.viewer)


def permission() -> Permission:
    """Return what the gate of this page asked for."""
    found = _permission_of(_view())
    if found is None:
        raise GateMissingError(f"{request.endpoint} has no @gate")
    return found


def permission_of(endpoint: str) -> Permission | None:
    """Return what the gate of *endpoint* asks for; None where it has none."""
    return _permission_of(current_app.view_functions.get(endpoint))


def install_gate(app: Flask, load_viewer: ViewerLoader, sign_in: str | None) -> None:
    """Ask the policy before each view; a stranger is sent to *sign_in*, when there is one."""
    app.extensions["load_viewer"] = load_viewer
    app.extensions["sign_in"] = sign_in
    csrf.init_app(app)
    for check in (_check_origin, _check_permission, _check_token):
        app.before_request(check)


def require_gates(app: Flask) -> None:
    """Refuse to start when an endpoint does not say who it is for."""
    bare = [
        endpoint
        for endpoint, view in app.view_functions.items()
        if endpoint != "static" and _permission_of(view) is None
    ]
    if bare:
        raise GateMissingError(f"no @gate on: {', '.join(sorted(bare))}")


def _permission_of(view: Callable[..., Any] | None) -> Permission | None:
    return cast("Permission | None", getattr(view, "permission", None))


def _view() -> Callable[..., Any] | None:
    return current_app.view_functions.get(request.endpoint or "")


def _check_origin() -> None:
    if request.method not in SAFE_METHODS and not _comes_from_us():
        g.foreign = True
        abort(400)


def _check_token() -> None:
    # After the permission: reading the token reads the body, and with it whole files.
    if request.method in SAFE_METHODS or request.routing_exception is not None:
        return
    if getattr(_view(), "without_token", False):
        g.csrf_valid = True
    else:
        release_db()  # a file that arrives slowly must not keep everybody else from writing
        csrf.protect()


def _comes_from_us() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in OUR_OWN
    # Under `Referrer-Policy: no-referrer` a browser sends `Origin: null` with our own forms.
    origin = request.headers.get("Origin", "null")
    return origin == "null" or _host_in(origin) == request.host


def _host_in(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as “http://[”
        return None


def _check_permission() -> Response | None:
    if request.routing_exception is not None or request.endpoint in (None, "static"):
        return None
    if may_enter(viewer(), permission()):
        return None
    sign_in: str | None = current_app.extensions["sign_in"]
    if sign_in is None or viewer().account_id is not None:
        abort(404)
    return _send_to(sign_in)


def _send_to(sign_in: str) -> Response:
    if request.method not in SAFE_METHODS:
        return go_to(url_for(sign_in, unsent="yes"))
    if is_fragment_request():
        return go_to(url_for(sign_in))
    here = request.script_root + request.full_path.rstrip("?")
    return go_to(url_for(sign_in, back=here if request.path != "/" else None))
