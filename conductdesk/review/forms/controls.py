"""On which closed cases to try the control tests."""

from __future__ import annotations

from collections.abc import Mapping

from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import SelectField

from conductdesk.review.forms.period import PeriodForm, read_day
from conductdesk.review.queries.population import Wanted


class ControlsForm(PeriodForm):
    """Try the control tests."""

    scheme = SelectField("Scheme", widget=GovSelect())

    def offer(self, schemes: Mapping[str, str]) -> None:
        """Offer the schemes that the viewer audits; the first where none was chosen."""
        self.scheme.choices = dict(schemes)
        if not self.scheme.data:
            self.scheme.data = next(iter(schemes))

    def wanted(self) -> Wanted:
        """Return the population of a form that is well filled in."""
        days = (read_day(self.closed_from.data), read_day(self.closed_to.data))
        return Wanted(self.scheme.data, *days)

    def chosen(self) -> dict[str, str]:
        """Return what was chosen, as a link to the same population says it."""
        return {field.name: field.data for field in self if field.data}
