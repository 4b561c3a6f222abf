"""The programme's own form: the weekly record, and the feedback in the middle and at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from conductdesk.checkins.rules import WHY_NOT, Filled, Form
from conductdesk.intake.forms.fields import radio, text
from conductdesk.web.form import PageForm

WORRY_WORDS = {
    "no": "No, nothing",
    "small": "Yes, something small, before I do something about it",
    "worry": "Yes, something that worries me",
}


class FeedbackForm(PageForm):
    """How it goes, and whether there is anything to tell."""

    how = text("How is it going? (optional)")
    worry = radio(
        "Is there anything you want to tell us about?", "Choose one of the answers", WORRY_WORDS
    )

    def filled(self) -> Filled:
        """Return what was answered."""
        return Filled(how=self.how.data, worry=self.worry.data)


class WeeklyForm(FeedbackForm):
    """Whether this week's session took place, too."""

    took_place = radio(
        "Did the session take place?", "Choose yes or no", {"yes": "Yes", "no": "No"}
    )
    why_not = radio("If not, why not?", "Choose why it did not take place", WHY_NOT)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Ask why only where it did not take place."""
        if self.took_place.data != "no":
            self.why_not.data, self.why_not.validators = None, []
        return bool(super().validate(extra_validators))

    def filled(self) -> Filled:
        """Return what was answered."""
        return Filled(
            took_place=self.took_place.data == "yes",
            why_not=self.why_not.data or "",
            how=self.how.data,
            worry=self.worry.data,
        )


FORMS: Mapping[Form, type[FeedbackForm]] = {
    Form.WEEKLY: WeeklyForm,
    Form.MIDDLE: FeedbackForm,
    Form.END: FeedbackForm,
}
