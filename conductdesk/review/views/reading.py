"""The record and the history of one closed case."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for

from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import keys_of
from conductdesk.cases.views.reading import entry_index
from conductdesk.people.presence import this_account
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.review.actions.asking import ask_for_record, has_asked
from conductdesk.review.faces.history import lines_of
from conductdesk.review.faces.record import record_of
from conductdesk.review.queries.population import PAGE_SIZE
from conductdesk.review.views.access import reviewed_case_or_404
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.frame import review_page
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>")
@gate(Permission.REVIEW)
def record(case_id: UUID) -> Response:
    return _record_page(reviewed_case_or_404(case_id))


@bp.get("/cases/<uuid:case_id>/history")
@gate(Permission.REVIEW)
def history(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    before = request.args.get("before", type=entry_index)
    lines = lines_of(db(), case, keys_of(case), limit=PAGE_SIZE, before=before)
    older = None
    if len(lines) == PAGE_SIZE:
        older = url_for("review.history", case_id=case.id, before=lines[-1].index)
    return review_page(case, "review/history.html", lines=lines, older=older)


@bp.post("/cases/<uuid:case_id>/grant-requests")
@gate(Permission.REVIEW)
def request_key(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    try:
        ask_for_record(db(), case, keys_of(case), actor=viewer(), account=this_account())
    except Refused as refused:
        return _record_page(case, status=422, refusal=str(refused))
    db().commit()
    return see_other("review.record", case_id=case_id)


def _record_page(case: Case, *, status: int = 200, refusal: str = "") -> Response:
    shown = record_of(db(), case, keys_of(case), pack_of(db(), case))
    asked = has_asked(db(), case, this_account())
    return review_page(
        case, "review/record.html", status=status, record=shown, asked=asked, refusal=refusal
    )
