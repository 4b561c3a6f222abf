"""What there is to choose from on the auditor's desk."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from conductdesk.cases.words import ROUTES
from conductdesk.review.forms.filtering import FilterForm, Offered
from conductdesk.review.queries.population import handlers_of_population
from conductdesk.review.views.logs import schemes_audited
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import packs_in_force
from conductdesk.web.gate import viewer
from conductdesk.web.state import db


def filter_form() -> FilterForm:
    """Return the filter that the address says, with what there is to choose from."""
    form = FilterForm(request.args)
    form.offer(offered())
    form.validate()
    return form


def offered() -> Offered:
    """Return what the schemes that the viewer audits know, and who handled their cases."""
    packs = [pack for pack in packs_in_force(db()) if pack.key in viewer().audits]
    return Offered(
        schemes=schemes_audited(),
        kinds=_named((one.key, one.name) for pack in packs for one in pack.kinds),
        routes=ROUTES,
        outcomes=outcome_names(packs),
        handlers=handlers_of_population(db(), viewer()),
    )


def outcome_names(packs: Iterable[Pack]) -> dict[str, str]:
    """Return what the schemes call each kind of outcome; the first scheme's name counts."""
    return _named((one.key, one.name) for pack in packs for one in pack.outcomes)


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, name in pairs:
        found.setdefault(key, name)
    return dict(sorted(found.items(), key=lambda pair: pair[1]))
