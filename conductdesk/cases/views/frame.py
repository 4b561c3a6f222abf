"""Answer with a page of a case, its identity bar around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, request, url_for

from conductdesk.cases.clocks import running_clocks
from conductdesk.cases.faces.frame import PAGES, CaseFrame, frame_of
from conductdesk.cases.models import Case
from conductdesk.web.page import page
from conductdesk.web.state import db
from conductdesk.web.surroundings import Link

NOTHING: Mapping[str, Any] = {}


def case_page(
    case: Case, template: str, context: Mapping[str, Any] = NOTHING, **more: Any
) -> Response:
    """Render *template* with the case's identity bar; the template never receives the case."""
    frame = frame_of(case, running_clocks(db(), case))
    return page(template, **{"frame": frame, "links": links_of(frame), **context, **more})


def links_of(frame: CaseFrame) -> tuple[Link, ...]:
    """Return the sub-navigation of a case, with the present page marked."""
    return tuple(
        Link(words, url_for(endpoint, case_id=frame.id), here=request.endpoint == endpoint)
        for words, endpoint in PAGES
    )
