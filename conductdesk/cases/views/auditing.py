"""What auditors ask and find on a closed case, and what its officers answer."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.answering_auditors import (
    answer_auditor,
    prove_finding,
    reply_to_finding,
)
from conductdesk.cases.actions.widening import agree_glass, refuse_glass
from conductdesk.cases.days import in_words
from conductdesk.cases.faces.auditing import FindingFace, audit_work_of
from conductdesk.cases.forms.auditing import AuditAnswerForm, FindingProofForm, FindingReplyForm
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.holding import SecondForm
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page, powers_on
from conductdesk.cases.views.naming import noting_names
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

GLASS = ("Two people must agree. One who says no is enough to refuse.",)
BE_SURE = (
    "The auditor reads the originals, with the names that stand in them.",
    "Where the reporter’s name is kept stays closed. What they wrote may still tell who they are.",
    "What they read is in the history of the case, and their keys end on that day.",
)


@bp.get("/cases/<uuid:case_id>/audit")
@gate(Permission.READ)
def audit(case_id: UUID) -> Response:
    case = case_or_404(case_id)
    work = audit_work_of(db(), case, keys_of(case), pack_of(db(), case))
    powers = powers_on(case)
    return case_page(
        case,
        "cases/audit.html",
        work=work,
        mine=viewer().offices_in(case.scheme),
        me=viewer().account_id,
        answers=Permission.HANDLE in powers,
        seconds=Permission.SECOND in powers,
    )


@bp.get("/cases/<uuid:case_id>/audit/questions/<uuid:question_id>")
@gate(Permission.HANDLE)
def audit_question(
    case_id: UUID, question_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    case = case_or_404(case_id)
    asked = audit_work_of(db(), case, keys_of(case), pack_of(db(), case)).questions
    waiting = [one for one in asked if one.id == question_id and one.answered_at is None]
    face = found_or_404(waiting, refusal)
    rows = (("Asked by", face.by), ("Question", face.words))
    ask = Ask("Answer the auditor", "Send the answer", "cases.audit", (), (), rows)
    return ask_page(case, ask, form or AuditAnswerForm(), refusal)


@bp.post("/cases/<uuid:case_id>/audit/questions/<uuid:question_id>")
@gate(Permission.HANDLE)
@or_show(audit_question)
@noting_names
def audit_answered(case_id: UUID, question_id: UUID) -> Response:
    case, form = case_or_404(case_id), accepted(AuditAnswerForm())
    said = {"question_id": question_id, "words": form.answer.data}
    answer_auditor(db(), case, keys_of(case), actor=viewer(), **said)
    db().commit()
    return see_other("cases.audit", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/audit/findings/<uuid:finding_id>/reply")
@gate(Permission.READ)
def audit_reply(
    case_id: UUID, finding_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    case = case_or_404(case_id)
    rows = _rows(_finding(case, finding_id, refusal))
    ask = Ask("Reply to a finding of the audit", "Send the reply", "cases.audit", (), (), rows)
    return ask_page(case, ask, form or FindingReplyForm(), refusal)


@bp.post("/cases/<uuid:case_id>/audit/findings/<uuid:finding_id>/reply")
@gate(Permission.READ)
@or_show(audit_reply)
@noting_names
def audit_replied(case_id: UUID, finding_id: UUID) -> Response:
    case, form = case_or_404(case_id), accepted(FindingReplyForm())
    reply_to_finding(
        db(), case, keys_of(case), actor=viewer(), finding_id=finding_id, reply=form.to_reply()
    )
    db().commit()
    return see_other("cases.audit", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/audit/findings/<uuid:finding_id>/proof")
@gate(Permission.READ)
def audit_proof(
    case_id: UUID, finding_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    case = case_or_404(case_id)
    rows = _rows(_finding(case, finding_id, refusal))
    ask = Ask("Prove that it was put right", "Give the proof", "cases.audit", (), (), rows)
    return ask_page(case, ask, form or FindingProofForm(), refusal)


@bp.post("/cases/<uuid:case_id>/audit/findings/<uuid:finding_id>/proof")
@gate(Permission.READ)
@or_show(audit_proof)
@noting_names
def audit_proven(case_id: UUID, finding_id: UUID) -> Response:
    case, form = case_or_404(case_id), accepted(FindingProofForm())
    said = {"finding_id": finding_id, "proof": form.proof.data}
    prove_finding(db(), case, keys_of(case), actor=viewer(), **said)
    db().commit()
    return see_other("cases.audit", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/audit/requests/<uuid:glass_id>")
@gate(Permission.SECOND)
def glass_question(
    case_id: UUID, glass_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    case = case_or_404(case_id)
    asked = audit_work_of(db(), case, keys_of(case), pack_of(db(), case)).glass
    face = found_or_404([one for one in asked if one.id == glass_id and one.waits], refusal)
    rows = (("Asked by", face.by), ("To read", "; ".join(face.parts)), ("Why", face.reason))
    until = (("Until the end of", in_words(face.ends_at)),)
    words = ("Let an auditor read more", "Record your answer", "cases.audit")
    ask = Ask(*words, GLASS, BE_SURE, (*rows, *until))
    return ask_page(case, ask, form or SecondForm(), refusal)


@bp.post("/cases/<uuid:case_id>/audit/requests/<uuid:glass_id>")
@gate(Permission.SECOND)
@or_show(glass_question)
def glass_answered(case_id: UUID, glass_id: UUID) -> Response:
    case, form = case_or_404(case_id), accepted(SecondForm())
    keys = keys_of(case)
    if form.is_yes:
        agree_glass(db(), case, keys, actor=viewer(), glass_id=glass_id)
    else:
        why = form.to_reason()
        refuse_glass(db(), case, keys, actor=viewer(), glass_id=glass_id, reason=why)
    db().commit()
    return see_other("cases.audit", case_id=case_id)


def _finding(case: Case, finding_id: UUID, refusal: str) -> FindingFace:
    found = audit_work_of(db(), case, keys_of(case), pack_of(db(), case)).findings
    return found_or_404([one for one in found if one.id == finding_id], refusal)


def _rows(face: FindingFace) -> tuple[tuple[str, str], ...]:
    rows = (
        ("Grade", face.grade),
        ("What was seen", face.observation),
        ("Recommendation", face.recommendation),
        ("For", face.owner),
    )
    return (
        (*rows, ("What the auditor said of the last proof", face.verdict)) if face.verdict else rows
    )
