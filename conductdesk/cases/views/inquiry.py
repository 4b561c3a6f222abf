"""The inquiry: what is known and what is missing, terms of reference, and notes."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for

from conductdesk import clock
from conductdesk.cases.actions.investigating import add_note, open_investigation, set_terms
from conductdesk.cases.faces.inquiry import clauses_offered, inquiry_of, names_of, terms_shown
from conductdesk.cases.faces.tasks import work_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.inquiry import MOST_ALLEGATIONS, NoteForm, TermsForm, terms_form
from conductdesk.cases.forms.rows import changes_rows, with_rows_changed
from conductdesk.cases.inquiry import allegations_of
from conductdesk.cases.models import Case, DraftKind
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of, need_inquiry_keys
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.drafting import answers_on, begun, save, saves
from conductdesk.cases.views.frame import case_page
from conductdesk.policy import Permission
from conductdesk.schemes.calendar import due, local_day
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/inquiry")
@gate(Permission.READ)
def inquiry(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    """Show what is known, what each side said, and what is missing."""
    case = case_or_404(case_id)
    keys = need_inquiry_keys(case)
    shown = inquiry_of(db(), case, keys, pack_of(db(), case))
    return case_page(
        case,
        "cases/inquiry.html",
        inquiry=shown,
        work=work_of(db(), case, viewer(), shown),
        note_form=form if isinstance(form, NoteForm) else NoteForm(),
        version_form=VersionedForm(formdata=None, version=str(case.version)),
        form=form,
        refusal=refusal,
    )


@bp.post("/cases/<uuid:case_id>/investigation")
@gate(Permission.HANDLE)
@or_show(inquiry)
def investigation(case_id: UUID) -> Response:
    """Open the formal investigation."""
    case, form = case_or_404(case_id), accepted(VersionedForm())
    pack, keys, seen = pack_of(db(), case), keys_of(case), form.seen_version
    open_investigation(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen)
    db().commit()
    return see_other("cases.inquiry", case_id=case_id)


@bp.post("/cases/<uuid:case_id>/notes")
@gate(Permission.READ)
@or_show(inquiry)
def note(case_id: UUID) -> Response:
    """Add a note."""
    case, form = case_or_404(case_id), accepted(NoteForm())
    add_note(db(), case, keys_of(case), actor=viewer(), text=form.text.data)
    db().commit()
    return see_other("cases.inquiry", case_id=case_id, _anchor="notes")


@bp.get("/cases/<uuid:case_id>/terms")
@gate(Permission.HANDLE)
def terms(case_id: UUID, refusal: str = "", form: TermsForm | None = None) -> Response:
    """Ask for the terms of reference."""
    case = case_or_404(case_id)
    keys = need_inquiry_keys(case)
    return case_page(
        case,
        "cases/inquiry_terms.html",
        form=form or _terms_form(case),
        refusal=refusal,
        earlier=allegations_of(db(), case),
        respondents=names_of(db(), case, keys),
        back_url=url_for("cases.inquiry", case_id=case_id),
    )


@bp.post("/cases/<uuid:case_id>/terms")
@gate(Permission.HANDLE)
@or_show(terms)
def terms_set(case_id: UUID) -> Response:
    """Set the terms of reference; the same form saves them, and adds or takes out a row."""
    case = case_or_404(case_id)
    form = _terms_form(case)
    if changes_rows(request.form):
        return terms(case_id, form=form)
    if saves():
        return save(case, DraftKind.TERMS, form, "cases.terms")
    accepted(form)
    pack, keys, seen, given = pack_of(db(), case), keys_of(case), form.seen_version, form.to_terms()
    set_terms(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen, terms=given)
    db().commit()
    return see_other("cases.inquiry", case_id=case_id)


def _terms_form(case: Case) -> TermsForm:
    keys, typed = keys_of(case), answers_on(case, DraftKind.TERMS)
    least = 0 if allegations_of(db(), case) else 1
    if changes_rows(typed):
        typed = with_rows_changed(typed, least, MOST_ALLEGATIONS)
    parties = {str(row_id): name for row_id, name in names_of(db(), case, keys).items()}
    clauses = clauses_offered(case, pack_of(db(), case))
    rows = typed.get("rows", str(least))
    offered = terms_form(parties, clauses, rows, least)
    return begun(case, DraftKind.TERMS, offered, typed, _said_before(case))


def _said_before(case: Case) -> dict[str, object]:
    """Return what the page offers: the terms that hold, or what the pack's clock says."""
    now = terms_shown(db(), case, keys_of(case))
    if now is not None:
        return {"questions": now.questions, "standard": now.standard, "due_on": now.due_on}
    pack = pack_of(db(), case)
    given = pack.clocks.get("report")
    due_on = local_day(due(clock.now(), given, pack.nation)) if given else None
    return {"standard": "balance", "due_on": due_on}
