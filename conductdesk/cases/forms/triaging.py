"""The form of the triage: long for a concern, short for a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import Field

from conductdesk.cases.actions.triaging import SEVERITIES, Triage, TriageAnswer, questions_of
from conductdesk.cases.concern import Answer
from conductdesk.cases.forms.routing import RouteForm, route_fields, route_radio, why
from conductdesk.cases.needs import Route
from conductdesk.cases.pattern import EarlierRecord
from conductdesk.cases.words import ANSWERS
from conductdesk.schemes.kinds import is_request
from conductdesk.web.fields import text


class TriageForm(RouteForm):
    """The triage of one kind of intake; `triage_form` adds what that kind is asked."""

    asked: tuple[str, ...] = ()

    @property
    def questions(self) -> list[tuple[Field, Field]]:
        """Each question's field with the field of its reason."""
        return [(self[key], self[f"{key}_reason"]) for key in self.asked]

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
            small=self.to_small(),
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
    fields |= route_fields(kind, routes, parties)
    return type("TriageOfKind", (TriageForm,), fields)


def _question(key: str, question: str) -> dict[str, Any]:
    return {
        key: route_radio(question, f"Answer: {question}", ANSWERS),
        f"{key}_reason": why(f"Say why, for: {question}"),
    }


def _severity() -> dict[str, Any]:
    question = "How serious is it, if it is as reported?"
    return {
        "severity": route_radio(question, "Say how serious it is", SEVERITIES),
        "severity_reason": why("Say why you think so"),
    }
