"""Steps that the tests of samples share: announce a draw, and make it."""

from __future__ import annotations

from conductdesk.cases.models import Sample
from conductdesk.review.actions.sampling import Planned, announce_sample, draw_sample
from conductdesk.review.queries.lines import lines_of_population
from conductdesk.review.queries.population import Wanted
from conductdesk.review.rules import Method
from tests.cast import Cast


def announced(cast: Cast, method: Method = Method.RANDOM, who: str = "auditor") -> Sample:
    viewer, planned = cast.viewer(who), Planned("wcc", method, 2, "a public number")
    lines = lines_of_population(cast.db, viewer, Wanted("wcc"))
    sample = announce_sample(cast.db, actor=viewer, planned=planned, lines=lines)
    cast.db.commit()
    return sample


def drawn(cast: Cast, sample: Sample, who: str = "auditor") -> Sample:
    draw_sample(cast.db, cast.keystore, actor=cast.viewer(who), sample=sample)
    cast.db.commit()
    return sample
