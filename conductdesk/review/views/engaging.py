"""Audits: begin one, read its report as it stands, and take it away as a PDF."""

from __future__ import annotations

from importlib import import_module
from uuid import UUID

from flask import Response, abort, render_template
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case, Engagement
from conductdesk.cases.queries import lock_in_turn
from conductdesk.cases.views.access import keys_of
from conductdesk.db import start_writing
from conductdesk.people.presence import keyring, this_sign_in
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.review.actions.engaging import begin_audit, report_audit
from conductdesk.review.actions.reviewing import is_review_noted, note_review
from conductdesk.review.faces.report import ReportFace, report_of
from conductdesk.review.forms.engaging import AuditForm, ReportForm
from conductdesk.review.queries.engagements import (
    cases_looked_at,
    engagement_of,
    engagements_of,
)
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.desk import desk_page
from conductdesk.review.views.logs import checks_kept, schemes_audited, schemes_with_cases_first
from conductdesk.schemes.queries import packs_in_force
from conductdesk.vault.models import Keyring
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import download, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore, services


@bp.get("/audits")
@gate(Permission.AUDIT)
def audits(refusal: str = "", form: PageForm | None = None) -> Response:
    return desk_page(
        "review/audits.html",
        rows=engagements_of(db(), viewer()),
        schemes=schemes_audited(),
        form=form or AuditForm.on(schemes_with_cases_first()),
        refusal=refusal,
    )


@bp.post("/audits")
@gate(Permission.AUDIT)
@or_show(audits)
def audit_begun() -> Response:
    form = accepted(AuditForm.on(schemes_with_cases_first()))
    begun = begin_audit(db(), actor=viewer(), period=form.to_period())
    db().commit()
    return see_other("review.audit_report", engagement_id=begun.id)


@bp.get("/audits/<uuid:engagement_id>")
@gate(Permission.AUDIT)
def audit_report(engagement_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    _note_reads(_engagement_or_404(engagement_id))
    shown = _report(db(), _engagement_or_404(engagement_id), keyring())
    asked = form or ReportForm()
    return desk_page("review/audit_report.html", report=shown, form=asked, refusal=refusal)


@bp.post("/audits/<uuid:engagement_id>/reports")
@gate(Permission.AUDIT)
@or_show(audit_report)
def audit_reported(engagement_id: UUID) -> Response:
    _note_reads(_engagement_or_404(engagement_id))
    form = accepted(ReportForm())
    shown, pdf = _written(engagement_id, form)
    report_audit(
        db(),
        actor=viewer(),
        engagement=_engagement_or_404(engagement_id),
        opinion=form.opinion.data,
        pdf=pdf,
        counts=shown.counts,
    )
    db().commit()
    return download(pdf, f"audit-{shown.key}.pdf", "application/pdf")


def _engagement_or_404(engagement_id: UUID) -> Engagement:
    found = engagement_of(db(), viewer(), engagement_id)
    if found is None:
        abort(404)
    return found


def _written(engagement_id: UUID, form: ReportForm) -> tuple[ReportFace, bytes]:
    """Return the report and its PDF; it takes its time, and nobody waits for a lock meanwhile."""
    own, said = keyring(), {"opinion": form.opinion_words, "conclusion": form.conclusion.data}
    db().rollback()
    with services().database.reading() as reading:
        engagement = reading.get_one(Engagement, engagement_id)
        shown = _report(reading, engagement, own)
    html = render_template("review/report_pdf.html", report=shown, **said)
    db().rollback()
    return shown, _pdf(html)


def _report(reading: Session, engagement: Engagement, own: Keyring | None) -> ReportFace:
    pack = next(one for one in packs_in_force(reading) if one.key == engagement.scheme)
    return report_of(
        reading,
        keystore(),
        own,
        viewer=viewer(),
        engagement=engagement,
        pack=pack,
        check=checks_kept().get(engagement.scheme),
    )


def _note_reads(engagement: Engagement) -> None:
    """Leave an entry on each case of which the report shows words, before it shows them."""
    ids = [case.id for case in cases_looked_at(db(), viewer(), engagement) if not _is_noted(case)]
    if ids:
        start_writing(db())
        for case in lock_in_turn(db(), ids):
            note_review(db(), case, keys_of(case), actor=viewer(), sign_in=this_sign_in())
        db().commit()


def _is_noted(case: Case) -> bool:
    return is_review_noted(db(), case, sign_in=this_sign_in())


def _pdf(html: str) -> bytes:
    """Return the PDF of *html*; what makes it is loaded now, because most people need none."""
    try:
        made: bytes = import_module("conductdesk.review.pdf").as_pdf(html)
    except OSError as error:  # Pango is a library of the system
        raise Refused(
            "This server cannot make PDF files: its administrator has to install Pango. "
            "Print the page from your browser meanwhile."
        ) from error
    return made
