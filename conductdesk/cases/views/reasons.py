"""Write down the reason for a step that the scheme makes stricter, and agree to one."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for

from conductdesk.cases.actions.preparing import agree_step, write_reason
from conductdesk.cases.faces.reasons import ReasonFace, reasons_of, steps_offered
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.holding import SecondForm, StepReasonForm
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import answer_proposal
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page, powers_on
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

Sent = VersionedForm | None
"""The form that was sent with mistakes in it."""


@bp.get("/cases/<uuid:case_id>/steps/reasons")
@gate(Permission.READ)
def reasons(
    case_id: UUID, proposal_id: UUID | None = None, refusal: str = "", form: Sent = None
) -> Response:
    """Ask for the reason for a step, and show those that were written down.

    *proposal_id* is that of the answer after which the page is shown again.
    """
    case = case_or_404(case_id)
    ask = form if isinstance(form, StepReasonForm) else _reason_form(case)
    return _reasons_page(case, ask, form, refusal)


@bp.post("/cases/<uuid:case_id>/steps/reasons")
@gate(Permission.READ)
@or_show(reasons)
def reason_written(case_id: UUID) -> Response:
    """Write down the reason for a step."""
    case = case_or_404(case_id)
    _write(case, accepted(_reason_form(case)))
    db().commit()
    return see_other("cases.reasons", case_id=case_id)


@bp.post("/cases/<uuid:case_id>/steps/reasons/<uuid:proposal_id>")
@gate(Permission.READ)
@or_show(reasons)
def reason_answered(case_id: UUID, proposal_id: UUID) -> Response:
    """Agree to a step, or do not."""
    case, form = case_or_404(case_id), accepted(SecondForm(prefix=_prefix(proposal_id)))
    answer_proposal(case, proposal_id, form, agree_step)
    db().commit()
    return see_other("cases.reasons", case_id=case_id)


def _reasons_page(case: Case, ask: StepReasonForm, form: Sent, refusal: str) -> Response:
    found = reasons_of(db(), case, keys_of(case), powers_on(case), viewer().account_id)
    return case_page(
        case,
        "cases/steps_reasons.html",
        reasons=[(one, _answer_to(one, case, form)) for one in found],
        form=form,
        refusal=refusal,
        back_url=url_for("cases.steps", case_id=case.id),
        ask=ask,
    )


def _write(case: Case, form: StepReasonForm) -> None:
    write_reason(
        db(),
        case,
        keys_of(case),
        pack=pack_of(db(), case),
        actor=viewer(),
        which=form.to_move(),
        reason=form.to_reason(),
        seen_version=form.seen_version,
    )


def _reason_form(case: Case) -> StepReasonForm:
    offered = steps_offered(db(), case, pack_of(db(), case), powers_on(case))
    return StepReasonForm.on(offered, version=str(case.version))


def _answer_to(one: ReasonFace, case: Case, sent: VersionedForm | None) -> SecondForm | None:
    """Return the form of a second person's answer; the one that was sent keeps its mistakes."""
    if isinstance(sent, SecondForm) and sent.agrees.name.startswith(_prefix(one.id)):
        return sent
    if not one.waits:
        return None
    return SecondForm(prefix=_prefix(one.id), version=str(case.version))


def _prefix(proposal_id: UUID) -> str:
    return f"step-{proposal_id.hex}"
