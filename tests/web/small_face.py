"""A small face with a handful of views, for testing the web layer before any capability."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Flask, Response, abort, current_app, request, session
from flask.testing import FlaskClient
from govuk_frontend_wtf.wtforms_widgets import GovTextArea
from jinja2 import BaseLoader, ChoiceLoader, DictLoader
from werkzeug.test import TestResponse
from wtforms import TextAreaField
from wtforms.validators import InputRequired

from conductdesk.policy import NOBODY, Permission, Viewer
from conductdesk.refusal import Refused, Stale
from conductdesk.web import sessions
from conductdesk.web.app import create_face
from conductdesk.web.face import Face
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, require_gates, without_token
from conductdesk.web.headers import allow_indexing, forget_everything
from conductdesk.web.limits import allow
from conductdesk.web.page import download, page, see_other
from conductdesk.web.state import Services, db
from conductdesk.web.surroundings import Link, Surroundings

SITE = "https://localhost"
OFFICER = UUID(int=7)
TEMPLATES = {
    "small.html": (
        "{% extends layout %}{% block title %}Tell us{% endblock %}{% block content %}"
        '<h1>Tell us</h1>{% block part %}<div id="part">{{ words }}</div>{% endblock %}'
        "{% endblock %}"
    ),
    "small_form.html": (
        "{% extends layout %}{% block title %}Question{% endblock %}{% block content %}"
        '{% call sheet_form("/form") %}{{ form.account() }}{% endcall %}{% endblock %}'
    ),
    "careless.html": "{{ nobody_passed_this }}",
}
Door = Callable[[Callable[[], Response]], Callable[[], Response]]
LAYOUTS = {Face.PUBLIC: "layout/public.html", Face.DESK: "layout/desk.html"}


class AccountForm(PageForm):
    """One question."""

    account = TextAreaField(
        "What happened?",
        validators=[InputRequired("Tell us what happened")],
        widget=GovTextArea(),
    )


def make_face(face: Face, services: Services, *, viewer: Viewer = NOBODY) -> Flask:
    """Return a face with the views below."""
    app = create_face(
        face,
        services,
        load_viewer=lambda: viewer,
        surroundings=lambda: Surroundings(
            "Larkmoor", "/", exit="/exit", menu=(Link("Caseload", "/"),), sign_out="/out"
        ),
        sign_in="small.sign_in" if face is Face.DESK else None,
    )
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert isinstance(app.jinja_loader, BaseLoader)
    app.jinja_loader = ChoiceLoader([app.jinja_loader, DictLoader(TEMPLATES)])
    app.jinja_env.loader = app.jinja_loader
    app.register_blueprint(_views(LAYOUTS[face]))
    require_gates(app)
    return app


def _views(layout: str) -> Blueprint:  # noqa: C901, PLR0915 - a list of small views
    views = Blueprint("small", __name__)

    def get(path: str, permission: Permission = Permission.VISIT) -> Door:
        return lambda view: views.get(path)(gate(permission)(view))

    def post(path: str, permission: Permission = Permission.VISIT) -> Door:
        return lambda view: views.post(path)(gate(permission)(view))

    @get("/")
    def landing() -> Response:
        allow_indexing()
        return page("small.html", layout=layout, words="hello")

    @get("/part")
    def part() -> Response:
        return page("small.html", "part", layout=layout, words="hello")

    @get("/sign-in", Permission.SIGN_IN)
    def sign_in() -> Response:
        return page("small.html", layout=layout, words="sign in")

    @get("/caseload", Permission.CASELOAD)
    def caseload() -> Response:
        return page("small.html", layout=layout, words="cases")

    @post("/caseload", Permission.CASELOAD)
    def change_caseload() -> Response:
        return see_other("small.landing")

    @get("/form")
    def form() -> Response:
        return page("small_form.html", layout=layout, form=AccountForm())

    @post("/form")
    def answer() -> Response:
        asked = AccountForm()
        if not asked.validate():
            return page("small_form.html", layout=layout, form=asked, status=422)
        session["account"] = asked.account.data
        return see_other("small.landing")

    @views.post("/begin")
    @without_token
    @gate(Permission.VISIT)
    def begin() -> Response:
        session["begun"] = True
        return see_other("small.form")

    @post("/send")
    def send() -> Response:
        session["sent"] = session.pop("account", "nothing")
        db().commit()
        return see_other("small.landing")

    @post("/send-once")
    def send_once() -> Response:
        sessions.refresh(db())
        session["sendings"] = session.get("sendings", 0) + ("account" in session)
        session.pop("account", None)
        db().commit()
        return see_other("small.landing")

    @post("/fail")
    def fail() -> Response:
        session["account"] = "a change that must not be kept"
        raise RuntimeError(request.form["account"])

    @post("/fail-after-commit")
    def fail_after_commit() -> Response:
        session["account"] = "kept"
        db().commit()
        raise RuntimeError

    @post("/refuse")
    def refuse() -> Response:
        raise Refused("Say why first.")

    @post("/stale")
    def stale() -> Response:
        raise Stale

    @post("/tie")
    def tie() -> Response:
        sessions.belong_to(OFFICER)
        return see_other("small.landing")

    @post("/out")
    def out() -> Response:
        sessions.end()
        return forget_everything(see_other("small.landing"))

    @get("/file")
    def file() -> Response:
        return download(b"<script>", "a file.html", "text/html")

    @get("/gone")
    def gone() -> Response:
        abort(404)

    @get("/meanwhile")
    def meanwhile() -> Response:
        while current_app.config["MEANWHILE"]:
            current_app.config["MEANWHILE"].pop()()
        session["seen"] = "again" in session
        return page("small.html", layout=layout, words="seen")

    @get("/careless")
    def careless() -> Response:
        return page("careless.html")

    @post("/limited")
    def limited() -> Response:
        if not allow(db(), "somebody", limit=2, window=timedelta(days=1)):
            abort(429)
        return see_other("small.landing")

    return views


def token(client: FlaskClient) -> str:
    """Return the token of the form page, and so begin a session."""
    return token_in(client.get("/form", base_url=SITE))


def token_in(answer: TestResponse) -> str:
    """Return the token that a page holds."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def post(client: FlaskClient, path: str, /, **fields: str) -> TestResponse:
    """Post a form with its token."""
    return client.post(path, base_url=SITE, data={"csrf_token": token(client), **fields})
