"""Forms of the handler: messages, triage, appointments, parties."""

from __future__ import annotations

from typing import Any

from govuk_frontend_wtf.wtforms_widgets import (
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from conductdesk.cases.actions.triaging import QUESTIONS, SEVERITIES, Triage, TriageAnswer
from conductdesk.cases.concern import Answer, Part
from conductdesk.cases.needs import Route
from conductdesk.cases.words import ANSWERS, PARTS, ROUTES
from conductdesk.web.form import PageForm

LONG = 20_000
"""Characters of the longest text that a desk form takes."""
SHORT = 200


def wanted(sentence: str) -> list[Any]:
    """Return the validators of a text that must be there."""
    return [InputRequired(sentence), Length(max=LONG, message=f"Write {LONG:,} characters or less")]


class VersionedForm(PageForm):
    """A form that remembers which state of the case its page showed."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The case's version when the page was shown; -1 where the field was tampered with."""
        text = (self.version.data or "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


class MessageForm(PageForm):
    """A message to the reporter."""

    text = TextAreaField(
        "Write to the reporter", widget=GovTextArea(), validators=wanted("Write a message first")
    )


class AcknowledgementForm(VersionedForm):
    """The first message by a person."""

    text = TextAreaField(
        "Your first message to the reporter",
        description="Say who you are, that you have read it, and when they will hear from you.",
        widget=GovTextArea(),
        validators=wanted("Write a message first"),
    )


class ReasonForm(PageForm):
    """A reason, where nothing but a reason is asked."""

    reason = TextAreaField("Reason", widget=GovTextArea(), validators=wanted("Give a reason"))


class PartyForm(PageForm):
    """Somebody whom the case is about."""

    name = StringField(
        "Full name",
        widget=GovTextInput(),
        validators=[
            InputRequired("Write the person’s name"),
            Length(max=SHORT, message=f"Write {SHORT} characters or less"),
        ],
    )
    part = SelectField("Their part", widget=GovSelect(), choices=dict(PARTS))

    def to_part(self) -> Part:
        """Return the part as a value."""
        return Part(self.part.data)


class AppointmentForm(PageForm):
    """Whom to appoint."""

    account_id = SelectField("Who", widget=GovSelect())


class _TriageBase(VersionedForm):
    severity = RadioField(
        "How serious is it, if it is as reported?",
        widget=GovRadioInput(),
        choices=dict(SEVERITIES),
        validators=[InputRequired("Say how serious it is")],
    )
    severity_reason = TextAreaField(
        "Why", widget=GovTextArea(), validators=wanted("Say why you think so")
    )
    route = RadioField(
        "What happens with this concern?",
        widget=GovRadioInput(),
        choices=dict(ROUTES),
        validators=[InputRequired("Choose what happens with this concern")],
    )
    route_reason = TextAreaField(
        "Why", widget=GovTextArea(), validators=wanted("Say why you chose it")
    )


def _triage_fields() -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for key, question in QUESTIONS.items():
        fields[key] = RadioField(
            question,
            widget=GovRadioInput(),
            choices=dict(ANSWERS),
            validators=[InputRequired(f"Answer: {question}")],
        )
        fields[f"{key}_reason"] = TextAreaField(
            "Why", widget=GovTextArea(), validators=wanted(f"Say why, for: {question}")
        )
    return fields


TriageFields: type[_TriageBase] = type("TriageFields", (_TriageBase,), _triage_fields())


class TriageForm(TriageFields):  # type: ignore[misc,valid-type]  # fields are made from the table
    """The triage: every question with its reason."""

    @property
    def questions(self) -> list[tuple[Any, Any]]:
        """Each question's field with the field of its reason."""
        return [(self[key], self[f"{key}_reason"]) for key in QUESTIONS]

    def to_triage(self) -> Triage:
        """Return the triage as a value."""
        return Triage(
            answers={
                key: TriageAnswer(Answer(self[key].data), self[f"{key}_reason"].data.strip())
                for key in QUESTIONS
            },
            severity=self.severity.data,
            severity_reason=self.severity_reason.data.strip(),
            route=Route(self.route.data),
            route_reason=self.route_reason.data.strip(),
        )
