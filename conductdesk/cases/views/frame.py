"""Answer with a page of a case, its identity bar around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from conductdesk.cases.clocks import running_clocks
from conductdesk.cases.faces.frame import CaseFrame, frame_of
from conductdesk.cases.models import Case
from conductdesk.web.page import page
from conductdesk.web.state import db
from conductdesk.web.surroundings import Link

NOTHING: Mapping[str, Any] = {}

BELOW: Mapping[str, str] = {
    "terms": "cases.inquiry",
    "respondents": "cases.inquiry",
    "evidence": "cases.inquiry",
    "report": "cases.inquiry",
    "decision": "cases.inquiry",
    "appointments": "cases.people",
    "conflicts": "cases.people",
    "parties": "cases.people",
    "barriers": "cases.people",
    "lifts": "cases.people",
}
"""Below which page of the sub-navigation a part of the address lies, where it is not its own."""


def case_page(
    case: Case, template: str, context: Mapping[str, Any] = NOTHING, **more: Any
) -> Response:
    """Render *template* with the case's identity bar; the template never receives the case."""
    frame = frame_of(case, running_clocks(db(), case))
    return page(template, **{"frame": frame, "links": links_of(frame), **context, **more})


def links_of(frame: CaseFrame) -> tuple[Link, ...]:
    """Return the sub-navigation of a case, with the page marked that this one is or lies below."""
    here = _page_here(str(frame.id))
    return tuple(
        Link(words, url_for(endpoint, case_id=frame.id), here=endpoint == here)
        for words, endpoint in frame.pages
    )


def _page_here(case_id: str) -> str:
    part = request.path.partition(case_id)[2].strip("/").partition("/")[0]
    return BELOW.get(part, f"cases.{part or 'overview'}")
