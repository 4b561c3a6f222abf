"""The report that ends an investigation, and the decision on it."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from werkzeug.datastructures import MultiDict

from conductdesk.cases.actions.deciding import decide
from conductdesk.cases.actions.investigating import lock_report
from conductdesk.cases.actions.ordering import offered as outcomes_offered
from conductdesk.cases.actions.voting import current_proposal, propose_decision
from conductdesk.cases.faces.decision import decision_of
from conductdesk.cases.faces.inquiry import (
    allegations_shown,
    letters_of,
    names_of,
    respondents_shown,
    terms_shown,
)
from conductdesk.cases.faces.panel import decision_in, panel_of
from conductdesk.cases.faces.report import report_shown
from conductdesk.cases.faces.tasks import abilities_of, investigates_now
from conductdesk.cases.forms.deciding import MOST_OUTCOMES, DecisionForm, decision_form
from conductdesk.cases.forms.inquiry import ReportForm, report_form
from conductdesk.cases.forms.rows import changes_rows, with_rows_changed
from conductdesk.cases.forms.voting import answers_of
from conductdesk.cases.models import Case, DraftKind
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of, need_inquiry_keys
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.drafting import answers_from, answers_on, begun, save, saves
from conductdesk.cases.views.frame import case_page
from conductdesk.cases.views.voting import panel_page
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission
from conductdesk.schemes.parts import DecidedBy
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/report")
@gate(Permission.READ)
def report(case_id: UUID, refusal: str = "", form: ReportForm | None = None) -> Response:
    """Show the locked report, or let the investigator write it."""
    case = case_or_404(case_id)
    keys, pack = need_inquiry_keys(case), pack_of(db(), case)
    writes = investigates_now(db(), case, viewer())
    sides = respondents_shown(db(), case, keys)
    return case_page(
        case,
        "cases/inquiry_report.html",
        report=report_shown(db(), case, keys),
        allegations=allegations_shown(db(), case, keys, pack, sides),
        form=(form or _report_form(case)) if writes else None,
        refusal=refusal,
        back_url=url_for("cases.inquiry", case_id=case_id),
    )


@bp.post("/cases/<uuid:case_id>/report")
@gate(Permission.INVESTIGATE)
@or_show(report)
def report_locked(case_id: UUID) -> Response:
    """Lock the report, or save it to go on with later."""
    case = case_or_404(case_id)
    form = _report_form(case)
    if saves():
        return save(case, DraftKind.REPORT, form, "cases.report")
    accepted(form)
    given, seen = form.to_report(letters_of(db(), case)), form.seen_version
    pack, keys = pack_of(db(), case), keys_of(case)
    lock_report(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen, report=given)
    db().commit()
    return see_other("cases.report", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/decision")
@gate(Permission.READ)
def decision(case_id: UUID, refusal: str = "", form: DecisionForm | None = None) -> Response:
    """Show the findings and what follows, or let the decision maker give them."""
    case = case_or_404(case_id)
    keys, pack = need_inquiry_keys(case), pack_of(db(), case)
    if case.state == State.REPORTED and abilities_of(db(), case, viewer()).decide:
        voted_on = panel_of(db(), case, keys, pack, viewer())
        return form_page(case, refusal, form) if form or not voted_on else panel_page(case, refusal)
    shown = decision_of(db(), case, keys, pack)
    return case_page(case, "cases/decision.html", decision=shown, refusal=refusal)


@bp.get("/cases/<uuid:case_id>/decision/proposal")
@gate(Permission.DECIDE)
def decision_proposal(case_id: UUID) -> Response:
    """Let a member of a panel change what is proposed."""
    return form_page(case_or_404(case_id), "", None)


@bp.post("/cases/<uuid:case_id>/decision")
@gate(Permission.DECIDE)
@or_show(decision)
def decided(case_id: UUID) -> Response:
    """Record the decision; the same form saves it, and adds or takes out an outcome."""
    case = case_or_404(case_id)
    form = _decision_form(case)
    if changes_rows(request.form):
        return decision(case_id, form=form)
    if saves():
        return save(case, DraftKind.DECISION, form, "cases.decision")
    accepted(form)
    given, seen = form.to_decision(), form.seen_version
    pack, keys = pack_of(db(), case), keys_of(case)
    put = propose_decision if pack.decision.by is DecidedBy.PANEL else decide
    put(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen, decision=given)
    db().commit()
    return see_other("cases.decision", case_id=case_id)


def form_page(case: Case, refusal: str, form: DecisionForm | None) -> Response:
    """Ask for the decision: from the one who decides, or from a member of the panel."""
    keys, pack = need_inquiry_keys(case), pack_of(db(), case)
    return case_page(
        case,
        "cases/decision_form.html",
        decision=decision_of(db(), case, keys, pack),
        form=form or _decision_form(case),
        refusal=refusal,
        panel=pack.decision if pack.decision.by is DecidedBy.PANEL else None,
        back_url=url_for("cases.inquiry", case_id=case.id),
    )


def _report_form(case: Case) -> ReportForm:
    offered = report_form(list(letters_of(db(), case)))
    return begun(case, DraftKind.REPORT, offered, answers_on(case, DraftKind.REPORT))


def _decision_form(case: Case) -> DecisionForm:
    keys, pack = keys_of(case), pack_of(db(), case)
    typed = answers_on(case, DraftKind.DECISION) or _proposed(case)
    if changes_rows(typed):
        typed = with_rows_changed(typed, 0, MOST_OUTCOMES)
    parties = {str(row_id): name for row_id, name in names_of(db(), case, keys).items()}
    kinds, letters = {kind.key: kind for kind in outcomes_offered(pack)}, letters_of(db(), case)
    offered = decision_form(letters, kinds, parties, typed.get("rows"))
    terms = terms_shown(db(), case, keys)
    standard = terms.standard if terms else "balance"
    standards = {f"standard_{letter}": standard for letter in letters}
    return begun(case, DraftKind.DECISION, offered, typed, standards)


def _proposed(case: Case) -> MultiDict[str, str]:
    """Return what a panel has before it, as the form was filled in; nothing where there is none."""
    proposed = current_proposal(db(), case)
    if proposed is None:
        return MultiDict()
    decision = decision_in(keys_of(case), proposed)
    return answers_from(case, answers_of(decision, letters_of(db(), case)))
