"""Leave an entry for each text that is refused because it seems to name somebody.

Otherwise whoever may not know the reporter could try names until one is refused, and nobody saw it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response

from conductdesk.cases.actions.naming_nobody import StillNamed
from conductdesk.cases.actions.refusing import note_still_named
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.refusal import Refused
from conductdesk.web.gate import viewer
from conductdesk.web.limits import allow
from conductdesk.web.state import db

TEXTS_AN_HOUR = 30
"""How many texts one person may send for the auditors of one case in an hour."""
TOO_MANY = "You sent many texts for this case in a short time. Try again in an hour."


def noting_names(view: Callable[..., Response]) -> Callable[..., Response]:
    """Count each try before it is looked at, and leave an entry where it is refused for a name."""

    @wraps(view)
    def answer(case_id: UUID, **more: Any) -> Response:
        key = f"naming:{viewer().pseudonym}:{case_id}"
        if not allow(db(), key, limit=TEXTS_AN_HOUR, window=timedelta(hours=1)):
            raise Refused(TOO_MANY)
        try:
            return view(case_id=case_id, **more)
        except StillNamed as error:
            db().rollback()
            case = case_or_404(case_id)
            note_still_named(db(), case, keys_of(case), actor=viewer(), named=error.named)
            db().commit()
            raise

    return answer
