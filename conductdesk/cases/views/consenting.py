"""The ledger of consents: what may be shared, as whom, with whom, how and when."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.consenting import end_consent, note_consent
from conductdesk.cases.faces.consents import consents_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.holding import ConsentForm
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/consents")
@gate(Permission.HANDLE)
def consents(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Show what the reporter agreed to, and ask for what they agree to now."""
    case = case_or_404(case_id)
    words = ("Ask before you share anything. Without consent, only an override allows it.",)
    ask = Ask("What may be shared", "Note the consent", "cases.steps", words)
    shown = {"consents": consents_of(db(), case, keys_of(case))}
    return ask_page(case, ask, form or ConsentForm(), refusal, "cases/steps_consents.html", shown)


@bp.post("/cases/<uuid:case_id>/consents")
@gate(Permission.HANDLE)
@or_show(consents)
def consent_noted(case_id: UUID) -> Response:
    """Note what the reporter agreed to."""
    case, form = case_or_404(case_id), accepted(ConsentForm())
    note_consent(db(), case, keys_of(case), actor=viewer(), sharing=form.to_sharing())
    db().commit()
    return see_other("cases.consents", case_id=case_id)


@bp.post("/cases/<uuid:case_id>/consents/<uuid:consent_id>/end")
@gate(Permission.HANDLE)
@or_show(lambda case_id, consent_id, **shown: consents(case_id, **shown))
def consent_ended(case_id: UUID, consent_id: UUID) -> Response:
    """Note that the reporter took a consent back."""
    case = case_or_404(case_id)
    end_consent(db(), case, keys_of(case), actor=viewer(), consent_id=consent_id)
    db().commit()
    return see_other("cases.consents", case_id=case_id)
