"""What a bundle is for."""

from __future__ import annotations

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField
from wtforms.validators import InputRequired

from conductdesk.review.purposes import OF_BUNDLES, Purpose
from conductdesk.web.form import PageForm


class BundleForm(PageForm):
    """Why entries leave the installation."""

    purpose = RadioField(
        "What is it for?",
        widget=GovRadioInput(),
        choices={one.value: words for one, words in OF_BUNDLES.items()},
        validators=[InputRequired(message="Choose what it is for")],
    )

    def chosen(self) -> Purpose:
        """Return the purpose."""
        return Purpose(self.purpose.data)
