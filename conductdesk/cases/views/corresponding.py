"""The messages with the reporter, and the files that came with them."""

from __future__ import annotations

from uuid import UUID

from flask import Response, abort, stream_with_context, url_for

from conductdesk.cases.actions.gathering import add_evidence_file
from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.acts import NewEvidence
from conductdesk.cases.faces.thread import MessageFace, thread_of
from conductdesk.cases.forms.handling import MessageForm
from conductdesk.cases.models import Case, Message
from conductdesk.cases.views.access import case_or_404, keys_of
from conductdesk.cases.views.blueprint import bp
from conductdesk.cases.views.frame import case_page
from conductdesk.policy import Permission
from conductdesk.vault.cleaning import FILE_LIMIT, prepare
from conductdesk.vault.files import name_of, open_file
from conductdesk.vault.models import Compartment, SealedFile
from conductdesk.vault.streams import FileSealer
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer
from conductdesk.web.page import download, is_fragment_request, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db, release_db


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
    """Hand a file of the reporter's over, as it came."""
    case = case_or_404(case_id)
    keys, file = keys_of(case), _file_or_404(case, message_id)
    clear = stream_with_context(open_file(db(), keys, file))
    return download(clear, name_of(keys, file).name, "application/octet-stream")


@bp.post("/cases/<uuid:case_id>/messages/<uuid:message_id>/evidence")
@gate(Permission.HANDLE)
@or_show(lambda case_id, message_id, **shown: messages(case_id, **shown))
def file_as_evidence(case_id: UUID, message_id: UUID) -> Response:
    """Add a file of the reporter's to the evidence, checked and with a working copy."""
    sealer, name = _sealed_again(case_or_404(case_id), message_id)
    release_db()
    file = prepare(sealer, name)
    case = case_or_404(case_id)  # once more: checking the file took its time
    given = NewEvidence(title=name, bearing="neutral", text="Sent by the reporter.")
    add_evidence_file(db(), case, keys_of(case), actor=viewer(), evidence=given, file=file)
    file.close()
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
        files = [(one.file.name, address)]
    return {
        "mine": one.mine,
        "sender": one.sender,
        "at": one.at,
        "text": one.text,
        "file": one.file,
        "files": files,
    }


def _file_or_404(case: Case, message_id: UUID) -> SealedFile:
    sent = db().get(Message, message_id)
    file = db().get(SealedFile, sent.original_id) if sent and sent.original_id else None
    if sent is None or sent.case_id != case.id or file is None:
        abort(404)
    if not keys_of(case).holds(Compartment.INTAKE):
        abort(404)
    return file


def _sealed_again(case: Case, message_id: UUID) -> tuple[FileSealer, str]:
    keys, file = keys_of(case), _file_or_404(case, message_id)
    sealer = FileSealer(FILE_LIMIT)
    for chunk in open_file(db(), keys, file):
        sealer.write(chunk)
    return sealer, name_of(keys, file).name
