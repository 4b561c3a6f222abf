"""What follows a decision: the letters, and the outcomes seen through."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.audit.checkpoints import proof_for
from conductdesk.audit.queries import newest_of_case
from conductdesk.cases.actions.carrying_out import (
    agree_waiver,
    begin_carrying_out,
    decline_waiver,
    propose_waiver,
    prove_outcome,
)
from conductdesk.cases.actions.deciding import tell_both_sides
from conductdesk.cases.days import today
from conductdesk.cases.faces.letters import Draft, feedback_of, letters_of
from conductdesk.cases.faces.obligations import OutcomeFace, outcome_faces
from conductdesk.cases.faces.outcomes import outcomes_page_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.obligations import PROOF_FORMS, ProofForm
from conductdesk.cases.forms.outcomes import (
    LettersForm,
    WaiverAnswerForm,
    WaiverForm,
    letters_form,
)
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.rules import FEEDBACK_EVENTS
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page, found_or_404, powers_on
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page
from conductdesk.cases.workflow import State, moves_from
from conductdesk.policy import Permission
from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import download, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, keystore, settings

TELL = Ask(
    heading="Tell both sides",
    button="Both sides are told today",
    back="cases.outcomes",
    words=("Send the letters today, then record them here. The time to appeal begins now.",),
    beside=(
        "Say what was decided, why, what follows and until when, and how to appeal.",
        "Do not say who the reporter is, or what could give it away.",
        "Tell the reporter how it went, not what somebody else must do.",
        "Once this is recorded, Outcomes has a proof of it. Send it with each letter.",
    ),
)


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
        proof_page=f"{settings().url}/{pack.key}/proof",
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


@bp.get("/cases/<uuid:case_id>/outcomes/letters")
@gate(Permission.HANDLE)
def letters(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask for the letters to both sides, which go out on the same day."""
    case = case_or_404(case_id)
    template, shown = "cases/outcomes_letters.html", {"day": today()}
    return ask_page(case, TELL, form or _letters_form(case), refusal, template, shown)


@bp.post("/cases/<uuid:case_id>/outcomes/letters")
@gate(Permission.HANDLE)
@or_show(letters)
def told(case_id: UUID) -> Response:
    """Record the letters, and put the feedback into the mailbox."""
    case = case_or_404(case_id)
    form = accepted(_letters_form(case))
    given, seen, pack, keys = form.to_told(), form.seen_version, pack_of(db(), case), keys_of(case)
    tell_both_sides(db(), case, keys, pack=pack, actor=viewer(), seen_version=seen, told=given)
    db().commit()
    return see_other("cases.outcomes", case_id=case_id)


@bp.post("/cases/<uuid:case_id>/outcomes/letters/proof")
@gate(Permission.HANDLE)
@or_show(outcomes)
def letters_proof(case_id: UUID) -> Response:
    """Give the proof that the letters are on record, to go with them."""
    case = case_or_404(case_id)
    told = newest_of_case(db(), case.scheme, case.pseudonym, FEEDBACK_EVENTS)
    if told is None:
        raise Refused("Nobody has been told yet. Write the letters first.")
    proof = proof_for(db(), keystore(), case.scheme, told.idx, "letter")
    db().commit()
    return download(proof.encode(), "proof.txt", "application/octet-stream")


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


def _letters_form(case: Case) -> LettersForm:
    drafts = _drafts(case)
    form: LettersForm = letters_form({draft.party_id: draft.to for draft in drafts})(
        feedback=feedback_of(db(), case),
        **{f"letter_{draft.party_id.hex}": draft.text for draft in drafts},
    )
    return form


def _drafts(case: Case) -> tuple[Draft, ...]:
    keys = keys_of(case)
    if not keys.holds(Compartment.INTERNAL):
        raise Refused("You have no key to the decision. Ask the handler to write the letters.")
    return letters_of(db(), case, keys, pack_of(db(), case))
