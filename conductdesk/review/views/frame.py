"""Answer with a page of a closed case, its identity bar around it."""

from __future__ import annotations

from flask import Response, request, url_for

from conductdesk.cases.faces.frame import frame_of
from conductdesk.cases.models import Case
from conductdesk.web.page import page
from conductdesk.web.surroundings import Link

PAGES = (
    ("Record", "review.record"),
    ("Walk", "review.walk"),
    ("History", "review.history"),
)


def review_page(case: Case, template: str, *, status: int = 200, **context: object) -> Response:
    """Render *template* with the identity bar of a closed case; no template receives the case."""
    links = tuple(
        Link(words, url_for(endpoint, case_id=case.id), here=request.endpoint == endpoint)
        for words, endpoint in PAGES
    )
    back = url_for("review.population")
    frame = frame_of(case, ())
    return page(template, None, status=status, frame=frame, links=links, back_url=back, **context)
