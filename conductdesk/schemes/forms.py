"""The file of a pack, and the word that puts it in force."""

from __future__ import annotations

from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput
from wtforms import HiddenField
from wtforms.validators import InputRequired

from conductdesk.refusal import Refused
from conductdesk.schemes.plain import capital
from conductdesk.schemes.reading import LARGEST_FILE, PackError, text_of
from conductdesk.schemes.staging import StagedFile
from conductdesk.vault.cleaning import tidy_name
from conductdesk.vault.streams import FileSealer
from conductdesk.web.form import PageForm
from conductdesk.web.refusing import NotAcceptedError


class PackForm(PageForm):
    """The file of a scheme pack."""

    file = FileField(
        "Scheme pack",
        description=f"A text file that ends in .toml, of at most {LARGEST_FILE // 1000} KB.",
        widget=GovFileInput(),
        validators=[InputRequired("Choose the file of a scheme pack")],
        render_kw={"accept": ".toml,text/plain"},
    )


class ActivationForm(PageForm):
    """Which file the administrator saw."""

    seen = HiddenField(validators=[InputRequired("Look at the pack first")])


def text_in(form: PackForm) -> StagedFile:
    """Return the file that was sent; what holds no text becomes a mistake of the form."""
    name = tidy_name(form.file.data.filename or "")
    try:
        return StagedFile(name, text_of(_clear(form.file.data.stream), name))
    except Refused as error:
        words = error.problems[0] if isinstance(error, PackError) else str(error)
        form.file.errors = [capital(words)]
        raise NotAcceptedError(form) from error


def _clear(upload: FileSealer) -> bytes:
    """Return what was sent, as far as a pack can be long."""
    data = b""
    for chunk in upload.clear():
        data += chunk
        if len(data) > LARGEST_FILE:
            break
    return data
