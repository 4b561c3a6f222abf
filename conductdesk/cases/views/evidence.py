"""Evidence: the items, one item with its files, and adding and considering one."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from flask import Response, abort, url_for

from conductdesk.cases.actions.gathering import add_evidence, add_evidence_file, consider
from conductdesk.cases.actions.refusing import note_malware
from conductdesk.cases.faces.evidence import evidence_shown, item_shown
from conductdesk.cases.faces.inquiry import letters_of
from conductdesk.cases.faces.tasks import BEGUN, abilities_of, investigates_now
from conductdesk.cases.forms.inquiry import EvidenceForm
from conductdesk.cases.models import Case, Evidence
from conductdesk.cases.views.access import case_or_404, keys_of, need_inquiry_keys
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.files import hand_over
from conductdesk.cases.views.frame import case_page
from conductdesk.policy import Permission
from conductdesk.vault.scanning import MalwareFound
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db
from conductdesk.web.uploads import checked_file, seal_uploads

bp.record_once(seal_uploads)


@bp.get("/cases/<uuid:case_id>/evidence")
@gate(Permission.READ)
def evidence(case_id: UUID) -> Response:
    """Show every item, for and against."""
    case = case_or_404(case_id)
    keys = need_inquiry_keys(case)
    return case_page(
        case,
        "cases/evidence.html",
        items=evidence_shown(db(), case, keys),
        can_add=abilities_of(db(), case, viewer()).inquire and case.state in BEGUN,
        back_url=url_for("cases.inquiry", case_id=case_id),
    )


@bp.get("/cases/<uuid:case_id>/evidence/new")
@gate(Permission.READ)
def new_evidence(case_id: UUID, refusal: str = "", form: PageForm | None = None) -> Response:
    """Ask for an item."""
    case = case_or_404(case_id)
    need_inquiry_keys(case)
    return case_page(
        case,
        "cases/evidence_new.html",
        form=form or _form(case),
        refusal=refusal,
        back_url=url_for("cases.evidence", case_id=case_id),
    )


@bp.post("/cases/<uuid:case_id>/evidence")
@gate(Permission.READ)
@or_show(new_evidence)
def evidence_added(case_id: UUID) -> Response:
    """Add an item: a text, or a file with a text about it."""
    form = accepted(_form(case_or_404(case_id)))
    file = checked_file(form, partial(_malware_found, case_id))
    case = case_or_404(case_id)  # once more: checking the file took its time
    keys, given = keys_of(case), form.to_evidence()
    if file is None:
        add_evidence(db(), case, keys, actor=viewer(), evidence=given)
    else:
        add_evidence_file(db(), case, keys, actor=viewer(), evidence=given, file=file)
    db().commit()
    return see_other("cases.evidence", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/evidence/<uuid:evidence_id>")
@gate(Permission.READ)
def evidence_item(
    case_id: UUID, evidence_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Show one item."""
    case = case_or_404(case_id)
    keys = need_inquiry_keys(case)
    return case_page(
        case,
        "cases/evidence_item.html",
        item=item_shown(db(), case, keys, _item_or_404(case, evidence_id)),
        can_consider=investigates_now(db(), case, viewer()),
        form=form,
        refusal=refusal,
        back_url=url_for("cases.evidence", case_id=case_id),
    )


@bp.post("/cases/<uuid:case_id>/evidence/<uuid:evidence_id>/consideration")
@gate(Permission.INVESTIGATE)
@or_show(evidence_item)
def consideration(case_id: UUID, evidence_id: UUID) -> Response:
    """Record that the investigator considered an item."""
    case = case_or_404(case_id)
    consider(db(), case, keys_of(case), actor=viewer(), evidence_id=evidence_id)
    db().commit()
    return see_other("cases.evidence", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/evidence/<uuid:evidence_id>/copy")
@gate(Permission.READ)
def evidence_copy(case_id: UUID, evidence_id: UUID) -> Response:
    """Hand the working copy over, which holds no metadata."""
    case = case_or_404(case_id)
    return hand_over(case, _item_or_404(case, evidence_id).working_id)


@bp.get("/cases/<uuid:case_id>/evidence/<uuid:evidence_id>/original")
@gate(Permission.READ)
def evidence_original(case_id: UUID, evidence_id: UUID) -> Response:
    """Hand the original over, as it came."""
    case = case_or_404(case_id)
    return hand_over(case, _item_or_404(case, evidence_id).original_id)


def _form(case: Case) -> EvidenceForm:
    form = EvidenceForm()
    form.let_choose(letters_of(db(), case))
    return form


def _malware_found(case_id: UUID, found: MalwareFound) -> None:
    """Keep on record that somebody sent a harmful file."""
    case = case_or_404(case_id)
    note_malware(db(), case, keys_of(case), actor=viewer(), found=found)
    db().commit()


def _item_or_404(case: Case, evidence_id: UUID) -> Evidence:
    row = db().get(Evidence, evidence_id)
    if row is None or row.case_id != case.id:
        abort(404)
    return row
