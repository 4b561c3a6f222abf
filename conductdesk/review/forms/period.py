"""The days between which the cases were closed that an auditor asks for."""

from __future__ import annotations

import re
from datetime import date

from govuk_frontend_wtf.wtforms_widgets import GovTextInput
from wtforms import StringField
from wtforms.validators import ValidationError

from conductdesk.people.forms import stripped
from conductdesk.web.form import PageForm

YEARS = range(2000, 2100)
"""The years in which a case may have been closed."""

_TYPED_DAY = re.compile(r"(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})", re.ASCII)


def read_day(text: str | None) -> date | None:
    """Read a day as 5/11/2026 or 2026-11-05; raises `ValidationError` for what is none."""
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


class PeriodForm(PageForm):
    """From which day to which."""

    closed_from = StringField("Closed from", widget=GovTextInput(), filters=[stripped])
    closed_to = StringField("Closed to", widget=GovTextInput(), filters=[stripped])

    def validate_closed_from(self, field: StringField) -> None:
        """Refuse what is no day."""
        read_day(field.data)

    def validate_closed_to(self, field: StringField) -> None:
        """Refuse what is no day, or a day before the other one."""
        last = read_day(field.data)
        if last is not None and self._begins_after(last):
            raise ValidationError("This day must not be before the other one")

    def _begins_after(self, last: date) -> bool:
        try:
            first = read_day(self.closed_from.data)
        except ValidationError:
            return False  # the other field says so itself
        return first is not None and first > last
