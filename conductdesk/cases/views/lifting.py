"""Let somebody in again whom the reporter did not mean, although their office was named."""

from __future__ import annotations

from uuid import UUID

from flask import Response

from conductdesk.cases.actions.lifting import agree_lift, propose_lift
from conductdesk.cases.faces.lifting import kept_shown, waiting_lift
from conductdesk.cases.forms.handling import VersionedForm
from conductdesk.cases.forms.holding import LiftForm, SecondForm
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.asking import Ask, answer_proposal, ask_page, found_or_404
from conductdesk.cases.views.blueprint import bp
from conductdesk.policy import Permission
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db

BE_SURE = (
    "If you are not sure, ask the reporter in the messages which of them they mean.",
    "Somebody who is let in by mistake reads what was said about them.",
    "The reporter is told, because their page said that nobody in this post reads it.",
)


@bp.get("/cases/<uuid:case_id>/barriers/<uuid:account_id>")
@gate(Permission.HANDLE)
def barrier(
    case_id: UUID, account_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask how the handler knows that somebody was not meant."""
    case = case_or_404(case_id)
    kept = kept_shown(db(), case, keys_of(case), pack_of(db(), case))
    face = found_or_404([one for one in kept if one.account_id == account_id], refusal)
    rows = (("Kept away", face.name), ("Because this office was named", face.office))
    words = ("Everybody in the office was kept away, before anybody could know who was meant.",)
    ask = Ask("Not the person meant", "Ask a second person", "cases.people", words, BE_SURE, rows)
    return ask_page(case, ask, form or LiftForm(), refusal)


@bp.post("/cases/<uuid:case_id>/barriers/<uuid:account_id>")
@gate(Permission.HANDLE)
@or_show(barrier)
def lift_proposed(case_id: UUID, account_id: UUID) -> Response:
    """Propose to let somebody in again."""
    case, form = case_or_404(case_id), accepted(LiftForm())
    propose_lift(
        db(),
        case,
        keys_of(case),
        actor=viewer(),
        account_id=account_id,
        reason=form.to_reason(),
        seen_version=form.seen_version,
    )
    db().commit()
    return see_other("cases.people", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/lifts/<uuid:proposal_id>")
@gate(Permission.SECOND)
def lift_question(
    case_id: UUID, proposal_id: UUID, refusal: str = "", form: VersionedForm | None = None
) -> Response:
    """Ask a second person whether somebody is let in again."""
    case = case_or_404(case_id)
    waiting = waiting_lift(db(), case, keys_of(case))
    face = found_or_404([one for one in waiting if one.id == proposal_id], refusal)
    rows = (("Kept away until now", face.name), ("Why they are not meant", face.reason))
    ask = Ask("Let them in again", "Record your answer", "cases.steps", (), BE_SURE, rows)
    return ask_page(case, ask, form or SecondForm(), refusal)


@bp.post("/cases/<uuid:case_id>/lifts/<uuid:proposal_id>")
@gate(Permission.SECOND)
@or_show(lift_question)
def lift_answered(case_id: UUID, proposal_id: UUID) -> Response:
    """Let somebody in again, or do not."""
    case, form = case_or_404(case_id), accepted(SecondForm())
    answer_proposal(case, proposal_id, form, agree_lift)
    db().commit()
    return see_other("cases.steps", case_id=case_id)
