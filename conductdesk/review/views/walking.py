"""The walk through one closed case."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import keys_of
from conductdesk.policy import Permission
from conductdesk.review.faces.walk import walk_through
from conductdesk.review.views.access import reviewed_case_or_404
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.frame import review_page
from conductdesk.web.gate import gate
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/walk")
@gate(Permission.REVIEW)
def walk(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    shown = walk_through(db(), case, keys_of(case), pack_of(db(), case))
    return review_page(case, "review/walk.html", walk=shown)
