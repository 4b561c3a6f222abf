"""The form of the triage: long for a concern, short for a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import Field, RadioField, TextAreaField
from wtforms.validators import InputRequired, ValidationError

from conductdesk.cases.actions.triaging import SEVERITIES, Triage, TriageAnswer, questions_of
from conductdesk.cases.concern import Answer
from conductdesk.cases.forms.handling import VersionedForm, wanted
from conductdesk.cases.needs import Route
from conductdesk.cases.pattern import EarlierRecord
from conductdesk.cases.request_acts import Obligation
from conductdesk.cases.words import ANSWERS, ROUTES
from conductdesk.schemes.kinds import is_request, path_of
from conductdesk.web.fields import day, line, select, text

NOBODY_YET = "Nobody yet"
OF_THE_OBLIGATION = ("what", "owner", "owner_id", "due_on")


class TriageForm(VersionedForm):
    """The triage of one kind of intake; `triage_form` adds what that kind is asked."""

    asked: tuple[str, ...] = ()
    only_route = ""
    """The route of a kind that has no other."""

    @property
    def questions(self) -> list[tuple[Field, Field]]:
        """Each question's field with the field of its reason."""
        return [(self[key], self[f"{key}_reason"]) for key in self.asked]

    @property
    def owed(self) -> list[Field]:
        """The fields of what a request becomes."""
        return [self[name] for name in OF_THE_OBLIGATION if name in self]

    @property
    def chosen_route(self) -> Route:
        """The route, also where there is nothing to choose."""
        return Route(self.only_route or self.route.data)

    def said(self, name: str) -> str:
        """Return what was typed, or nothing where the kind is not asked for it."""
        return (self[name].data or "").strip() if name in self else ""

    def to_triage(self) -> Triage:
        """Return the triage as a value."""
        return Triage(
            answers={
                key: TriageAnswer(Answer(self[key].data), self.said(f"{key}_reason"))
                for key in self.asked
            },
            severity=self.said("severity"),
            severity_reason=self.said("severity_reason"),
            route=self.chosen_route,
            route_reason=self.said("route_reason"),
            as_a_whole=self.said("as_a_whole"),
        )

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


def triage_form(
    kind: str,
    parties: Mapping[str, str],
    routes: frozenset[Route],
    earlier: Sequence[EarlierRecord] = (),
) -> type[TriageForm]:
    """Return the form for one *kind*; *parties* are the names of those who may owe something.

    *routes* are those that its scheme has for it, and *earlier* the low-level records about the
    same person: they are assessed as a whole.
    """
    asked = questions_of(kind)
    fields: dict[str, Any] = {"asked": tuple(asked)}
    for key, question in asked.items():
        fields |= _question(key, question)
    if not is_request(kind):
        fields |= _severity()
    if earlier:
        fields["as_a_whole"] = text(
            "What do they show, together with this one?", "Say what they show together", rows=3
        )
    fields |= _route(routes)
    if is_request(kind):
        fields |= _obligation_fields(kind, parties)
    return type("TriageOfKind", (TriageForm,), fields)


def _question(key: str, question: str) -> dict[str, Any]:
    return {
        key: _radio(question, f"Answer: {question}", ANSWERS),
        f"{key}_reason": _why(f"Say why, for: {question}"),
    }


def _severity() -> dict[str, Any]:
    question = "How serious is it, if it is as reported?"
    return {
        "severity": _radio(question, "Say how serious it is", SEVERITIES),
        "severity_reason": _why("Say why you think so"),
    }


def _route(routes: frozenset[Route]) -> dict[str, Any]:
    if len(routes) == 1:
        return {"only_route": next(iter(routes))}
    offered = {key: words for key, words in ROUTES.items() if key in routes}
    return {
        "route": _radio("What happens with this?", "Choose what happens with this", offered),
        "route_reason": _why("Say why you chose it"),
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
    return fields | {f"validate_{name}": _wanted_of_request(missing[name]) for name in fields}


def _wanted_of_request(sentence: str) -> Any:
    def check(form: TriageForm, field: Field) -> None:
        chosen = form.only_route or form.route.data
        if chosen == Route.REQUEST and not field.data and not field.errors:
            raise ValidationError(sentence)

    return check


def _radio(question: str, missing: str, choices: Mapping[str, str]) -> RadioField:
    return RadioField(
        question,
        widget=GovRadioInput(),
        choices=dict(choices),
        validators=[InputRequired(missing)],
    )


def _why(missing: str) -> TextAreaField:
    return TextAreaField("Why", widget=GovTextArea(), validators=wanted(missing))
