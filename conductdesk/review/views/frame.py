"""Answer with a page of a closed case, its identity bar around it."""

from __future__ import annotations

from flask import Response, request, url_for

from conductdesk.cases.faces.frame import frame_of
from conductdesk.cases.models import Case
from conductdesk.cases.views.asking import Ask
from conductdesk.web.form import PageForm
from conductdesk.web.page import page
from conductdesk.web.surroundings import Link

PAGES = (
    ("Record", "review.record"),
    ("Walk", "review.walk"),
    ("History", "review.history"),
    ("Audit work", "review.work"),
)


def review_page(case: Case, template: str, *, status: int = 200, **context: object) -> Response:
    """Render *template* with the identity bar of a closed case; no template receives the case."""
    links = tuple(
        Link(words, url_for(endpoint, case_id=case.id), here=_here() == endpoint)
        for words, endpoint in PAGES
    )
    back = url_for("review.population")
    frame = frame_of(case, ())
    return page(template, None, status=status, frame=frame, links=links, back_url=back, **context)


def review_ask(case: Case, ask: Ask, form: PageForm, refusal: str) -> Response:
    """Show one form about a closed case on a page of its own."""
    return review_page(
        case,
        "cases/ask.html",
        ask=ask,
        form=form,
        refusal=refusal,
        action=request.script_root + request.path,
        back=url_for(ask.back, case_id=case.id),
    )


def _here() -> str | None:
    """Return the page of the sub-navigation that this one is, or lies below."""
    pages = {endpoint for _words, endpoint in PAGES}
    return request.endpoint if request.endpoint in pages else "review.work"
