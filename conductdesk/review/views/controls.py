"""Control tests: try all when asked to, see one with its exceptions, and take those away."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Response, abort, request, session, url_for

from conductdesk import clock
from conductdesk.policy import Permission
from conductdesk.review.actions.exporting import Taken, note_export
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.controls.control import Control
from conductdesk.review.controls.trying import try_all, try_one
from conductdesk.review.faces.controls import (
    COLUMNS,
    Tally,
    Tried,
    control_shown,
    controls_listed,
    exception_rows,
    tally_of,
)
from conductdesk.review.forms.controls import ControlsForm
from conductdesk.review.purposes import Purpose
from conductdesk.review.queries.population import Wanted
from conductdesk.review.sheets import MEDIA_TYPES, written
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.desk import desk_page, format_or_404
from conductdesk.review.views.logs import schemes_audited
from conductdesk.review.views.offering import schemes_with_cases_first
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
    """List every test, with what it found when all were tried last."""
    tried = _tried()
    shown = form or ControlsForm(formdata=None, data=tried.chosen if tried else None)
    if isinstance(shown, ControlsForm):
        shown.offer(schemes_with_cases_first())
    return desk_page(
        "review/controls.html",
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
    form = ControlsForm()
    form.offer(schemes_with_cases_first())
    wanted = accepted(form).wanted()
    db().rollback()  # nobody waits for a lock while the cases are looked at
    results = try_all(db(), viewer(), wanted)
    tallies = {key: asdict(tally_of(result)) for key, result in results.items()}
    session[TRIED] = {"at": clock.now().isoformat(), "chosen": form.chosen(), "tallies": tallies}
    return see_other("review.controls")


@bp.get("/controls/<key>")
@gate(Permission.AUDIT)
def control(key: str) -> Response:
    found = _control_or_404(key)
    chosen, wanted = _chosen()
    shown = control_shown(db(), found, try_one(db(), viewer(), wanted, found))
    return desk_page(
        "review/control.html",
        control=shown,
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


def _tried() -> Tried | None:
    kept = session.get(TRIED)
    if kept is None or kept["chosen"].get("scheme") not in viewer().audits:
        return None
    tallies = {key: Tally(**tally) for key, tally in kept["tallies"].items()}
    return Tried(datetime.fromisoformat(kept["at"]), kept["chosen"], tallies)
