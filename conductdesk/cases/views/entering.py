"""Before the first read: the names of the parties, and the officer's word on them."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.attesting import attest
from conductdesk.cases.actions.rerouting import recuse
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import page, see_other
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/names")
@gate(Permission.SEE)
def names(case_id: UUID) -> Response:
    """Show the parties' names alone, and ask for a word on conflicts of interest."""
    case = case_or_404(case_id)
    parties = parties_of(db(), case, keys_of(case))
    rows = [(party.part_words, party.name) for party in parties]
    return page(
        "cases/names.html", case_id=case.id, name=case.code_name, parties=parties, rows=rows
    )


@bp.post("/cases/<uuid:case_id>/attestation")
@gate(Permission.SEE)
def attestation(case_id: UUID) -> Response:
    """Take the officer's word that they have no conflict of interest."""
    case = case_or_404(case_id)
    attest(db(), case, keys_of(case), actor=viewer())
    db().commit()
    return see_other("cases.overview", case_id=case.id)


@bp.get("/cases/<uuid:case_id>/recusal")
@gate(Permission.SEE)
def stepping_away(case_id: UUID) -> Response:
    """Warn of what it means to step away, before it is done."""
    case = case_or_404(case_id)
    return page("cases/stepping_away.html", case_id=case.id, name=case.code_name)


@bp.post("/cases/<uuid:case_id>/recusal")
@gate(Permission.SEE)
def recusal(case_id: UUID) -> Response:
    """Let the officer step away, without a reason."""
    case = case_or_404(case_id)
    recuse(db(), case, keys_of(case), pack=pack_of(db(), case), actor=viewer())
    db().commit()
    return see_other("cases.recused")


@bp.get("/stepped-away")
@gate(Permission.CASELOAD)
def recused() -> Response:
    """Say that the officer is off a case, without naming it."""
    return page("cases/recused.html")
