"""Which closed cases to list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import (
    GovSelect,
    GovTextInput,
)
from wtforms import SelectField, StringField
from wtforms.validators import ValidationError

from conductdesk.people.forms import stripped
from conductdesk.review.queries.population import Wanted
from conductdesk.web.form import PageForm

YEARS = range(2000, 2100)
"""The years in which a case may have been closed."""

_TYPED_DAY = re.compile(r"(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})", re.ASCII)


def _day(text: str) -> date | None:
    """Read a day as 5/11/2026 or 2026-11-05."""
    if not text:
        return None
    typed = _TYPED_DAY.fullmatch(text)
    try:
        day = date(*map(int, typed.group(3, 2, 1))) if typed else date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError("Write the day like this: 5/11/2026") from error
    if day.year not in YEARS:
        raise ValidationError(f"Give a year from {YEARS.start} to {YEARS.stop - 1}")
    return day


class FilterForm(PageForm):
    """Which closed cases to list."""

    scheme = SelectField("Scheme", widget=GovSelect(), validate_choice=False)
    closed_from = StringField("Closed from", widget=GovTextInput(), filters=[stripped])
    closed_to = StringField("Closed to", widget=GovTextInput(), filters=[stripped])

    def offer(self, schemes: Mapping[str, str]) -> None:
        """Offer the schemes that the viewer audits."""
        self.scheme.choices = {"": "All", **schemes}

    def validate_closed_from(self, field: StringField) -> None:
        """Refuse what is no day."""
        _day(field.data)

    def validate_closed_to(self, field: StringField) -> None:
        """Refuse what is no day, or a day before the other one."""
        last = _day(field.data)
        if last is not None and self._begins_after(last):
            raise ValidationError("This day must not be before the other one")

    def wanted(self, after: UUID | None) -> Wanted:
        """Return what to list: everything where the form has mistakes. Call it when validated."""
        if self.errors:
            return Wanted()
        return Wanted(
            scheme=self.scheme.data or "",
            closed_from=_day(self.closed_from.data),
            closed_to=_day(self.closed_to.data),
            after=after,
        )

    def _begins_after(self, last: date) -> bool:
        try:
            first = _day(self.closed_from.data)
        except ValidationError:
            return False  # the other field says so itself
        return first is not None and first > last
