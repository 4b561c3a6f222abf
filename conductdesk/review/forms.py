"""What an auditor types: which closed cases to list, and a checkpoint of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from werkzeug.datastructures import FileStorage
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from conductdesk.audit.note import NoteError
from conductdesk.review.queries import Wanted, read_checkpoint
from conductdesk.vault.streams import FileSealer
from conductdesk.web.form import PageForm

LONGEST_CHECKPOINT = 20_000
"""Characters of a checkpoint or a proof, with room for a hundred signatures."""

YEARS = range(2000, 2100)
"""The years in which a case may have been closed."""

_TYPED_DAY = re.compile(r"(\d{1,2})[/. ](\d{1,2})[/. ](\d{4})", re.ASCII)


def _stripped(text: str | None) -> str:
    return (text or "").strip()


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

    file = FileField("Or the file itself (optional)", widget=GovFileInput())

    def offer(self, schemes: Mapping[str, str]) -> None:
        """Offer the schemes that the viewer audits."""
        self.scheme.choices = dict(schemes)

    def validate_checkpoint(self, field: TextAreaField) -> None:
        """Refuse what cannot be read, so that it is not taken for a broken log."""
        _refuse_unreadable(field.data)

    def validate_file(self, field: FileField) -> None:
        """Refuse a file that cannot be read as a checkpoint."""
        _refuse_unreadable(_text_of(field.data))

    def outside(self) -> tuple[str, ...]:
        """Return the checkpoints that were given, pasted or as a file."""
        given = (self.checkpoint.data, _text_of(self.file.data))
        return tuple(read_checkpoint(text) for text in given if text)


def _refuse_unreadable(text: str) -> None:
    try:
        if text:
            read_checkpoint(text)
    except NoteError as error:
        raise ValidationError(f"This cannot be read as a checkpoint: {error}") from error


def _text_of(sent: FileStorage | None) -> str:
    """Return the text of an uploaded file, which was sealed as it arrived."""
    if sent is None or not sent.filename or not isinstance(sent.stream, FileSealer):
        return ""
    if sent.stream.size > LONGEST_CHECKPOINT:
        raise ValidationError("That file is too long for a checkpoint")
    try:
        return b"".join(sent.stream.clear()).decode()
    except UnicodeDecodeError as error:
        raise ValidationError("This file is not a text") from error
