"""The base of every form."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import FileField

from conductdesk.web.state import SAFE_METHODS


class PageForm(FlaskForm):
    """A form without a token field of its own: the gate checks the token once for each request.

    No field is marked `required` for the browser: what is missing is said by the server, in words
    (GU-03).
    """

    class Meta(FlaskForm.Meta):
        """How the fields of a form are rendered and guarded."""

        csrf = False

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Make the field of one form, without the `required` attribute."""
            field = super().bind_field(form, unbound_field, options)
            field.flags.required = None
            return field

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Return what a browser's form holds: texts for texts, and files for file boxes alone.

            Flask-WTF would also take JSON, and a file where a text is asked for.
            """
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            if request.method in SAFE_METHODS:
                return None
            boxes = {field.name for field in form if isinstance(field, FileField)}
            files = [(name, file) for name, file in request.files.items(True) if name in boxes]
            texts = [(name, text) for name, text in request.form.items(True) if name not in boxes]
            return (
                CombinedMultiDict([MultiDict(files), MultiDict(texts)]) if files or texts else None
            )
