"""What a list is taken away for, and how."""

from __future__ import annotations

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField
from wtforms.validators import InputRequired

from conductdesk.review.purposes import OF_LISTS, Purpose
from conductdesk.review.sheets import Format
from conductdesk.web.form import PageForm

FORMATS = {Format.CSV: "CSV, for a spreadsheet", Format.JSON: "JSON, for a program"}


class ExportForm(PageForm):
    """Take a list away."""

    purpose = RadioField(
        "What is it for?",
        widget=GovRadioInput(),
        choices={key.value: words for key, words in OF_LISTS.items()},
        validators=[InputRequired("Choose what the list is for")],
    )
    how = RadioField(
        "Which kind of file?",
        widget=GovRadioInput(),
        choices={key.value: words for key, words in FORMATS.items()},
        validators=[InputRequired("Choose a kind of file")],
    )

    def chosen(self) -> tuple[Purpose, Format]:
        """Return purpose and format of a form that is well filled in."""
        return Purpose(self.purpose.data), Format(self.how.data)
