"""Answer with a page of the auditor's desk, its sub-navigation around it."""

from __future__ import annotations

from flask import Response, abort, request, url_for

from conductdesk.review.sheets import Format
from conductdesk.web.page import page
from conductdesk.web.surroundings import Link

PAGES = (
    ("Closed cases", "review.population"),
    ("Samples", "review.samples"),
    ("Control tests", "review.controls"),
    ("Audits", "review.audits"),
    ("Check the log", "review.verification"),
)


def desk_page(
    template: str, *, fragment: str | None = None, status: int = 200, **context: object
) -> Response:
    """Render *template*, or its block *fragment*, with the way to the other pages of the desk."""
    return page(template, fragment, status=status, desk=_links(), **context)


def format_or_404(how: str) -> Format:
    """Return the format that an address asks for."""
    if how not in list(Format):
        abort(404)
    return Format(how)


def _links() -> tuple[Link, ...]:
    here = _page_here()
    return tuple(
        Link(words, url_for(endpoint), here=url_for(endpoint) == here) for words, endpoint in PAGES
    )


def _page_here() -> str:
    """Return the address of the page that this one is or lies below: the longest that fits."""
    path = request.script_root + request.path
    addresses = (url_for(endpoint) for _words, endpoint in PAGES)
    return max((one for one in addresses if path.startswith(one)), key=len, default="")
