"""Checks that all forms share; texts, choices and days of the desk, each with its sentence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from govuk_frontend_wtf.wtforms_widgets import (
    GovDateInput,
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import Field, Form, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

LONG = 20_000
"""Characters of the longest text that a form takes."""
SHORT = 200
YEARS = range(1990, 2101)
"""The years in which something can lie."""

YES_NO = {"yes": "Yes", "no": "No"}
LEGEND = "govuk-fieldset__legend--s"
LABEL = "govuk-label--s"


class Wanted:
    """Checks that something was typed or chosen, and says a sentence of ours if not."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: Form, field: Field) -> None:
        """Raise when there is nothing, unless the field itself has said what is wrong."""
        if not field.data and not field.errors:
            raise ValidationError(self.sentence)


class AtMost:
    """Checks a length, and says kindly by how much it is over."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __init__(self, limit: int, remedy: str = "") -> None:
        self.limit = limit
        self.remedy = remedy

    def __call__(self, form: Form, field: Field) -> None:
        """Raise when the text is too long."""
        if problem := self.problem(field.data or ""):
            raise ValidationError(problem)

    def problem(self, typed: str) -> str:
        """Return a sentence about what is too long in *typed*, or nothing."""
        over = len(typed) - self.limit
        if over <= 0:
            return ""
        return (
            f"This holds {self.limit:,} characters, and yours is {over:,} longer. "
            f"Make it shorter.{self.remedy}"
        )


class OneOf:
    """Checks that one of a field's own choices came back."""

    field_flags: ClassVar[dict[str, bool]] = {}

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    def __call__(self, form: Form, field: Field) -> None:
        """Raise unless the answer is one of the choices."""
        if field.data not in field.choices:
            raise ValidationError(self.sentence)


class DayInput(GovDateInput):
    """Three boxes for a day; the first has the field's id, so that an error can lead to it."""

    def map_gov_params(self, field: Field, **kwargs: Any) -> dict[str, Any]:
        """Return what GOV.UK's macro wants to know."""
        params: dict[str, Any] = super().map_gov_params(field, **kwargs)
        params["id"] = f"{field.id}-parts"
        params["items"][0]["id"] = field.id
        return params


class DayField(Field):
    """A day, as three numbers; whatever was typed is shown again."""

    widget = DayInput()

    def _value(self) -> str:
        return ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read day, month and year; anything that is no day is a mistake in words."""
        self.raw_data = [*valuelist, "", "", ""][:3]
        self.data: Any = None
        if any(part.strip() for part in self.raw_data):
            self.data = _day(*self.raw_data)


def text(
    label: str, missing: str = "", *, hint: str = "", rows: int = 5, limit: int = LONG
) -> TextAreaField:
    """Return a box for several lines; without a sentence for what is missing it may be empty."""
    return TextAreaField(
        label,
        description=hint,
        widget=GovTextArea(),
        filters=[tidy],
        render_kw={"params": {"rows": rows, "label": {"classes": LABEL}}},
        validators=[*_wanted(missing), AtMost(limit)],
    )


def line(label: str, missing: str = "", *, hint: str = "") -> StringField:
    """Return a box for one line."""
    return StringField(
        label,
        description=hint,
        widget=GovTextInput(),
        filters=[tidy],
        render_kw={"params": {"label": {"classes": LABEL}}},
        validators=[*_wanted(missing), AtMost(SHORT)],
    )


def radio(label: str, missing: str, choices: Mapping[str, str], *, hint: str = "") -> RadioField:
    """Return a choice between a few answers."""
    legend = {"legend": {"text": label, "classes": LEGEND}}
    return RadioField(
        label,
        widget=GovRadioInput(),
        choices=dict(choices),
        validate_choice=False,
        render_kw={"params": {"fieldset": legend, "hint": {"text": hint} if hint else None}},
        validators=[OneOf(missing)],
    )


def select(label: str, missing: str, choices: Mapping[str, str]) -> SelectField:
    """Return a choice from a list."""
    return SelectField(
        label,
        widget=GovSelect(),
        render_kw={"params": {"label": {"classes": LABEL}}},
        choices=dict(choices),
        validate_choice=False,
        validators=[OneOf(missing)],
    )


def day(label: str, missing: str = "", *, hint: str = "For example, 27 3 2026") -> DayField:
    """Return a box for a day."""
    legend = {"legend": {"text": label, "classes": LEGEND}}
    return DayField(
        label,
        description=hint,
        render_kw={"params": {"fieldset": legend}},
        validators=_wanted(missing),
    )


def tidy(text: str | None) -> str:
    """Return a text without white space around it, its lines ended in one way."""
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _wanted(missing: str) -> list[Wanted]:
    return [Wanted(missing)] if missing else []


def _day(day: str, month: str, year: str) -> date:
    try:
        found = date(int(year), int(month), int(day))
    except (ValueError, OverflowError):
        raise ValueError("Write a real day, such as 27 3 2026") from None
    if found.year not in YEARS:
        raise ValueError("Check the year")
    return found
