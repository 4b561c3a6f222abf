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

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Any:
            """Render *field* without the `required` attribute."""
            render_kw.setdefault("required", False)
            return super().render_field(field, render_kw)
