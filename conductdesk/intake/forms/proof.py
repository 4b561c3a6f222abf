"""The form for a proof that somebody brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_wtf.file import FileField
from govuk_frontend_wtf.wtforms_widgets import GovFileInput

from conductdesk.intake.forms.fields import text
from conductdesk.vault.streams import FileSealer
from conductdesk.web.form import PageForm

LONGEST_PROOF = 20_000
"""In characters; a proof with many signatures takes a third of it."""

NOTHING = "Paste the text of the proof, or choose its file"
NO_TEXT = "This file is not a proof. Choose the file that you saved"


class BringForm(PageForm):
    """A proof, as text or as the file that it was saved in."""

    proof = text("The text of the proof", limit=LONGEST_PROOF)
    file = FileField("Or choose the file", widget=GovFileInput())

    @property
    def brought(self) -> str:
        """The text, with the line break at its end that copying by hand loses."""
        return f"{self.proof.data}\n"

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Ask for the one or the other; what is in the file goes into the box."""
        sound = bool(super().validate(extra_validators))
        if sound and self.file.data and not self.proof.data:
            self.proof.data = _text_in(self.file.data.stream)
            self.file.errors = [] if self.proof.data else [NO_TEXT]
        elif sound and not self.proof.data:
            self.proof.errors = [NOTHING]
        return not self.errors


def _text_in(stream: FileSealer) -> str:
    """Return the text of an uploaded file, or nothing if it is none or far too long."""
    if stream.size > LONGEST_PROOF:
        return ""
    stream.finish()
    try:
        return b"".join(stream.clear()).decode("utf-8").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        return ""
