"""Makes the application of one face, before any capability is added to it."""

from __future__ import annotations

import json
from types import TracebackType

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from govuk_frontend_wtf.main import wtforms_errors
from htmx_flask import Htmx
from werkzeug.middleware.proxy_fix import ProxyFix

from conductdesk.settings import Settings
from conductdesk.web.assets import static_url
from conductdesk.web.errors import install_errors
from conductdesk.web.face import Face
from conductdesk.web.gate import ViewerLoader, install_gate
from conductdesk.web.headers import csp_nonce, install_headers
from conductdesk.web.idle import install_idle
from conductdesk.web.refusing import mended_at
from conductdesk.web.sessions import install_sessions
from conductdesk.web.state import Services, install_state
from conductdesk.web.surroundings import SurroundingsLoader, install_surroundings
from conductdesk.web.templating import install_templates
from conductdesk.web.uploads import install_uploads, limit_plain_forms, refuse_uploads
from conductdesk.web.words import install_words

LARGEST_REQUEST = 26 * 1024 * 1024
"""Bytes: one file of 25 MB, and the form around it."""
LARGEST_FORM = 1024 * 1024
"""Bytes of all fields that are not files."""
MOST_FIELDS = 500


class FaceApp(Flask):
    """A Flask application that never logs what somebody sent."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Log nothing: `web.errors` says where it happened, without values."""


def create_face(
    face: Face,
    services: Services,
    *,
    load_viewer: ViewerLoader,
    surroundings: SurroundingsLoader,
    sign_in: str | None = None,
) -> Flask:
    """Return the application of *face*; *sign_in* is the endpoint that strangers are sent to."""
    app = FaceApp("conductdesk", static_folder="static", template_folder=None)
    _configure(app, face, services.settings)
    install_templates(app)  # first: the environment is made when it is first asked for
    Htmx(app)
    install_uploads(app, refuse_uploads)
    limit_plain_forms(app, LARGEST_FORM)
    install_state(app, services)
    install_sessions(app, _secret(face, services.settings))
    install_gate(app, load_viewer, sign_in)
    install_headers(app, services.settings)
    install_errors(app)
    install_words(app)
    install_surroundings(app, surroundings)
    install_idle(app)
    _add_globals(app, services.settings)
    return app


def csrf_headers() -> str | None:
    """Return the token as htmx sends it; None while there is no session to guard."""
    return json.dumps({"X-CSRFToken": generate_csrf()}) if session else None


def _configure(app: Flask, face: Face, settings: Settings) -> None:
    app.config.update(
        FACE=face,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        MAX_FORM_MEMORY_SIZE=LARGEST_FORM,
        MAX_FORM_PARTS=MOST_FIELDS,
        SESSION_COOKIE_SECURE=True,
        WTF_CSRF_CHECK_DEFAULT=False,  # the gate checks, after the permission
        WTF_CSRF_SSL_STRICT=False,  # it wants a Referer, which our own policy forbids
        WTF_CSRF_TIME_LIMIT=None,
    )
    if settings.proxies:
        count = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app,
            x_for=0,  # nobody here needs the address of a visitor
            x_proto=count,
            x_host=count,
            x_prefix=0,
        )


def _secret(face: Face, settings: Settings) -> str:
    return settings.public_secret if face is Face.PUBLIC else settings.desk_secret


def _add_globals(app: Flask, settings: Settings) -> None:
    app.jinja_env.globals.update(
        csp_nonce=csp_nonce,
        csrf_headers=csrf_headers,
        mended_at=mended_at,
        settings=settings,
        static_url=static_url,
        wtforms_errors=wtforms_errors,
    )
