"""More than the record, for a time; and stepping away from a case."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request

from conductdesk.cases.audit_rows import opened_to
from conductdesk.cases.models import Case
from conductdesk.cases.views.access import keys_of
from conductdesk.cases.views.asking import Ask
from conductdesk.db import start_writing
from conductdesk.people.presence import this_sign_in
from conductdesk.policy import Permission
from conductdesk.review.actions.reviewing import is_review_noted, note_originals
from conductdesk.review.actions.stepping_away import step_away
from conductdesk.review.actions.widening import ask_for_more
from conductdesk.review.faces.originals import originals_of
from conductdesk.review.forms.working import MoreForm
from conductdesk.review.views.access import reviewed_case_or_404
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.frame import review_ask, review_page
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import SAFE_METHODS, db

WHY_MORE = (
    "Two people of the case must agree. You have the keys at once if the second of them holds them, "
    "and otherwise when an officer who does signs in next. On the day that you give, they are taken "
    "back.",
    "Where the reporter’s name is kept stays closed to every auditor. Ask for what they wrote only "
    "where you cannot do without: it may tell who they are.",
)
WHY_AWAY = (
    "Step away where you are tied to somebody in this case, or took part in it. You need not say "
    "why. You lose your key to its record at once, and it is not listed for you any more.",
    "To say that you are tied to somebody, in every case to come, use the page “Interests”.",
)


@bp.get("/cases/<uuid:case_id>/more")
@gate(Permission.REVIEW)
def more(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    case = reviewed_case_or_404(case_id)
    ask = Ask("Ask to read more than the record", "Ask two people", "review.work", WHY_MORE)
    return review_ask(case, ask, form or MoreForm(), refusal)


@bp.post("/cases/<uuid:case_id>/more")
@gate(Permission.REVIEW)
@or_show(more)
def more_asked(case_id: UUID) -> Response:
    case, form = reviewed_case_or_404(case_id), accepted(MoreForm())
    ask_for_more(db(), case, keys_of(case), actor=viewer(), wanted=form.to_wanted())
    db().commit()
    return see_other("review.work", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/originals")
@gate(Permission.REVIEW)
def originals(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    parts = opened_to(db(), case, viewer().account_id)
    if not parts:
        return review_page(case, "review/originals.html", sections=(), waits=False, opened=False)
    case = _noted(case)
    keys = keys_of(case)
    waits = not all(keys.holds(part) for part in parts)
    sections = originals_of(db(), case, keys)
    return review_page(case, "review/originals.html", sections=sections, waits=waits, opened=True)


@bp.get("/cases/<uuid:case_id>/stepping-away")
@gate(Permission.REVIEW)
def stepping_away(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    case = reviewed_case_or_404(case_id)
    ask = Ask("Step away from this case", "Step away", "review.work", WHY_AWAY)
    return review_ask(case, ask, form or PageForm(), refusal)


@bp.post("/cases/<uuid:case_id>/stepping-away")
@gate(Permission.REVIEW)
@or_show(stepping_away)
def stepped_away(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    step_away(db(), case, keys_of(case), actor=viewer())
    db().commit()
    return see_other("review.population")


def _noted(case: Case) -> Case:
    """Leave the entry that the originals were read, before anything of them is shown."""
    sign_in, case_id = this_sign_in(), case.id
    if not is_review_noted(db(), case, sign_in=sign_in, event="originals.read"):
        if request.method in SAFE_METHODS:
            start_writing(db())
        case = reviewed_case_or_404(case_id)
        note_originals(db(), case, keys_of(case), actor=viewer(), sign_in=sign_in)
        db().commit()
    return case
