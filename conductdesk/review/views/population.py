"""The closed cases, page by page, and the list of them to take away."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any
from uuid import UUID

from flask import Response, abort, request, url_for

from conductdesk.policy import Permission
from conductdesk.review.actions.exporting import Taken, note_export
from conductdesk.review.faces.population import population_shown
from conductdesk.review.forms.exporting import ExportForm
from conductdesk.review.forms.filtering import FilterForm
from conductdesk.review.queries.lines import CaseLine, lines_of_population
from conductdesk.review.queries.population import Wanted, count_population
from conductdesk.review.sheets import MEDIA_TYPES, written
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.desk import desk_page
from conductdesk.review.views.logs import (
    checks_kept,
    log_shown,
    schemes_audited,
    schemes_with_cases_first,
)
from conductdesk.review.views.offering import filter_form
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import download
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

COLUMNS = tuple(field.name for field in fields(CaseLine))


@bp.get("")
@gate(Permission.AUDIT)
def population() -> Response:
    form = filter_form()
    wanted = form.wanted(request.args.get("after", type=_uuid))
    shown = population_shown(db(), viewer(), wanted, checks_kept())
    return desk_page(
        "review/population.html",
        status=422 if form.errors else 200,
        form=form,
        wanted=wanted,
        schemes=schemes_audited(),
        population=shown,
        older=_older(form, shown.last) if shown.last else None,
        export=url_for("review.new_export", **form.chosen()),
        log=log_shown(wanted.scheme),
    )


@bp.get("/exports/new")
@gate(Permission.AUDIT)
def new_export(refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask what the list is for before it is taken away."""
    chosen, wanted = _of_one_scheme()
    return desk_page(
        "review/export.html",
        form=form or ExportForm(formdata=None),
        refusal=refusal,
        count=count_population(db(), viewer(), wanted),
        scheme=schemes_audited()[wanted.scheme],
        several=len(viewer().audits) > 1,
        narrowed=replace(wanted, scheme="").narrowed,
        action=url_for("review.export", **chosen),
        back_url=url_for("review.population", **chosen),
    )


@bp.post("/exports")
@gate(Permission.AUDIT)
@or_show(new_export)
def export() -> Response:
    form = accepted(ExportForm())
    _chosen, wanted = _of_one_scheme()
    lines, scheme = lines_of_population(db(), viewer(), wanted), wanted.scheme
    cases, taken = [line.pseudonym for line in lines], Taken("population", *form.chosen())
    note_export(db(), actor=viewer(), scheme=scheme, cases=cases, taken=taken)
    db().commit()
    data = written([asdict(line) for line in lines], COLUMNS, taken.how)
    return download(data, f"closed-cases-{scheme}.{taken.how}", MEDIA_TYPES[taken.how])


def _of_one_scheme() -> tuple[dict[str, Any], Wanted]:
    """Return what was chosen, of one scheme: each list is an entry in that scheme's log."""
    form = filter_form()
    if form.errors:
        abort(404)
    wanted = form.wanted()
    schemes = schemes_with_cases_first()
    scheme = wanted.scheme if wanted.scheme in schemes else next(iter(schemes))
    wanted = replace(wanted, scheme=scheme)
    return {**form.chosen(), "scheme": wanted.scheme}, wanted


def _older(form: FilterForm, last: UUID) -> str:
    return url_for("review.population", after=last, **form.chosen())


def _uuid(text: str) -> UUID:
    return UUID(text)
