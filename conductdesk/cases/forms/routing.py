"""Which way a case goes: the route, and what it asks for beside a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import Field, RadioField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from conductdesk.cases.actions.retriaging import AnotherRoute
from conductdesk.cases.actions.small_matters import SmallMatter
from conductdesk.cases.forms.handling import VersionedForm, wanted
from conductdesk.cases.needs import Route
from conductdesk.cases.request_acts import Obligation
from conductdesk.cases.words import ROUTES
from conductdesk.schemes.kinds import is_request, path_of
from conductdesk.web.fields import day, line, radio, select, text

NOBODY_YET = "Nobody yet"
OF_THE_OBLIGATION = ("what", "owner", "owner_id", "due_on")
OF_A_SMALL_MATTER = ("handled_by", "acted_on")


class RouteForm(VersionedForm):
    """The route of one case; `route_fields` adds what can be chosen."""

    only_route = ""
    """The route of a kind that has no other."""

    @property
    def owed(self) -> list[Field]:
        """The fields of what a request becomes."""
        return [self[name] for name in OF_THE_OBLIGATION if name in self]

    @property
    def small(self) -> list[Field]:
        """The fields of a low-level record."""
        return [self[name] for name in OF_A_SMALL_MATTER if name in self]

    @property
    def chosen_route(self) -> Route:
        """The route, also where there is nothing to choose."""
        return Route(self.only_route or self.route.data)

    def said(self, name: str) -> str:
        """Return what was typed, or nothing where the kind is not asked for it."""
        return (self[name].data or "").strip() if name in self else ""

    def to_small(self) -> SmallMatter | None:
        """Return who handles it, where it is kept as a low-level record."""
        if self.chosen_route is not Route.LOW_LEVEL:
            return None
        return SmallMatter(self.said("handled_by"), self.acted_on.data)

    def to_obligation(self) -> Obligation | None:
        """Return what the request becomes, where the route is to do what was asked."""
        if self.chosen_route is not Route.REQUEST:
            return None
        party = self.said("owner_id")
        return Obligation(
            what=self.said("what"),
            owner=self.said("owner"),
            owner_id=UUID(party) if party else None,
            due_on=self.due_on.data if "due_on" in self else None,
        )

    def to_another(self) -> AnotherRoute:
        """Return the route that is chosen in the place of the first."""
        why = self.said("route_reason")
        return AnotherRoute(self.chosen_route, why, self.to_small(), self.to_obligation())


def another_route_form(
    kind: str, routes: frozenset[Route], parties: Mapping[str, str]
) -> type[RouteForm]:
    """Return the form that asks for another route for a case of *kind*, with a reason."""
    asked = {
        "route": radio("Which route instead?", "Choose another route", _in_words(routes)),
        "route_reason": text("Why?", "Say why you choose another route", rows=4),
    }
    beside = _fields_beside(kind, routes, parties)
    return type("AnotherRouteOfKind", (RouteForm,), {**asked, **beside})


def route_fields(kind: str, routes: frozenset[Route], parties: Mapping[str, str]) -> dict[str, Any]:
    """Return the fields of the route, and of what one or the other route asks for."""
    beside = _fields_beside(kind, routes, parties)
    if len(routes) == 1:
        return {"only_route": next(iter(routes)), **beside}
    question, missing = "What happens with this?", "Choose what happens with this"
    return {
        "route": route_radio(question, missing, _in_words(routes)),
        "route_reason": why("Say why you chose it"),
        **beside,
    }


def _fields_beside(
    kind: str, routes: frozenset[Route], parties: Mapping[str, str]
) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if Route.REQUEST in routes and is_request(kind):
        fields |= _obligation_fields(kind, parties)
    if Route.LOW_LEVEL in routes:
        fields |= _small_fields()
    return fields


def route_radio(question: str, missing: str, choices: Mapping[str, str]) -> RadioField:
    """Return a choice of the triage, whose legend its page writes."""
    return RadioField(
        question,
        widget=GovRadioInput(),
        choices=dict(choices),
        validators=[InputRequired(missing)],
    )


def why(missing: str) -> TextAreaField:
    """Return the box for a reason."""
    return TextAreaField("Why", widget=GovTextArea(), validators=wanted(missing))


def _in_words(routes: frozenset[Route]) -> dict[str, str]:
    return {key: words for key, words in ROUTES.items() if key in routes}


def _small_fields() -> dict[str, Any]:
    """Return what is asked about a low-level record; it is wanted where that route is chosen."""
    return {
        "handled_by": line("Who handles it?", hint="The mentor, for example."),
        "acted_on": day("When did they act, if they have?"),
        "validate_handled_by": _wanted_of(Route.LOW_LEVEL, "Say who handles it"),
    }


def _obligation_fields(kind: str, parties: Mapping[str, str]) -> dict[str, Any]:
    """Return what is asked about the obligation; it is wanted where the route makes one."""
    path = path_of(kind)
    fields: dict[str, Any] = {"what": text("What must be done?", rows=3)}
    if path.owed_by_party:
        offered = {"": NOBODY_YET, **parties}
        fields["owner_id"] = select("Who must do it?", "Choose from the list", offered)
    else:
        fields["owner"] = line("Who does it?")
    if not path.clock:
        fields["due_on"] = day("By when?")
    missing = {
        "what": "Say what must be done",
        "owner": "Say who does it",
        "owner_id": "Choose who must do it. If they are not listed, add them under People",
        "due_on": "Give the day by which it must be done",
    }
    checks = {name: _wanted_of(Route.REQUEST, missing[name]) for name in fields}
    return fields | {f"validate_{name}": check for name, check in checks.items()}


def _wanted_of(route: Route, sentence: str) -> Any:
    """Return the check that something was typed, where *route* is chosen."""

    def check(form: RouteForm, field: Field) -> None:
        chosen = form.only_route or form.route.data
        if chosen == route and not field.data and not field.errors:
            raise ValidationError(sentence)

    return check
