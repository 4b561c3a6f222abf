"""Findings of an audit that rest on several of its cases, or on none."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, request, url_for

from conductdesk.cases.faces.scheme_findings import SchemeFindingFace, scheme_finding_face
from conductdesk.cases.models import Case, Engagement, SchemeFinding
from conductdesk.cases.scheme_findings import audits, may_read
from conductdesk.cases.views.access import keys_of
from conductdesk.people.presence import keyring
from conductdesk.policy import Permission
from conductdesk.review.actions.summing_up import (
    make_scheme_finding,
    offices_held,
    settle_scheme_finding,
)
from conductdesk.review.forms.working import SchemeFindingForm, VerdictForm
from conductdesk.review.queries.engagements import cases_to_rest_on, engagement_of
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.desk import desk_page
from conductdesk.schemes.queries import packs_in_force
from conductdesk.vault.keys import CaseKeys
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore

WHO_READS = (
    "Its words are sealed to the scheme’s auditors and to those who hold the office that puts it "
    "right, also where they are not on these cases. Nobody reads it who is kept away from one of them. "
    "Write about what was done, and name nobody."
)


@bp.get("/audits/<uuid:engagement_id>/findings/new")
@gate(Permission.AUDIT)
def scheme_finding(
    engagement_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Ask for a finding on several cases, or on the scheme as a whole."""
    engagement = _engagement_or_404(engagement_id)
    heading, button = "Record a finding of the audit", "Record the finding"
    return _ask(engagement.id, heading, button, form or _form(engagement), refusal, ())


@bp.post("/audits/<uuid:engagement_id>/findings/new")
@gate(Permission.AUDIT)
@or_show(scheme_finding)
def scheme_finding_made(engagement_id: UUID) -> Response:
    engagement = _engagement_or_404(engagement_id)
    form = accepted(_form(engagement))
    make_scheme_finding(
        db(),
        keystore(),
        actor=viewer(),
        engagement=engagement,
        observed=form.to_observed(),
        seen_on=_chosen(engagement, form),
    )
    db().commit()
    return see_other("review.audit_report", engagement_id=engagement_id)


@bp.get("/audits/<uuid:engagement_id>/findings/<uuid:finding_id>/verdict")
@gate(Permission.AUDIT)
def scheme_verdict(
    engagement_id: UUID, finding_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Show a proof, and ask whether it is one."""
    face = _face_or_404(finding_id)
    words = face.finding
    rows = (("What was seen", words.observation), ("Reply", words.reply), ("Proof", words.proof))
    return _ask(
        engagement_id, "Is it proven?", "Record your answer", form or VerdictForm(), refusal, rows
    )


@bp.post("/audits/<uuid:engagement_id>/findings/<uuid:finding_id>/verdict")
@gate(Permission.AUDIT)
@or_show(scheme_verdict)
def scheme_finding_settled(engagement_id: UUID, finding_id: UUID) -> Response:
    said = accepted(VerdictForm()).to_verdict()
    settle_scheme_finding(db(), keystore(), actor=viewer(), finding_id=finding_id, verdict=said)
    db().commit()
    return see_other("review.audit_report", engagement_id=engagement_id)


def _engagement_or_404(engagement_id: UUID) -> Engagement:
    found = engagement_of(db(), viewer(), engagement_id)
    if found is None:
        abort(404)
    return found


def _face_or_404(finding_id: UUID) -> SchemeFindingFace:
    found = db().get(SchemeFinding, finding_id)
    if found is None or not audits(viewer(), found) or not may_read(db(), viewer(), found):
        abort(404)
    return scheme_finding_face(db(), keyring(), viewer(), found)


def _form(engagement: Engagement) -> SchemeFindingForm:
    pack = next(one for one in packs_in_force(db()) if one.key == engagement.scheme)
    held = offices_held(db(), engagement.scheme)
    offices = {one.key: one.name for one in pack.offices if one.key in held}
    cases = cases_to_rest_on(db(), viewer(), engagement)
    return SchemeFindingForm.about({str(one.id): one.code_name for one in cases}, offices)


def _chosen(engagement: Engagement, form: SchemeFindingForm) -> list[tuple[Case, CaseKeys]]:
    offered, ticked = cases_to_rest_on(db(), viewer(), engagement), set(form.cases.data or ())
    return [(one, keys_of(one)) for one in offered if str(one.id) in ticked]


def _ask(
    engagement_id: UUID,
    heading: str,
    button: str,
    form: PageForm,
    refusal: str,
    rows: tuple[tuple[str, str], ...],
) -> Response:
    return desk_page(
        "review/audit_ask.html",
        heading=heading,
        button=button,
        words=WHO_READS,
        rows=rows,
        form=form,
        refusal=refusal,
        action=request.script_root + request.path,
        back=url_for("review.audit_report", engagement_id=engagement_id),
    )
