"""The messages with the reporter, and the files that came with them."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, url_for

from conductdesk.cases.actions.gathering import add_sent_file
from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.faces.thread import MessageFace, thread_of
from conductdesk.cases.forms.handling import MessageForm
from conductdesk.cases.models import Case, Message
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.files import hand_over
from conductdesk.cases.views.frame import case_page
from conductdesk.policy import Permission
from conductdesk.vault.models import Compartment
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import is_fragment_request, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/cases/<uuid:case_id>/messages")
@gate(Permission.READ)
def messages(
    case_id: UUID, refusal: str = "", form: PageForm | None = None, said: str = ""
) -> Response:
    """Show the messages, and a box to write one; alone, when htmx asks for them."""
    case = case_or_404(case_id)
    shown = {"form": form or MessageForm(), "refusal": refusal, "said": said, **_thread(case)}
    return case_page(case, "cases/messages.html", shown, fragment="thread")


@bp.post("/cases/<uuid:case_id>/messages")
@gate(Permission.HANDLE)
@or_show(messages)
def message(case_id: UUID) -> Response:
    """Send a message to the reporter."""
    case, form = case_or_404(case_id), accepted(MessageForm())
    write_to_reporter(db(), case, keys_of(case), actor=viewer(), text=form.text.data or "")
    db().commit()
    if is_fragment_request():
        return messages(case_id, form=MessageForm(formdata=None), said="Your message was sent.")
    return see_other("cases.messages", case_id=case_id)


@bp.get("/cases/<uuid:case_id>/messages/<uuid:message_id>/file")
@gate(Permission.READ)
def message_file(case_id: UUID, message_id: UUID) -> Response:
    """Hand a file of the reporter's over: its working copy, where there is one."""
    case = case_or_404(case_id)
    sent = _message_or_404(case, message_id)
    return hand_over(case, sent.working_id or sent.original_id)


@bp.get("/cases/<uuid:case_id>/messages/<uuid:message_id>/original")
@gate(Permission.READ)
def message_original(case_id: UUID, message_id: UUID) -> Response:
    """Hand a file of the reporter's over, as it came."""
    case = case_or_404(case_id)
    return hand_over(case, _message_or_404(case, message_id).original_id)


@bp.post("/cases/<uuid:case_id>/messages/<uuid:message_id>/evidence")
@gate(Permission.HANDLE)
@or_show(lambda case_id, message_id, **shown: messages(case_id, **shown))
def file_as_evidence(case_id: UUID, message_id: UUID) -> Response:
    """Add a file of the reporter's to the evidence, as it was checked when it came."""
    case = case_or_404(case_id)
    sent = _message_or_404(case, message_id)
    add_sent_file(db(), case, keys_of(case), actor=viewer(), message_id=sent.id)
    db().commit()
    return see_other("cases.evidence", case_id=case_id)


def _thread(case: Case) -> dict[str, object]:
    keys = keys_of(case)
    if not keys.holds(Compartment.INTAKE):
        return {"thread": None, "files": ()}
    thread = [_with_address(case, one) for one in thread_of(db(), case, keys, viewer())]
    return {"thread": thread, "files": [one["file"] for one in thread if one["file"]]}


def _with_address(case: Case, one: MessageFace) -> dict[str, object]:
    files = []
    if one.file:
        address = url_for("cases.message_file", case_id=case.id, message_id=one.file.message_id)
        files = [(one.file.original.name, address)]
    return {
        "mine": one.mine,
        "sender": one.sender,
        "at": one.at,
        "text": one.text,
        "file": one.file,
        "files": files,
    }


def _message_or_404(case: Case, message_id: UUID) -> Message:
    sent = db().get(Message, message_id)
    if sent is None or sent.case_id != case.id:
        abort(404)
    return sent
