"""Findings of audits that rest on no single case: those who hold the office answer them here."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for

from conductdesk.cases.actions.answering_audits import (
    prove_scheme_finding,
    reply_to_scheme_finding,
)
from conductdesk.cases.faces.scheme_findings import findings_to_answer
from conductdesk.cases.forms.auditing import FindingProofForm, FindingReplyForm
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.views.asking import found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.people.presence import keyring
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore

REPLYING = ("Reply to a finding of the audit", "Send the reply")
PROVING = ("Prove that it was put right", "Give the proof")


@bp.get("/audit-findings")
@gate(Permission.CASELOAD)
def audit_findings() -> Response:
    """List the findings of audits that are for an office of the viewer's."""
    shown = findings_to_answer(db(), keyring(), viewer())
    return page("cases/audit_findings.html", shown=shown, back_url=url_for("cases.caseload_page"))


@bp.get("/audit-findings/<uuid:finding_id>/reply")
@gate(Permission.CASELOAD)
def scheme_reply(
    finding_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    return _ask(finding_id, REPLYING, form or FindingReplyForm(), refusal)


@bp.post("/audit-findings/<uuid:finding_id>/reply")
@gate(Permission.CASELOAD)
@or_show(scheme_reply)
def scheme_replied(finding_id: UUID) -> Response:
    said = accepted(FindingReplyForm()).to_reply()
    reply_to_scheme_finding(
        db(), keystore(), keyring(), actor=viewer(), finding_id=finding_id, reply=said
    )
    db().commit()
    return see_other("cases.audit_findings")


@bp.get("/audit-findings/<uuid:finding_id>/proof")
@gate(Permission.CASELOAD)
def scheme_proof(
    finding_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    return _ask(finding_id, PROVING, form or FindingProofForm(), refusal)


@bp.post("/audit-findings/<uuid:finding_id>/proof")
@gate(Permission.CASELOAD)
@or_show(scheme_proof)
def scheme_proven(finding_id: UUID) -> Response:
    proof = accepted(FindingProofForm()).proof.data
    prove_scheme_finding(
        db(), keystore(), keyring(), actor=viewer(), finding_id=finding_id, proof=proof
    )
    db().commit()
    return see_other("cases.audit_findings")


def _ask(finding_id: UUID, words: tuple[str, str], form: VersionedForm, refusal: str) -> Response:
    shown = findings_to_answer(db(), keyring(), viewer())
    face = found_or_404([one for one in shown if one.id == finding_id], refusal)
    back = url_for("cases.audit_findings")
    return page(
        "cases/audit_finding_ask.html",
        heading=words[0],
        button=words[1],
        one=face,
        form=form,
        refusal=refusal,
        action=request.script_root + request.path,
        back_url=back,
    )
