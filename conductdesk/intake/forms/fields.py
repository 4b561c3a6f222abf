"""Fields and checks that the forms of the public face share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea, GovTextInput
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import ValidationError

from conductdesk.intake.answers import tidy_line, tidy_text
from conductdesk.intake.rules import LONGEST_LINE, LONGEST_NOTE
from conductdesk.web.form import PageForm

YES_NO_NOT_SURE = {"yes": "Yes", "no": "No", "not_sure": "I am not sure"}
"""The answers in the words of whoever reports; the desk says “Not sure” (`cases.words.ANSWERS`)."""


class OneOf:
    """Checks that one of a field's own choices came back, and says a sentence of ours if not."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: PageForm, field: Any) -> None:
        """Raise unless the answer is one of the choices."""
        if field.data not in field.choices:
            raise ValidationError(self.sentence)


class AtMost:
    """Checks a length, and says kindly by how much it is over."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __init__(self, limit: int, remedy: str = "") -> None:
        self.limit = limit
        self.remedy = remedy

    def __call__(self, form: PageForm, field: Any) -> None:
        """Raise when the text is too long."""
        over = len(field.data or "") - self.limit
        if over > 0:
            raise ValidationError(
                f"This holds {self.limit:,} characters, and yours is {over:,} longer. "
                f"Make it shorter.{self.remedy}"
            )


class Wanted:
    """Checks that something was typed."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: PageForm, field: Any) -> None:
        """Raise when nothing was typed."""
        if not field.data:
            raise ValidationError(self.sentence)


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
