"""What an auditor types: which closed cases to list, and a checkpoint of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextArea, GovTextInput
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from conductdesk.audit.note import NoteError
from conductdesk.review.queries import Wanted, read_checkpoint
from conductdesk.web.form import PageForm

LONGEST_CHECKPOINT = 20_000
"""Characters of a checkpoint or a proof, with room for a hundred signatures."""

YEARS = range(2000, 2100)
"""The years in which a case may have been closed."""


def _stripped(text: str | None) -> str:
    return (text or "").strip()


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValidationError("Write the day as year, month, day, such as 2026-11-05") from error
    if day is not None and day.year not in YEARS:
        raise ValidationError(f"Give a year from {YEARS.start} to {YEARS.stop - 1}")
    return day


class FilterForm(PageForm):
    """Which closed cases to list."""

    scheme = SelectField("Scheme", widget=GovSelect(), validate_choice=False)
    closed_from = StringField("Closed from", widget=GovTextInput(), filters=[_stripped])
    closed_to = StringField("Closed to", widget=GovTextInput(), filters=[_stripped])

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
        """Return what to list; call it when the form is valid."""
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


class CheckForm(PageForm):
    """Which log to check, and against what."""

    scheme = SelectField("Scheme", widget=GovSelect())
    checkpoint = TextAreaField(
        "Your own checkpoint (optional)",
        description="Paste the whole text of a checkpoint, or of a proof, that you kept.",
        widget=GovTextArea(),
        filters=[_stripped],
        validators=[Length(max=LONGEST_CHECKPOINT, message="That is too long for a checkpoint")],
    )

    def offer(self, schemes: Mapping[str, str]) -> None:
        """Offer the schemes that the viewer audits."""
        self.scheme.choices = dict(schemes)

    def validate_checkpoint(self, field: TextAreaField) -> None:
        """Refuse what cannot be read, so that it is not taken for a broken log."""
        try:
            self.outside()
        except NoteError as error:
            raise ValidationError(f"This cannot be read as a checkpoint: {error}") from error

    def outside(self) -> tuple[str, ...]:
        """Return the checkpoint that was given, if any."""
        return (read_checkpoint(self.checkpoint.data),) if self.checkpoint.data else ()
