"""What leaves the organisation: referrals, the reasoned decision against one, and overrides."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.referring import (
    agree_no_referral,
    grounds_for,
    propose_no_referral,
    record_answer,
    record_override,
    refer,
)
from conductdesk.cases.faces.measures import waiting_no_referrals, waiting_referrals
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.holding import (
    NoReferralForm,
    OverrideForm,
    ReferralAnswerForm,
    ReferralForm,
    SecondForm,
)
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, answer_proposal, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

SHARE_LITTLE = (
    "Share only what they need, and only what you know to be right.",
    "Leave out who could be harmed if the other person knew that they spoke.",
)


@bp.get("/cases/<uuid:case_id>/referrals")
@gate(Permission.SAFEGUARD)
def referral(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask what was taken to which other body."""
    case = case_or_404(case_id)
    words = ("Record it here once you have told them. The case waits for their answer.",)
    ask = Ask("Referral to another body", "Record the referral", "cases.steps", words, SHARE_LITTLE)
    return ask_page(case, ask, form or ReferralForm(), refusal)


@bp.post("/cases/<uuid:case_id>/referrals")
@gate(Permission.SAFEGUARD)
@or_show(referral)
def referred(case_id: UUID) -> Response:
    """Record a referral."""
    case, form = case_or_404(case_id), accepted(ReferralForm())
    given, seen = form.to_referral(), form.seen_version
    refer(db(), case, keys_of(case), actor=viewer(), referral=given, seen_version=seen)
    db().commit()
    return see_other("cases.steps", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/referrals/<uuid:referral_id>/answer")
@gate(Permission.SAFEGUARD)
def referral_answer(
    case_id: UUID, referral_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask what the other body answered."""
    case = case_or_404(case_id)
    face = found_or_404(waiting_referrals(db(), case, keys_of(case), referral_id), refusal)
    rows = (("Referred to", face.agency), ("What was shared", face.what))
    ask = Ask("Answer to a referral", "Record the answer", "cases.steps", facts=rows)
    return ask_page(case, ask, form or ReferralAnswerForm(), refusal)


@bp.post("/cases/<uuid:case_id>/referrals/<uuid:referral_id>/answer")
@gate(Permission.SAFEGUARD)
@or_show(referral_answer)
def referral_answered(case_id: UUID, referral_id: UUID) -> Response:
    """Record what the other body answered."""
    case, form = case_or_404(case_id), accepted(ReferralAnswerForm())
    given, seen = form.to_answer(referral_id), form.seen_version
    record_answer(db(), case, keys_of(case), actor=viewer(), answer=given, seen_version=seen)
    db().commit()
    return see_other("cases.steps", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/non-referrals")
@gate(Permission.SAFEGUARD)
def no_referral(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask why something is not referred."""
    case = case_or_404(case_id)
    words = ("Deciding against a referral needs reasons, and a second safeguarding officer.",)
    ask = Ask("Decide against a referral", "Ask a second person", "cases.steps", words)
    return ask_page(case, ask, form or NoReferralForm(), refusal)


@bp.post("/cases/<uuid:case_id>/non-referrals")
@gate(Permission.SAFEGUARD)
@or_show(no_referral)
def no_referral_proposed(case_id: UUID) -> Response:
    """Propose not to refer something."""
    case, form = case_or_404(case_id), accepted(NoReferralForm())
    given, seen = form.to_refusal(), form.seen_version
    keys = keys_of(case)
    propose_no_referral(db(), case, keys, actor=viewer(), refusal=given, seen_version=seen)
    db().commit()
    return see_other("cases.steps", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/non-referrals/<uuid:proposal_id>")
@gate(Permission.SECOND)
def no_referral_question(
    case_id: UUID, proposal_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask a second person whether something is not referred."""
    case = case_or_404(case_id)
    face = found_or_404(waiting_no_referrals(db(), case, keys_of(case), proposal_id), refusal)
    rows = (("Proposed", face.reason),)
    words = ("Only another person in a safeguarding office can agree.",)
    ask = Ask("Agree not to refer it", "Record your answer", "cases.steps", words, facts=rows)
    return ask_page(case, ask, form or SecondForm(), refusal)


@bp.post("/cases/<uuid:case_id>/non-referrals/<uuid:proposal_id>")
@gate(Permission.SECOND)
@or_show(no_referral_question)
def no_referral_answered(case_id: UUID, proposal_id: UUID) -> Response:
    """Agree that something is not referred, or do not."""
    case, form = case_or_404(case_id), accepted(SecondForm())
    answer_proposal(case, proposal_id, form, agree_no_referral)
    db().commit()
    return see_other("cases.steps", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/overrides")
@gate(Permission.SAFEGUARD)
def override(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask what is passed on in spite of confidence."""
    case = case_or_404(case_id)
    pack = pack_of(db(), case)
    words = (f"Clause {pack.wording.limit_clause} of the code says where confidence ends.",)
    beside = (*SHARE_LITTLE, "Tell the person first, unless that puts someone in danger.")
    ask = Ask("Override confidence", "Record the override", "cases.steps", words, beside)
    return ask_page(case, ask, form or OverrideForm.on(grounds_for(pack, viewer())), refusal)


@bp.post("/cases/<uuid:case_id>/overrides")
@gate(Permission.SAFEGUARD)
@or_show(override)
def overridden(case_id: UUID) -> Response:
    """Record a breach of confidentiality."""
    case = case_or_404(case_id)
    pack = pack_of(db(), case)
    form = accepted(OverrideForm.on(grounds_for(pack, viewer())))
    given, seen = form.to_override(), form.seen_version
    who = viewer()
    record_override(
        db(), case, keys_of(case), pack=pack, actor=who, override=given, seen_version=seen
    )
    db().commit()
    return see_other("cases.steps", case_id=case_id)
