"""A check of one log, made when the auditor asks for it."""

from __future__ import annotations

from datetime import timedelta

from flask import Response, abort, request

from conductdesk.policy import Permission
from conductdesk.review.forms.checking import CheckForm
from conductdesk.review.queries.checking import check_log, newest_checkpoint
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.desk import desk_page
from conductdesk.review.views.logs import (
    chosen_scheme,
    keep_check,
    log_shown,
    schemes_audited,
    schemes_with_cases_first,
)
from conductdesk.web.gate import gate, viewer
from conductdesk.web.limits import allow
from conductdesk.web.page import download, see_other
from conductdesk.web.state import db, keystore, services

CHECKS_AN_HOUR = 30
"""A check reads the whole log, so nobody may start them without end."""


@bp.get("/verification")
@gate(Permission.AUDIT)
def verification() -> Response:
    return _verification_page(
        CheckForm(formdata=None, scheme=chosen_scheme(request.args.get("scheme")))
    )


@bp.post("/verification")
@gate(Permission.AUDIT)
def verify() -> Response:
    if not allow(
        db(), f"check:{viewer().pseudonym}", limit=CHECKS_AN_HOUR, window=timedelta(hours=1)
    ):
        abort(429)
    form = CheckForm()
    form.offer(schemes_audited())
    if not form.validate():
        return _verification_page(form, status=422)
    db().rollback()  # nobody waits for a lock while the log is read
    found = check_log(services().database, keystore(), form.scheme.data, form.outside())
    keep_check(found)
    return see_other("review.verification", scheme=found.scheme)


@bp.get("/checkpoints/<scheme>")
@gate(Permission.AUDIT)
def checkpoint(scheme: str) -> Response:
    newest = newest_checkpoint(db(), scheme) if scheme in viewer().audits else None
    if newest is None:
        abort(404)
    return download(newest.note.encode(), f"{scheme}-{newest.size}.txt", "text/plain")


def _verification_page(form: CheckForm, *, status: int = 200) -> Response:
    schemes = schemes_with_cases_first()
    form.offer(schemes)
    return desk_page(
        "review/verification.html",
        status=status,
        form=form,
        schemes=schemes,
        log=log_shown(chosen_scheme(form.scheme.data)),
    )
