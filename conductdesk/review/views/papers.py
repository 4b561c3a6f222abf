"""The working paper of one case."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID

from flask import Response

from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import keys_of
from conductdesk.policy import Permission
from conductdesk.review.actions.papers import Checked, keep_paper, paper_of, sheet_of, sign_paper
from conductdesk.review.faces.papers import own_paper, papers_on
from conductdesk.review.forms.papers import PaperForm, paper_form
from conductdesk.review.views.access import reviewed_case_or_404
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.frame import review_page
from conductdesk.vault.keys import NotGranted
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/paper")
@gate(Permission.REVIEW)
def paper(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    case = reviewed_case_or_404(case_id)
    shown = own_paper(db(), case, keys_of(case), pack_of(db(), case), viewer())
    others = papers_on(db(), case)
    asked = form or _form(case)
    return review_page(
        case, "review/paper.html", refusal=refusal, paper=shown, others=others, form=asked
    )


@bp.post("/cases/<uuid:case_id>/paper")
@gate(Permission.REVIEW)
@or_show(paper)
def paper_kept(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    form, pack = accepted(_form(case)), pack_of(db(), case)
    keep_paper(db(), case, keys_of(case), actor=viewer(), pack=pack, sheet=form.to_sheet())
    db().commit()
    return see_other("review.paper", case_id=case_id)


@bp.post("/cases/<uuid:case_id>/paper/signature")
@gate(Permission.REVIEW)
@or_show(paper)
def paper_signed(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    sign_paper(db(), case, keys_of(case), actor=viewer(), pack=pack_of(db(), case))
    db().commit()
    return see_other("review.paper", case_id=case_id)


def _form(case: Case) -> PaperForm:
    mine, keys = paper_of(db(), case, viewer().account_id), keys_of(case)
    said: dict[str, Checked] = {}
    with suppress(NotGranted):
        said = sheet_of(keys, mine) if mine else {}
    return paper_form(pack_of(db(), case), said)
