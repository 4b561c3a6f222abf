"""The respondent's side: the notice, the reply, or that none came."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, url_for

from conductdesk.cases.actions.serving import record_no_reply, record_reply, serve_notice
from conductdesk.cases.days import noon_of, today
from conductdesk.cases.faces.inquiry import RespondentFace, allegations_shown, respondents_shown
from conductdesk.cases.forms.inquiry import NoReplyForm, NoticeForm, ReplyForm
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.views.access import case_or_404, keys_of, need_inquiry_keys
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page
from conductdesk.policy import Permission
from conductdesk.schemes.calendar import due
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/respondents/<uuid:party_id>/notice")
@gate(Permission.READ)
def notice(
    case_id: UUID, party_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Ask for the notice that was served."""
    case = case_or_404(case_id)
    form = form or NoticeForm(served_on=today())
    return _page(case, party_id, "cases/inquiry_notice.html", form, refusal)


@bp.post("/cases/<uuid:case_id>/respondents/<uuid:party_id>/notice")
@gate(Permission.READ)
@or_show(notice)
def notice_served(case_id: UUID, party_id: UUID) -> Response:
    """Record the notice."""
    case, form = case_or_404(case_id), accepted(NoticeForm())
    pack, keys, given = pack_of(db(), case), keys_of(case), form.to_notice(party_id)
    serve_notice(db(), case, keys, pack=pack, actor=viewer(), notice=given)
    db().commit()
    return see_other("cases.inquiry", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/respondents/<uuid:party_id>/reply")
@gate(Permission.READ)
def reply(
    case_id: UUID, party_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Ask for the reply that came."""
    case = case_or_404(case_id)
    form = form or ReplyForm(received_on=today())
    return _page(case, party_id, "cases/inquiry_reply.html", form, refusal)


@bp.post("/cases/<uuid:case_id>/respondents/<uuid:party_id>/reply")
@gate(Permission.READ)
@or_show(reply)
def reply_received(case_id: UUID, party_id: UUID) -> Response:
    """Record the reply."""
    case, form = case_or_404(case_id), accepted(ReplyForm())
    record_reply(db(), case, keys_of(case), actor=viewer(), reply=form.to_reply(party_id))
    db().commit()
    return see_other("cases.inquiry", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/respondents/<uuid:party_id>/no-reply")
@gate(Permission.READ)
def no_reply(
    case_id: UUID, party_id: UUID, refusal: str = "", form: PageForm | None = None
) -> Response:
    """Ask what was done to reach a respondent who did not answer."""
    case = case_or_404(case_id)
    return _page(case, party_id, "cases/inquiry_no_reply.html", form or NoReplyForm(), refusal)


@bp.post("/cases/<uuid:case_id>/respondents/<uuid:party_id>/no-reply")
@gate(Permission.READ)
@or_show(no_reply)
def no_reply_recorded(case_id: UUID, party_id: UUID) -> Response:
    """Record that no reply came."""
    case, form = case_or_404(case_id), accepted(NoReplyForm())
    given = form.to_no_reply(party_id)
    record_no_reply(db(), case, keys_of(case), actor=viewer(), no_reply=given)
    db().commit()
    return see_other("cases.inquiry", case_id=case_id)


def _page(case: Case, party_id: UUID, template: str, form: PageForm, refusal: str) -> Response:
    keys, pack = need_inquiry_keys(case), pack_of(db(), case)
    sides = respondents_shown(db(), case, keys)
    side = _side_or_404(sides, party_id)
    allegations = allegations_shown(db(), case, keys, pack, sides)
    return case_page(
        case,
        template,
        side=side,
        allegations=[one for one in allegations if one.party_id == party_id],
        reply_span=str(pack.clocks["reply"]),
        reply_by=due(noon_of(today()), pack.clocks["reply"], pack.nation),
        form=form,
        refusal=refusal,
        back_url=url_for("cases.inquiry", case_id=case.id),
    )


def _side_or_404(sides: tuple[RespondentFace, ...], party_id: UUID) -> RespondentFace:
    side = next((one for one in sides if one.id == party_id), None)
    return side or abort(404)
