"""Asking for a check-in."""

from __future__ import annotations

from collections.abc import Iterable

from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextInput
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from conductdesk.checkins.rules import FORM_WORDS
from conductdesk.web.form import PageForm

WEEKS = 60


class AskForm(PageForm):
    """Which form, of which week, from whom."""

    which = SelectField("Which form?", widget=GovSelect(), choices=dict(FORM_WORDS))
    week = IntegerField(
        "Which week of the programme?",
        widget=GovTextInput(),
        validators=[
            InputRequired("Enter the number of the week"),
            NumberRange(1, WEEKS, f"Enter a week from 1 to {WEEKS}"),
        ],
    )
    role = SelectField("From whom?", widget=GovSelect())

    @classmethod
    def among(cls, roles: Iterable[str], **given: object) -> AskForm:
        """Return the form for a scheme whose participants are *roles*."""
        made = cls(**given)
        made.role.choices = {role: f"Every {role}" for role in roles}
        return made
