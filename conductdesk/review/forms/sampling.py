"""What an auditor decides before a draw."""

from __future__ import annotations

from collections.abc import Mapping

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextInput
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Regexp

from conductdesk.people.forms import stripped
from conductdesk.review.actions.sampling import Planned
from conductdesk.review.forms.period import PeriodForm, read_day
from conductdesk.review.queries.population import Wanted
from conductdesk.review.rules import METHODS, Method

LARGEST = 1_000
"""How many cases one draw may have."""
LONGEST_WORDS = 100

EACH = ""
"""Instead of one scheme: a draw in each of them."""


class SampleForm(PeriodForm):
    """Draw a sample."""

    scheme = SelectField("Scheme", widget=GovSelect())
    method = RadioField(
        "How is it drawn?",
        widget=GovRadioInput(),
        choices={key.value: words for key, words in METHODS.items()},
        validators=[InputRequired("Choose how the sample is drawn")],
    )
    size = IntegerField(
        "How many cases?",
        widget=GovTextInput(),
        validators=[
            InputRequired("Write how many cases to draw"),
            NumberRange(1, LARGEST, f"Write a number from 1 to {LARGEST:,}"),
        ],
    )
    words = StringField(
        "Words of your own for the seed (optional)",
        widget=GovTextInput(),
        filters=[stripped],
        validators=[
            Length(max=LONGEST_WORDS, message=f"Write {LONGEST_WORDS} characters or less"),
            Regexp(r"\A[\x20-\x7e]*\Z", message="Use letters, digits and signs of a keyboard"),
        ],
    )

    def offer(self, schemes: Mapping[str, str]) -> None:
        """Offer the schemes that the viewer audits, and a draw in each where there are several."""
        each = {EACH: "Each scheme, as many cases from every one"} if len(schemes) > 1 else {}
        self.scheme.choices = {**each, **schemes}

    def planned(self, schemes: Mapping[str, str]) -> dict[str, tuple[Planned, Wanted]]:
        """Return what to draw in each scheme, and out of which cases."""
        chosen = [self.scheme.data] if self.scheme.data else list(schemes)
        days = (read_day(self.closed_from.data), read_day(self.closed_to.data))
        given = (Method(self.method.data), self.size.data, self.words.data)
        return {one: (Planned(one, *given), Wanted(one, *days)) for one in chosen}
