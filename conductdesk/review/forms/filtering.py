"""Which closed cases to list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import GovSelect
from wtforms import SelectField

from conductdesk.review.forms.period import PeriodForm, read_day
from conductdesk.review.queries.marks import MARKS
from conductdesk.review.queries.population import Wanted


def _choice(label: str) -> SelectField:
    return SelectField(label, widget=GovSelect())


@dataclass(frozen=True)
class Offered:
    """What there is to choose from, each with its words."""

    schemes: Mapping[str, str]
    kinds: Mapping[str, str]
    routes: Mapping[str, str]
    outcomes: Mapping[str, str]
    handlers: Mapping[str, str]


class FilterForm(PeriodForm):
    """Which closed cases to list."""

    scheme = SelectField("Scheme", widget=GovSelect(), validate_choice=False)
    kind = _choice("Kind")
    route = _choice("Route")
    outcome = _choice("Outcome")
    handler = _choice("Handler")
    mark = _choice("Mark")

    def offer(self, offered: Offered) -> None:
        """Offer what there is among the cases that the viewer audits."""
        choices = {
            self.scheme: offered.schemes,
            self.kind: offered.kinds,
            self.route: offered.routes,
            self.outcome: offered.outcomes,
            self.handler: offered.handlers,
            self.mark: MARKS,
        }
        for field, some in choices.items():
            field.choices = {"": "All", **some}
            if field.data not in field.choices and field is not self.scheme:
                field.data = ""

    def wanted(self, after: UUID | None = None) -> Wanted:
        """Return what to list: everything where the form has mistakes. Call it when validated."""
        if self.errors:
            return Wanted()
        return Wanted(
            scheme=self.scheme.data or "",
            closed_from=read_day(self.closed_from.data),
            closed_to=read_day(self.closed_to.data),
            kind=self.kind.data or "",
            route=self.route.data or "",
            outcome=self.outcome.data or "",
            handler=self.handler.data or "",
            mark=self.mark.data or "",
            after=after,
        )

    def chosen(self) -> dict[str, Any]:
        """Return what was chosen, as a link to the same list says it."""
        return {field.name: field.data for field in self if field.data}
