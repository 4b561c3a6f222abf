"""The pages on which a case is read."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for

from conductdesk.cases.audit_rows import waiting_for_officers
from conductdesk.cases.faces.concern import concern_of
from conductdesk.cases.faces.history import PAGE, history_of, newest_acts_of
from conductdesk.cases.faces.links import linked_to
from conductdesk.cases.faces.next_step import next_step
from conductdesk.cases.faces.note import correction_of, note_standing
from conductdesk.cases.faces.overview import overview_of
from conductdesk.cases.faces.parties import who_reads
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.standing import move_facts
from conductdesk.cases.unreached import unreached
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission
from conductdesk.vault.models import Compartment
from conductdesk.web.gate import gate, viewer
from conductdesk.web.state import db

ON_THE_OVERVIEW = 6
"""How many happenings the overview shows."""
LONGEST_INDEX = 15
"""Digits of an entry's index; a database counts to 18."""


@bp.get("/cases/<uuid:case_id>")
@gate(Permission.READ)
def overview(case_id: UUID) -> Response:
    """Show where the case stands, and what it needs next."""
    case = case_or_404(case_id)
    keys = keys_of(case)
    facts = move_facts(db(), case)
    return case_page(
        case,
        "cases/overview.html",
        _people_on(case),
        step=next_step(State(case.state), facts, waiting_for_officers(db(), case)),
        open_items=facts.open_items,
        about=overview_of(db(), case, keys, pack_of(db(), case)),
        happenings=newest_acts_of(db(), case, keys, ON_THE_OVERVIEW),
        linked=linked_to(db(), case, viewer()),
    )


@bp.get("/cases/<uuid:case_id>/concern")
@gate(Permission.READ)
def concern(case_id: UUID) -> Response:
    """Show what the reporter sent."""
    case = case_or_404(case_id)
    keys = keys_of(case)
    can_read = keys.holds(Compartment.INTAKE)
    face = concern_of(db(), case, keys, pack_of(db(), case)) if can_read else None
    correction = correction_of(db(), case, keys) if can_read else ""
    shown = {"concern": face, "note": note_standing(db(), case), "correction": correction}
    return case_page(case, "cases/concern.html", shown)


@bp.get("/cases/<uuid:case_id>/history")
@gate(Permission.READ)
def history(case_id: UUID) -> Response:
    """Show every log entry of the case, a page at a time."""
    case = case_or_404(case_id)
    before = request.args.get("before", type=entry_index)
    found = history_of(db(), case, keys_of(case), before=before)
    older = _address(case_id, found[-1].index) if len(found) == PAGE else None
    newest = url_for("cases.history", case_id=case_id) if before else None
    return case_page(case, "cases/history.html", happenings=found, older=older, newer=newest)


def _people_on(case: Case) -> dict[str, object]:
    """Return who reads the case, and whom no mail about it reached."""
    return {
        "who": who_reads(db(), case, viewer()),
        "unreached": unreached(db(), case, viewer()),
    }


def entry_index(text: str) -> int:
    """Read an entry's index from an address; raises ValueError for what no log has."""
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_INDEX):
        raise ValueError(text)
    return int(text)


def _address(case_id: UUID, before: int) -> str:
    return url_for("cases.history", case_id=case_id, before=before)
