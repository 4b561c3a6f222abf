"""What was agreed informally, and what became of it."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.settling import end_agreement, record_agreement
from conductdesk.cases.faces.outcomes import AgreementFace, agreement_faces
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.outcomes import AgreementEndForm, AgreementForm
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.vault.models import Compartment
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/outcomes/agreement")
@gate(Permission.HANDLE)
def agreement(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask what was agreed informally."""
    case = case_or_404(case_id)
    words = ("Nobody has to take part. Write down only what those who take part said yes to.",)
    ask = Ask("What was agreed", "Record the agreement", "cases.outcomes", words)
    return ask_page(case, ask, form or AgreementForm(), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/agreement")
@gate(Permission.HANDLE)
@or_show(agreement)
def agreed(case_id: UUID) -> Response:
    """Record what was agreed informally."""
    case, form = case_or_404(case_id), accepted(AgreementForm())
    given, seen, pack = form.to_agreement(), form.seen_version, pack_of(db(), case)
    keys, here = keys_of(case), viewer()
    record_agreement(db(), case, keys, pack=pack, actor=here, agreement=given, seen_version=seen)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/outcomes/agreements/<uuid:agreement_id>/end")
@gate(Permission.HANDLE)
def agreement_end(
    case_id: UUID, agreement_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask what became of something that was agreed."""
    case = case_or_404(case_id)
    face = found_or_404(_open_agreements(case, agreement_id), refusal)
    words = ("The case closes only when this is on record, done or not.",)
    ask = Ask("What became of it", "Record it", "cases.outcomes", words)
    template, shown = "cases/agreement_end.html", {"agreed": face.words}
    return ask_page(case, ask, form or AgreementEndForm(), refusal, template, shown)


@bp.post("/cases/<uuid:case_id>/outcomes/agreements/<uuid:agreement_id>/end")
@gate(Permission.HANDLE)
@or_show(agreement_end)
def agreement_ended(case_id: UUID, agreement_id: UUID) -> Response:
    """Record that what was agreed was done, or why it was not."""
    case, form = case_or_404(case_id), accepted(AgreementEndForm())
    ended, seen = form.to_end(agreement_id), form.seen_version
    end_agreement(db(), case, keys_of(case), actor=viewer(), ended=ended, seen_version=seen)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id)


def _open_agreements(case: Case, agreement_id: UUID) -> list[AgreementFace]:
    keys = keys_of(case)
    if not keys.holds(Compartment.INTERNAL):
        return []
    faces = agreement_faces(db(), case, keys)
    return [one for one in faces if one.is_open and one.id == agreement_id]
