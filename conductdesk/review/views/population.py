"""The closed cases, page by page."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for

from conductdesk.policy import Permission
from conductdesk.review.faces.population import population_shown
from conductdesk.review.forms.filtering import FilterForm
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.logs import (
    checks_kept,
    log_shown,
    schemes_audited,
)
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page
from conductdesk.web.state import db


@bp.get("")
@gate(Permission.AUDIT)
def population() -> Response:
    form = _filter_form()
    wanted = form.wanted(request.args.get("after", type=_uuid))
    shown = population_shown(db(), viewer(), wanted, checks_kept())
    return page(
        "review/population.html",
        status=422 if form.errors else 200,
        form=form,
        wanted=wanted,
        schemes=schemes_audited(),
        population=shown,
        older=_older(form, shown.last) if shown.last else None,
        log=log_shown(wanted.scheme),
    )


def _filter_form() -> FilterForm:
    form = FilterForm(request.args)
    form.offer(schemes_audited())
    form.validate()
    return form


def _older(form: FilterForm, last: UUID) -> str:
    chosen = {"scheme": form.scheme.data, "closed_from": form.closed_from.data}
    to = form.closed_to.data
    return url_for("review.population", after=last, closed_to=to, **chosen)


def _uuid(text: str) -> UUID:
    return UUID(text)
