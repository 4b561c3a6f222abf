"""Give back what somebody typed into a form that could not be taken, so that they can copy it."""

from __future__ import annotations

import re

from flask import g, request
from werkzeug.exceptions import HTTPException

from conductdesk.web.state import SAFE_METHODS, release_db
from conductdesk.web.uploads import drop_files

NEVER = frozenset({"csrf_token", "receipt", "turn", "which", "act", "rows"})
"""Fields that nobody types into, and the one that holds a secret."""
CHOSEN = re.compile(r"[a-z][a-z0-9_-]*|\d{0,2}")
"""What a choice looks like: a key of a list, not words."""


def typed_words() -> list[str]:
    """Return what the visitor typed into the form that was sent, as far as it was read.

    Nothing where the form did not come from a page of ours: another site must not put words here.
    """
    if request.method in SAFE_METHODS or "form" not in vars(request) or g.get("foreign", False):
        return []
    typed = [text for name, text in request.form.items(multi=True) if name not in NEVER]
    return [text for text in typed if text.strip() and not CHOSEN.fullmatch(text)]


def read_what_was_typed() -> None:
    """Read the texts of a form that was refused before it was read; its files go nowhere."""
    release_db()  # a form that arrives slowly must not keep everybody else from writing
    drop_files()
    try:
        _ = request.form
    except HTTPException:
        return  # what cannot be read cannot be given back
