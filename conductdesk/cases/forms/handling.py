"""Forms of the handler: messages, appointments, parties."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextArea, GovTextInput
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from conductdesk.cases.concern import Part
from conductdesk.cases.words import PARTS
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
    part = SelectField("Their part", widget=GovSelect())

    def offer(self, parts: Iterable[Part]) -> PartyForm:
        """Fill in what somebody can be in this case, and return the form."""
        self.part.choices = {part.value: PARTS[part] for part in parts}
        return self

    def to_part(self) -> Part:
        """Return the part as a value."""
        return Part(self.part.data)


class AppointmentForm(PageForm):
    """Whom to appoint."""

    account_id = SelectField("Who", widget=GovSelect())
