"""Fields that the forms of the public face share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField

from conductdesk.intake.answers import tidy_line, tidy_text
from conductdesk.intake.rules import LONGEST_LINE, LONGEST_NOTE
from conductdesk.web.fields import AtMost, OneOf

YES_NO_NOT_SURE = {"yes": "Yes", "no": "No", "not_sure": "I am not sure"}
"""The answers in the words of whoever reports; the desk says “Not sure” (`cases.words.ANSWERS`)."""


def radio(label: str, sentence: str, choices: Mapping[str, str] = YES_NO_NOT_SURE) -> RadioField:
    """Return a choice between a few answers; *sentence* is said when none was chosen."""
    return RadioField(
        label,
        widget=GovRadioInput(),
        choices=dict(choices),
        validate_choice=False,
        validators=[OneOf(sentence)],
    )


def line(label: str, *checks: Any, limit: int = LONGEST_LINE, hint: str = "") -> StringField:
    """Return a box for one line."""
    return StringField(
        label,
        widget=GovTextInput(),
        filters=[tidy_line],
        description=hint,
        validators=[*checks, AtMost(limit)],
    )


def text(label: str, *checks: Any, limit: int = LONGEST_NOTE, remedy: str = "") -> TextAreaField:
    """Return a box for several lines."""
    return TextAreaField(
        label,
        widget=GovTextArea(),
        filters=[tidy_text],
        validators=[*checks, AtMost(limit, remedy)],
    )
