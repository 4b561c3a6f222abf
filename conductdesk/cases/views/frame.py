"""Answer with a page of a case, its identity bar around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from flask import Response, request, url_for

from conductdesk.cases.clocks import running_clocks
from conductdesk.cases.faces.frame import CaseFrame, frame_of
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of
from conductdesk.policy import Permission, may
from conductdesk.web.gate import permission_of, viewer
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
    """Render *template* with the case's identity bar; the template never receives the case.

    `can(endpoint)` tells the template what it may offer.
    """
    frame = frame_of(case, running_clocks(db(), case))
    around = {"frame": frame, "links": links_of(frame), "can": _can_on(case)}
    return page(template, **{**around, **context, **more})


def powers_on(case: Case) -> frozenset[Permission]:
    """Return what the viewer may do on *case*, so that a page offers nothing else."""
    facts = facts_of(db(), case)
    return frozenset(one for one in Permission if may(viewer(), one, facts))


def _can_on(case: Case) -> Callable[[str], bool]:
    """Return what answers whether the viewer may use an endpoint on *case*; asked late, and once."""
    powers = cache(partial(powers_on, case))
    return lambda endpoint: permission_of(endpoint) in powers()


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
