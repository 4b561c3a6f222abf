"""The two applications: which capabilities each face has, and what stands around its pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Flask, request, url_for

from conductdesk.cases.views import bp as cases
from conductdesk.checkins.views import bp as checkins
from conductdesk.hooks import ABOVE_PEOPLE, ABOVE_SCHEMES
from conductdesk.intake.views import bp as intake
from conductdesk.intake.views import load_reporter, public_surroundings
from conductdesk.intake.views.entering import bp as entering
from conductdesk.participants.views import bp as participants
from conductdesk.people.above import install_above
from conductdesk.people.presence import install_login, load_viewer
from conductdesk.people.views import bp as people
from conductdesk.policy import Permission, Viewer, may_enter
from conductdesk.review.views import bp as review
from conductdesk.schemes.above import install_above_schemes
from conductdesk.schemes.views import bp as schemes
from conductdesk.web.app import create_face
from conductdesk.web.face import Face
from conductdesk.web.gate import require_gates, viewer
from conductdesk.web.state import Services
from conductdesk.web.surroundings import Link, Surroundings

MENU: tuple[tuple[str, str, Permission], ...] = (
    ("Caseload", "cases.caseload_page", Permission.CASELOAD),
    ("Participants", "participants.registers", Permission.REGISTER),
    ("Review", "review.population", Permission.AUDIT),
    ("People", "people.directory", Permission.ADMINISTER),
    ("Schemes", "schemes.overview", Permission.ADMINISTER),
    ("Your account", "people.account", Permission.ACCOUNT),
)
"""The desk's menu: words, endpoint, and who may go there."""


def public_face(services: Services) -> Flask:
    """Return the face that reporters use."""
    app = create_face(
        Face.PUBLIC, services, load_viewer=load_reporter, surroundings=public_surroundings
    )
    app.register_blueprint(intake)
    require_gates(app)
    return app


def desk_face(services: Services) -> Flask:
    """Return the face that officers, auditors and administrators use."""
    app = create_face(
        Face.DESK,
        services,
        load_viewer=load_viewer,
        surroundings=desk_surroundings,
        sign_in="people.sign_in",
    )
    install_login(app)
    install_above(app, ABOVE_PEOPLE)
    install_above_schemes(app, ABOVE_SCHEMES)
    for capability in (people, schemes, participants, checkins, cases, entering, review):
        app.register_blueprint(capability)
    require_gates(app)
    return app


def desk_surroundings() -> Surroundings:
    """Return what stands around a page of the desk; the menu has only what the viewer may open."""
    here = viewer()
    return Surroundings(
        label="Desk",
        home=url_for("people.home"),
        menu=_menu(here),
        who=here.name,
        sign_out=url_for("people.sign_out") if here.account_id else None,
        footer=(Link("Help", url_for("people.help_page")),),
    )


def _menu(here: Viewer) -> tuple[Link, ...]:
    return tuple(
        Link(words, url_for(endpoint), here=_is_here(endpoint))
        for words, endpoint, who in MENU
        if may_enter(here, who)
    )


def _is_here(endpoint: str) -> bool:
    """Answer whether this page is the menu's, or lies below it in a capability of its own."""
    capability = endpoint.partition(".")[0]
    below = request.blueprint == capability and capability != people.name
    return request.endpoint == endpoint or below


FACES: Mapping[Face, Callable[[Services], Flask]] = {
    Face.PUBLIC: public_face,
    Face.DESK: desk_face,
}
