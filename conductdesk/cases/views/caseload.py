"""The list of cases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace

from flask import Response, request, url_for

from conductdesk.cases.faces.caseload import LIST_NAMES, Caseload, caseload
from conductdesk.cases.faces.listing import COUNTED, Filter
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.words import state_words
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import is_fragment_request, page
from conductdesk.web.state import db
from conductdesk.web.surroundings import Link

LISTED = [state for state in State if state not in (State.DRAFT, State.DESTROYED)]


@bp.get("/cases")
@gate(Permission.CASELOAD)
def caseload_page() -> Response:
    """Show one page of the viewer's caseload."""
    wanted = _wanted()
    load = caseload(db(), viewer(), wanted)
    return page(
        "cases/caseload.html",
        fragment="caseload",
        wanted=wanted,
        load=load,
        list_names=LIST_NAMES,
        views=_views(wanted, load.counts),
        selects=_selects(load.schemes),
        older=_older(wanted, load),
        said=load.found if is_fragment_request() else "",
    )


def _views(wanted: Filter, counts: dict[str, int]) -> list[Link]:
    return [
        Link(
            f"{words} ({_number(counts[show])})",
            url_for("cases.caseload_page", show=show),
            here=wanted.show == show,
        )
        for show, words in LIST_NAMES.items()
    ]


def _number(count: int) -> str:
    return str(count) if count < COUNTED else f"{COUNTED - 1}+"


def _selects(schemes: Mapping[str, str]) -> list[tuple[str, str, str, list[tuple[str, str]]]]:
    states = [(state.value, state_words(state)) for state in LISTED]
    return [
        ("Scheme", "scheme", "All schemes", list(schemes.items())),
        ("State", "state", "All states", states),
        ("Clock", "clock", "Any", [("overdue", "Overdue"), ("soon", "Due in 3 days")]),
    ]


def _older(wanted: Filter, load: Caseload) -> str | None:
    if load.next_after is None:
        return None
    return url_for("cases.caseload_page", **asdict(replace(wanted, after=load.next_after)))


def _wanted() -> Filter:
    given = request.args
    show = given.get("show", "open")
    return Filter(
        show=show if show in LIST_NAMES else "open",
        scheme=given.get("scheme", ""),
        state=given.get("state", ""),
        clock=given.get("clock", ""),
        after=given.get("after", ""),
    )
