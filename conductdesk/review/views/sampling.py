"""Samples: draw one, see every draw by its number, and take one's own away to draw it again."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Response, abort, url_for

from conductdesk.cases.models import Sample
from conductdesk.policy import Permission
from conductdesk.review.actions.exporting import Taken, note_export
from conductdesk.review.actions.sampling import Planned, announce_sample, draw_sample
from conductdesk.review.faces.samples import (
    draws_shown,
    sample_as_json,
    sample_rows,
    sample_shown,
)
from conductdesk.review.forms.sampling import SampleForm
from conductdesk.review.purposes import Purpose
from conductdesk.review.queries.lines import lines_of_population
from conductdesk.review.queries.population import Wanted
from conductdesk.review.queries.samples import own_sample
from conductdesk.review.sheets import MEDIA_TYPES, Format, as_csv, as_json
from conductdesk.review.views.blueprint import bp
from conductdesk.review.views.desk import desk_page, format_or_404
from conductdesk.review.views.logs import schemes_audited
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import download, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore

COLUMNS = ("place", "case", "pseudonym", "stratum")


@bp.get("/samples")
@gate(Permission.AUDIT)
def samples(refusal: str = "", form: PageForm | None = None) -> Response:
    """Show every draw, and the form for the next one."""
    schemes = schemes_audited()
    shown = form or SampleForm(formdata=None)
    if isinstance(shown, SampleForm):
        shown.offer(schemes)
    draws = draws_shown(db(), viewer())
    return desk_page(
        "review/samples.html", form=shown, refusal=refusal, draws=draws, schemes=schemes
    )


@bp.post("/samples")
@gate(Permission.AUDIT)
@or_show(samples)
def announce() -> Response:
    form = SampleForm()
    form.offer(schemes_audited())
    announced = _announce(accepted(form).planned(schemes_audited()))
    db().commit()  # the seed is signed over what stands in the log
    for sample_id in announced:
        draw_sample(db(), keystore(), actor=viewer(), sample=_own_or_404(sample_id))
    db().commit()
    return _drawn(announced)


@bp.get("/samples/<uuid:sample_id>")
@gate(Permission.AUDIT)
def sample(sample_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    """Show one draw, and how to make it again."""
    return desk_page(
        "review/sample.html",
        refusal=refusal,
        form=form,
        sample=sample_shown(db(), viewer(), _own_or_404(sample_id)),
        schemes=schemes_audited(),
        back_url=url_for("review.samples"),
    )


@bp.post("/samples/<uuid:sample_id>/draw")
@gate(Permission.AUDIT)
@or_show(sample)
def draw_announced(sample_id: UUID) -> Response:
    draw_sample(db(), keystore(), actor=viewer(), sample=_own_or_404(sample_id))
    db().commit()
    return see_other("review.sample", sample_id=sample_id)


@bp.post("/samples/<uuid:sample_id>/exports/<how>")
@gate(Permission.AUDIT)
def export_sample(sample_id: UUID, how: str) -> Response:
    found = _own_or_404(sample_id)
    shown, form = sample_shown(db(), viewer(), found), format_or_404(how)
    taken = Taken(f"sample {shown.number}", Purpose.SAMPLE, form)
    cases = [one.pseudonym for one in shown.cases]
    note_export(db(), actor=viewer(), scheme=shown.scheme, taken=taken, cases=cases)
    data = (
        as_csv(sample_rows(shown), COLUMNS)
        if form is Format.CSV
        else as_json(sample_as_json(shown, found))
    )
    db().commit()
    return download(data, shown.file.replace(".json", f".{how}"), MEDIA_TYPES[form])


def _announce(planned: Mapping[str, tuple[Planned, Wanted]]) -> list[UUID]:
    """Announce a draw in each scheme; of several, those without a closed case are passed over."""
    found = {
        scheme: lines_of_population(db(), viewer(), wanted)
        for scheme, (_plan, wanted) in planned.items()
    }
    chosen = [one for one in planned if found[one]] or list(planned)[:1]
    return [
        announce_sample(db(), actor=viewer(), planned=planned[one][0], lines=found[one]).id
        for one in chosen
    ]


def _own_or_404(sample_id: UUID) -> Sample:
    found = own_sample(db(), viewer(), sample_id)
    if found is None:
        abort(404)
    return found


def _drawn(announced: list[UUID]) -> Response:
    if len(announced) == 1:
        return see_other("review.sample", sample_id=announced[0])
    return see_other("review.samples")
