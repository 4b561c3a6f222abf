"""What follows a decision: the outcomes, seen through or given up."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.carrying_out import (
    agree_waiver,
    begin_carrying_out,
    decline_waiver,
    propose_waiver,
    prove_outcome,
)
from conductdesk.cases.faces.obligations import OutcomeFace, outcome_faces
from conductdesk.cases.faces.outcomes import outcomes_page_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.obligations import PROOF_FORMS, ProofForm
from conductdesk.cases.forms.outcomes import WaiverAnswerForm, WaiverForm
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page, powers_on
from conductdesk.cases.workflow import State, moves_from
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/outcomes")
@gate(Permission.READ)
def outcomes(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Show what must be done, by whom and by when, and what may be done about it now."""
    case = case_or_404(case_id)
    pack = pack_of(db(), case)
    return case_page(
        case,
        "cases/outcomes.html",
        face=outcomes_page_of(db(), case, keys_of(case), pack),
        powers=powers_on(case),
        moves=moves_from(State(case.state), pack.left_out),
        me=viewer().account_id,
        form=form or VersionedForm(formdata=None, version=str(case.version)),
        refusal=refusal,
    )


@bp.post("/cases/<uuid:case_id>/outcomes/beginning")
@gate(Permission.HANDLE)
@or_show(outcomes)
def outcomes_begun(case_id: UUID) -> Response:
    """Go on to what was decided, agreed, or chosen at triage."""
    case, seen = case_or_404(case_id), accepted(VersionedForm()).seen_version
    pack, keys = pack_of(db(), case), keys_of(case)
    begin_carrying_out(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/proof")
@gate(Permission.SECOND)
def proof(
    case_id: UUID, outcome_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask how one can see that an outcome was carried out."""
    case = case_or_404(case_id)
    face = found_or_404(_outcomes(case, outcome_id), refusal)
    words = ("A certificate, a letter, or who saw it and when.",)
    ask = Ask("Prove it done", "Record the proof", "cases.outcomes", words, facts=_facts(face))
    return ask_page(case, ask, form or _proof_form(case, outcome_id), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/proof")
@gate(Permission.SECOND)
@or_show(proof)
def proven(case_id: UUID, outcome_id: UUID) -> Response:
    """Record that an outcome was carried out."""
    case = case_or_404(case_id)
    given = accepted(_proof_form(case, outcome_id)).to_proof(outcome_id)
    prove_outcome(db(), case, keys_of(case), actor=viewer(), proven=given)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/waiver")
@gate(Permission.HANDLE)
def waiver(
    case_id: UUID, outcome_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask why an outcome should be given up."""
    case = case_or_404(case_id)
    face = found_or_404(_outcomes(case, outcome_id), refusal)
    words = ("It stays until a second person agrees.",)
    ask = Ask("Give it up", "Ask a second person", "cases.outcomes", words, facts=_facts(face))
    return ask_page(case, ask, form or WaiverForm(), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/<uuid:outcome_id>/waiver")
@gate(Permission.HANDLE)
@or_show(waiver)
def waiver_proposed(case_id: UUID, outcome_id: UUID) -> Response:
    """Propose to give an outcome up."""
    case, form = case_or_404(case_id), accepted(WaiverForm())
    given = form.to_waiver(outcome_id)
    propose_waiver(db(), case, keys_of(case), actor=viewer(), waiver=given)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/outcomes/waivers/<uuid:proposal_id>")
@gate(Permission.SECOND)
def waiver_question(
    case_id: UUID, proposal_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask a second person whether an outcome is given up."""
    case = case_or_404(case_id)
    waiting = [one for one in _outcomes(case) if one.waiver and one.waiver.id == proposal_id]
    face = found_or_404(waiting, refusal)
    ask = Ask(
        "Give it up, or not", "Record your answer", "cases.outcomes", facts=_waiver_facts(face)
    )
    return ask_page(case, ask, form or WaiverAnswerForm(), refusal)


@bp.post("/cases/<uuid:case_id>/outcomes/waivers/<uuid:proposal_id>")
@gate(Permission.SECOND)
@or_show(waiver_question)
def waiver_answered(case_id: UUID, proposal_id: UUID) -> Response:
    """Agree to give an outcome up, or let it stand."""
    case, form = case_or_404(case_id), accepted(WaiverAnswerForm())
    answer = agree_waiver if form.is_yes else decline_waiver
    given = form.to_answer(proposal_id)
    answer(db(), case, keys_of(case), actor=viewer(), answer=given)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id)


def _outcomes(case: Case, outcome_id: UUID | None = None) -> list[OutcomeFace]:
    return outcome_faces(db(), case, keys_of(case), pack_of(db(), case), outcome_id)


def _proof_form(case: Case, outcome_id: UUID) -> ProofForm:
    """Return the form that asks for what the scheme wants as proof of this outcome."""
    kinds = [one.kind for one in outcomes_of(db(), case) if one.id == outcome_id]
    proof_by = [pack_of(db(), case).outcome(kind).proof_by for kind in kinds]
    return PROOF_FORMS[proof_by[0] if proof_by else "handler"]()


def _facts(face: OutcomeFace) -> tuple[tuple[str, str], ...]:
    rows = (("Outcome", face.kind), ("What", face.what), ("Who", face.owner), ("About", face.about))
    return tuple(row for row in rows if row[1])


def _waiver_facts(face: OutcomeFace) -> tuple[tuple[str, str], ...]:
    if face.waiver is None:
        return _facts(face)
    by, why = face.waiver.proposer, face.waiver.reason
    return (*_facts(face), ("Proposed by", by), ("Reason", why))
