"""Forms about an end that holds in every organisation."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput
from wtforms import SelectMultipleField

from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.request_acts import Confirmed
from conductdesk.web.fields import LEGEND, line, select
from conductdesk.web.form import PageForm

ENTRIES = {"text": "Who of them is it, in your register?", "classes": LEGEND}
HINT = {"text": "Their entry is ended from today. Take the tick away from somebody else."}


class ToldForm(VersionedForm):
    """Nothing is asked: every organisation is told the same."""


class ConfirmationForm(VersionedForm):
    """Which organisation confirmed it elsewhere, and how."""

    organisation = select("Which organisation confirmed it?", "Choose the organisation", {})
    how = line("Who confirmed it, and how?", "Say who confirmed it, and how")

    @classmethod
    def among(cls, organisations: Mapping[str, str]) -> ConfirmationForm:
        """Return the form with those that have not confirmed it."""
        form = cls()
        form.organisation.choices = dict(organisations)
        return form

    def to_confirmed(self, outcome_id: UUID) -> Confirmed:
        """Return it as a value."""
        return Confirmed(outcome_id, self.organisation.data, self.how.data)


class EndingForm(PageForm):
    """Whose entry in the register ends with it."""

    entries = SelectMultipleField(
        ENTRIES["text"],
        widget=GovCheckboxesInput(),
        choices={},
        render_kw={"params": {"fieldset": {"legend": ENTRIES}, "hint": HINT}},
    )

    @classmethod
    def among(cls, people: Mapping[str, str]) -> EndingForm:
        """Return the form with those who go by the name; all of them are ticked at first."""
        form = cls(data={"entries": list(people)})
        form.entries.choices = dict(people)
        return form

    def to_ids(self) -> tuple[UUID, ...]:
        """Return whose entries were chosen."""
        return tuple(UUID(one) for one in self.entries.data or ())
