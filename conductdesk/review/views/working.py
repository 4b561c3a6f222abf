"""What an auditor writes on a closed case: findings, questions, and what they make of a proof."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, url_for

from conductdesk.cases.audit_rows import offices_on
from conductdesk.cases.faces.auditing import audit_work_of
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import keys_of
from conductdesk.cases.views.asking import Ask
from conductdesk.policy import Permission
from conductdesk.review.actions.finding import ask_question, make_finding, settle_finding
from conductdesk.review.forms.working import FindingForm, QuestionForm, VerdictForm
from conductdesk.review.views.access import reviewed_case_or_404
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.frame import review_ask, review_page
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

ACTS = (
    ("Fill in the working paper", "review.paper"),
    ("Record a finding", "review.finding"),
    ("Ask the officers a question", "review.question"),
    ("Ask to read more than the record", "review.more"),
    ("Step away from this case", "review.stepping_away"),
)


@bp.get("/cases/<uuid:case_id>/work")
@gate(Permission.REVIEW)
def work(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    shown = audit_work_of(db(), case, keys_of(case), pack_of(db(), case))
    acts = tuple((words, url_for(endpoint, case_id=case_id)) for words, endpoint in ACTS)
    me = viewer().account_id
    return review_page(case, "review/work.html", work=shown, acts=acts, me=me)


@bp.get("/cases/<uuid:case_id>/findings/new")
@gate(Permission.REVIEW)
def finding(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    case = reviewed_case_or_404(case_id)
    ask = Ask("Record a finding", "Record the finding", "review.work", SEALED)
    return review_ask(case, ask, form or _finding_form(case), refusal)


@bp.post("/cases/<uuid:case_id>/findings/new")
@gate(Permission.REVIEW)
@or_show(finding)
def finding_made(case_id: UUID) -> Response:
    case = reviewed_case_or_404(case_id)
    form = accepted(_finding_form(case))
    make_finding(db(), case, keys_of(case), actor=viewer(), observed=form.to_observed())
    db().commit()
    return see_other("review.work", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/questions/new")
@gate(Permission.REVIEW)
def question(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    case = reviewed_case_or_404(case_id)
    ask = Ask("Ask the officers a question", "Send the question", "review.work", SEALED)
    return review_ask(case, ask, form or QuestionForm(), refusal)


@bp.post("/cases/<uuid:case_id>/questions/new")
@gate(Permission.REVIEW)
@or_show(question)
def question_asked(case_id: UUID) -> Response:
    case, form = reviewed_case_or_404(case_id), accepted(QuestionForm())
    ask_question(db(), case, keys_of(case), actor=viewer(), words=form.words.data)
    db().commit()
    return see_other("review.work", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/findings/<uuid:finding_id>/verdict")
@gate(Permission.REVIEW)
def verdict(
    case_id: UUID, finding_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    case = reviewed_case_or_404(case_id)
    found = audit_work_of(db(), case, keys_of(case), pack_of(db(), case)).findings
    face = next((one for one in found if one.id == finding_id), None)
    if face is None:
        abort(404)
    rows = (("What was seen", face.observation), ("Reply", face.reply), ("Proof", face.proof))
    ask = Ask("Is it proven?", "Record your answer", "review.work", SEALED, (), rows)
    return review_ask(case, ask, form or VerdictForm(), refusal)


@bp.post("/cases/<uuid:case_id>/findings/<uuid:finding_id>/verdict")
@gate(Permission.REVIEW)
@or_show(verdict)
def finding_settled(case_id: UUID, finding_id: UUID) -> Response:
    case, form = reviewed_case_or_404(case_id), accepted(VerdictForm())
    said = form.to_verdict()
    settle_finding(db(), case, keys_of(case), actor=viewer(), finding_id=finding_id, verdict=said)
    db().commit()
    return see_other("review.work", case_id=case_id)


SEALED = ("Officers of the case read this. Write about what was done, and name nobody.",)


def _finding_form(case: Case) -> FindingForm:
    names = {office.key: office.name for office in pack_of(db(), case).offices}
    offered = {key: names.get(key, key) for key in sorted(offices_on(db(), case))}
    return FindingForm.on(offered)
