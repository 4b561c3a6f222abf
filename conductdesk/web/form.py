"""The base of every form."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm


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
