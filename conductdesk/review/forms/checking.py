"""Which log to check, and a checkpoint that the auditor kept."""

from __future__ import annotations

from collections.abc import Mapping

from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import (
    GovFileInput,
    GovSelect,
    GovTextArea,
)
from werkzeug.datastructures import FileStorage
from wtforms import SelectField, TextAreaField
from wtforms.validators import Length, ValidationError

from conductdesk.audit.note import NoteError
from conductdesk.people.forms import stripped
from conductdesk.review.queries.checking import read_checkpoint
from conductdesk.vault.streams import FileSealer
from conductdesk.web.form import PageForm

LONGEST_CHECKPOINT = 20_000
"""Characters of a checkpoint or a proof, with room for a hundred signatures."""


class CheckForm(PageForm):
    """Which log to check, and against what."""

    scheme = SelectField("Scheme", widget=GovSelect())
    checkpoint = TextAreaField(
        "Your own checkpoint (optional)",
        description="Paste the whole text of a checkpoint, or of a proof, that you kept.",
        widget=GovTextArea(),
        filters=[stripped],
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
