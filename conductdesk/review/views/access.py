"""Loading is permission: no view holds a closed case that its viewer may not review."""

from __future__ import annotations

from uuid import UUID

from flask import request

from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of
from conductdesk.cases.views.access import keys_of, refuse
from conductdesk.db import start_writing
from conductdesk.people.presence import this_sign_in
from conductdesk.policy import may
from conductdesk.review.actions.reviewing import is_review_noted, note_review
from conductdesk.web.gate import permission, viewer
from conductdesk.web.state import SAFE_METHODS, db


def reviewed_case_or_404(case_id: UUID) -> Case:
    """Return the closed case if the viewer has, on it, the permission of the page's gate.

    A case that is open, invented, barred or of another scheme is answered in the same way. The
    first sight of a case in a sign-in leaves an entry, and nothing is shown before that.
    """
    case = _load(case_id)
    if not is_review_noted(db(), case, sign_in=this_sign_in()):
        if request.method in SAFE_METHODS:
            start_writing(db())
        db().get(Case, case_id, with_for_update=True)  # two first reads at once leave one entry
        case = _load(case_id)  # it may have been opened again in between
        note_review(db(), case, keys_of(case), actor=viewer(), sign_in=this_sign_in())
        db().commit()
    return case


def _load(case_id: UUID) -> Case:
    locked = request.method not in SAFE_METHODS  # whoever acts has the row before the log's head
    case = db().get(Case, case_id, with_for_update=locked or None, populate_existing=locked)
    if case is None or not may(viewer(), permission(), facts_of(db(), case)):
        refuse()
    return case
