"""An appeal: recorded when it comes, and decided by people who had no part before."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.appealing import conclude_appeal, lodge_appeal
from conductdesk.cases.actions.ordering import offered
from conductdesk.cases.days import in_words, today
from conductdesk.cases.faces.obligations import outcome_faces
from conductdesk.cases.faces.outcomes import AppealFace, appeal_faces
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.outcomes import (
    AppealForm,
    ConclusionForm,
    appeal_form,
    conclusion_form,
)
from conductdesk.cases.inquiry import allegations_of, respondents_of
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


@bp.get("/cases/<uuid:case_id>/outcomes/appeal")
@gate(Permission.HANDLE)
def appeal(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask who appeals, and on what grounds."""
    case = case_or_404(case_id)
    last = f"The last day to appeal is {in_words(case.appeal_until)}." if case.appeal_until else ""
    words = (
        "Write under each ground that is claimed why it is. Leave the others empty.",
        f"{last} The day on which it came counts, not today.",
    )
    ask = Ask("Record an appeal", "Record the appeal", "cases.outcomes", words)
    return ask_page(case, ask, form or _appeal_form(case), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/appeal")
@gate(Permission.HANDLE)
@or_show(appeal)
def appeal_lodged(case_id: UUID) -> Response:
    """Record an appeal."""
    case = case_or_404(case_id)
    form = accepted(_appeal_form(case))
    given, seen, pack, keys = (
        form.to_appeal(),
        form.seen_version,
        pack_of(db(), case),
        keys_of(case),
    )
    lodge_appeal(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen, appeal=given)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/outcomes/appeal/conclusion")
@gate(Permission.HEAR_APPEAL)
def appeal_hearing(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask what the appeal body makes of each ground, and how the appeal ends."""
    case = case_or_404(case_id)
    face = found_or_404(_waiting(case), refusal)
    words = (f"By {face.by.lower()}. Answer each ground with reasons, then say how it ends.",)
    ask = Ask("Decide the appeal", "Record the decision", "cases.outcomes", words)
    form = form or _conclusion_form(case, face)
    return ask_page(case, ask, form, refusal, "cases/outcomes_appeal.html", {"appeal": face})


@bp.post("/cases/<uuid:case_id>/outcomes/appeal/conclusion")
@gate(Permission.HEAR_APPEAL)
@or_show(appeal_hearing)
def appeal_concluded(case_id: UUID) -> Response:
    """Record how the appeal ends."""
    case = case_or_404(case_id)
    form = accepted(_conclusion_form(case, found_or_404(_waiting(case), GONE)))
    given, seen = form.to_conclusion(), form.seen_version
    pack, keys, here = pack_of(db(), case), keys_of(case), viewer()
    conclude_appeal(db(), case, keys, pack=pack, actor=here, seen_version=seen, conclusion=given)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id)


GONE = "There is no appeal to decide on."


def _appeal_form(case: Case) -> AppealForm:
    form: AppealForm = appeal_form(pack_of(db(), case).appeal.grounds)(received_on=today())
    return form


def _waiting(case: Case) -> list[AppealFace]:
    keys = keys_of(case)
    if not keys.holds(Compartment.INTERNAL):
        return []
    return [one for one in appeal_faces(db(), case, keys) if not one.result]


def _conclusion_form(case: Case, face: AppealFace) -> ConclusionForm:
    pack, keys = pack_of(db(), case), keys_of(case)
    letters = {one.id: f"allegation {one.letter}" for one in allegations_of(db(), case)}
    form: ConclusionForm = conclusion_form([one.ground for one in face.grounds], letters)()
    names = {party.id: party.name for party in parties_of(db(), case, keys)}
    still_open = [one for one in outcome_faces(db(), case, keys, pack) if one.is_open]
    form.offer(
        outcomes={one.id.hex: f"{one.kind}: {one.what}" for one in still_open},
        kinds={kind.key: kind.name for kind in offered(pack)},
        parties={str(one.id): names[one.id] for one in respondents_of(db(), case)},
    )
    return form
