"""Bundles that an auditor takes away: one closed case, or all of a scheme, to be checked elsewhere."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Response, abort, url_for

from conductdesk.audit.bundle import Export, bundle_files
from conductdesk.audit.zipping import zipped
from conductdesk.cases.views.access import keys_of
from conductdesk.people.presence import keyring
from conductdesk.policy import Permission
from conductdesk.review.actions.bundling import export_case, export_log
from conductdesk.review.forms.bundling import BundleForm
from conductdesk.review.queries.opening import Openings
from conductdesk.review.views.access import reviewed_case_or_404
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.desk import desk_page
from conductdesk.review.views.frame import review_page
from conductdesk.review.views.logs import schemes_audited
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.limits import allow
from conductdesk.web.page import download
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore, services

BUNDLES_AN_HOUR = 30
"""A bundle reads the whole log, so nobody may take them without end."""


@bp.get("/bundles/<scheme>/new")
@gate(Permission.AUDIT)
def new_bundle(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask what the bundle of all closed cases is for."""
    return desk_page(
        "review/bundle.html",
        form=form or BundleForm(formdata=None),
        refusal=refusal,
        name=_audited_or_404(scheme),
        action=url_for("review.bundle", scheme=scheme),
        back_url=url_for("review.verification", scheme=scheme),
    )


@bp.post("/bundles/<scheme>")
@gate(Permission.AUDIT)
@or_show(new_bundle)
def bundle(scheme: str) -> Response:
    _audited_or_404(scheme)
    form = accepted(BundleForm())
    _limit()
    made = export_log(db(), keystore(), scheme, actor=viewer(), purpose=form.chosen())
    db().commit()
    return _sent(made, f"{scheme}-{made.head.size}.zip")


@bp.get("/cases/<uuid:case_id>/bundle/new")
@gate(Permission.REVIEW)
def new_case_bundle(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask what the bundle of one case is for."""
    return review_page(
        reviewed_case_or_404(case_id),
        "review/case_bundle.html",
        form=form or BundleForm(formdata=None),
        refusal=refusal,
        name="",
        action=url_for("review.case_bundle", case_id=case_id),
    )


@bp.post("/cases/<uuid:case_id>/bundle")
@gate(Permission.REVIEW)
@or_show(new_case_bundle)
def case_bundle(case_id: UUID) -> Response:
    reviewed_case_or_404(case_id)
    form = accepted(BundleForm())
    _limit()
    case = reviewed_case_or_404(case_id)
    made = export_case(db(), case, keys_of(case), actor=viewer(), purpose=form.chosen())
    db().commit()
    return _sent(made, f"case-{made.head.size}.zip")


def _audited_or_404(scheme: str) -> str:
    name = schemes_audited().get(scheme)
    if name is None:
        abort(404)
    return name


def _limit() -> None:
    who, hour = viewer().pseudonym, timedelta(hours=1)
    if not allow(db(), f"bundle:{who}", limit=BUNDLES_AN_HOUR, window=hour):
        abort(429)


def _sent(made: Export, name: str) -> Response:
    """Send the zip as it is made; each piece of it is read when the last one has left."""
    opener = Openings(keystore(), keyring())
    files = bundle_files(services().database, made, opener)
    return download(zipped(files), name, "application/zip")
