"""Control tests: try all when asked to, see one with its exceptions, and take those away."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, abort, request, session, url_for

from conductdesk import clock
from conductdesk.policy import Permission
from conductdesk.review.actions.exporting import Taken, note_export
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.controls.control import Control, Result
from conductdesk.review.controls.trying import try_next, try_one, try_one_on
from conductdesk.review.faces.controls import (
    COLUMNS,
    control_shown,
    controls_listed,
    exception_rows,
)
from conductdesk.review.faces.trial import Tally, Trial, tally_of, trial_of
from conductdesk.review.forms.controls import ControlsForm
from conductdesk.review.purposes import Purpose
from conductdesk.review.queries.population import Wanted, count_population
from conductdesk.review.sheets import MEDIA_TYPES, written
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.desk import desk_page, format_or_404
from conductdesk.review.views.logs import schemes_audited, schemes_with_cases_first
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import download, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

TRIED = "controls_tried"
"""Where the session keeps what the last trial of this sign-in found."""


@bp.get("/controls")
@gate(Permission.AUDIT)
def controls(refusal: str = "", form: PageForm | None = None) -> Response:
    """List every test, with what it has found since all were tried last."""
    tried = _tried()
    shown = form or ControlsForm(formdata=None, data=tried.chosen if tried else None)
    if isinstance(shown, ControlsForm):
        shown.offer(schemes_with_cases_first())
    return desk_page(
        "review/controls.html",
        fragment="trial",
        form=shown,
        refusal=refusal,
        tried=tried,
        controls=controls_listed(tried),
        schemes=schemes_with_cases_first(),
    )


@bp.post("/controls")
@gate(Permission.AUDIT)
@or_show(controls)
def try_controls() -> Response:
    """Begin with the newest cases; the page of the tests goes on."""
    form = ControlsForm()
    form.offer(schemes_with_cases_first())
    wanted = accepted(form).wanted()
    total = count_population(db(), viewer(), wanted)
    _go_on(Trial(clock.now(), form.chosen(), total), wanted)
    return see_other("review.controls")


@bp.get("/controls/trial")
@gate(Permission.AUDIT)
@or_show(controls)
def trial() -> Response:
    """Look at the next cases; what is found lies in the session, and nothing else changes."""
    tried = _tried()
    if tried is None or not tried.goes_on:
        return see_other("review.controls")
    form = ControlsForm(formdata=None, data=tried.chosen)
    form.offer(schemes_with_cases_first())
    _go_on(tried, form.wanted())
    return controls()


@bp.get("/controls/<key>")
@gate(Permission.AUDIT)
def control(key: str) -> Response:
    """Show one test with its exceptions; on the cases where a trial found some, if there was one."""
    found = _control_or_404(key)
    chosen, wanted = _chosen()
    result, tally = _found(found, chosen, wanted)
    return desk_page(
        "review/control.html",
        control=control_shown(db(), found, result, tally),
        chosen=chosen,
        scheme=schemes_audited()[wanted.scheme],
        wanted=wanted,
        back_url=url_for("review.controls"),
    )


@bp.post("/controls/<key>/exports/<how>")
@gate(Permission.AUDIT)
def export_control(key: str, how: str) -> Response:
    found, (_, wanted) = _control_or_404(key), _chosen()
    result = try_one(db(), viewer(), wanted, found)
    taken = Taken(f"control {key}", Purpose.CONTROLS, format_or_404(how))
    cases = sorted({one.pseudonym for one in result.exceptions if one.pseudonym})
    note_export(db(), actor=viewer(), scheme=wanted.scheme, taken=taken, cases=cases)
    db().commit()
    data = written(exception_rows(found, result), COLUMNS, taken.how)
    return download(data, f"control-{key}-{wanted.scheme}.{how}", MEDIA_TYPES[taken.how])


def _control_or_404(key: str) -> Control:
    if key not in CONTROLS:
        abort(404)
    return CONTROLS[key]


def _chosen() -> tuple[dict[str, Any], Wanted]:
    """Return the population that the address says."""
    form = ControlsForm(request.args)
    form.offer(schemes_with_cases_first())
    if not form.validate():
        abort(404)
    return form.chosen(), form.wanted()


def _go_on(tried: Trial, wanted: Wanted) -> None:
    db().rollback()  # nobody waits for a lock while the cases are looked at
    results, count, behind = try_next(db(), viewer(), wanted, tried.behind)
    session[TRIED] = tried.with_step(results, count, behind).kept()


def _found(control: Control, chosen: dict[str, Any], wanted: Wanted) -> tuple[Result, Tally]:
    """Return what a test finds; where a whole trial tells which cases have exceptions, on them."""
    tried = _tried()
    if control.of_case and tried and tried.tallies and tried.chosen == chosen and not tried.goes_on:
        tally = tried.tallies[control.key]
        only = [UUID(one) for one in tally.cases]
        return try_one_on(db(), viewer(), wanted, control, only), tally
    result = try_one(db(), viewer(), wanted, control)
    return result, tally_of(result)


def _tried() -> Trial | None:
    kept = session.get(TRIED)
    if kept is None or kept["chosen"].get("scheme") not in viewer().audits:
        return None
    return trial_of(kept)
