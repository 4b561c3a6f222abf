"""Other steps: everything that can be done now beside the next step."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.answering import answer_withdrawal
from conductdesk.cases.faces.leaving import what_left
from conductdesk.cases.faces.steps import steps_of
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.holding import WithdrawalForm
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, ask_page
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page, powers_on
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/steps")
@gate(Permission.READ)
def steps(case_id: UUID) -> Response:
    """List what the viewer can do now."""
    case = case_or_404(case_id)
    powers, me, keys = powers_on(case), viewer().account_id, keys_of(case)
    found, left = steps_of(db(), case, keys, powers, me), what_left(db(), case, keys)
    return case_page(case, "cases/steps.html", steps=found, left=left)


@bp.get("/cases/<uuid:case_id>/steps/withdrawal")
@gate(Permission.HANDLE)
def withdrawal(case_id: UUID, refusal: str = "", form: VersionedForm | None = None) -> Response:
    """Ask whether the case goes on although the reporter does not want to."""
    case = case_or_404(case_id)
    words = (
        "The reporter does not want to go on. That is for them to say, and for you to answer.",
        "Go on where somebody else could be harmed. Tell the reporter what you decided.",
    )
    ask = Ask("Answer the withdrawal", "Record what you decided", "cases.steps", words)
    return ask_page(case, ask, form or WithdrawalForm(), refusal)


@bp.post("/cases/<uuid:case_id>/steps/withdrawal")
@gate(Permission.HANDLE)
@or_show(withdrawal)
def withdrawal_answered(case_id: UUID) -> Response:
    """Record whether the case goes on."""
    case, form = case_or_404(case_id), accepted(WithdrawalForm())
    goes_on, why, keys = form.goes_on, form.reason.data, keys_of(case)
    answer_withdrawal(db(), case, keys, actor=viewer(), go_on=goes_on, reason=why)
    db().commit()
    return see_other("cases.messages", case_id=case_id)
