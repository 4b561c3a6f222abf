"""The mailbox: what a receipt opens."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import UUID

from flask import Response, abort, request, url_for

from conductdesk.cases.actions.corresponding import withdraw, write_as_reporter
from conductdesk.cases.actions.receiving import case_of_receipt
from conductdesk.cases.actions.recording import REPORTER
from conductdesk.cases.actions.refusing import note_malware
from conductdesk.cases.faces.note import note_standing, receipt_was_seen
from conductdesk.cases.faces.reporter import ThreadMessage, file_of, for_reporter
from conductdesk.cases.models import Case
from conductdesk.intake.forms.mailbox import MessageForm, ReceiptForm, StopForm
from conductdesk.intake.forms.treatment import CheckInForm, treatment_form
from conductdesk.intake.queries import held_case_of_receipt, keyring_of
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.intake.views.draft import new_turn, open_mailbox, sent_to, shown_receipt
from conductdesk.intake.views.unsaved import at_stake
from conductdesk.policy import CaseFacts, Permission, may
from conductdesk.schemes.pack import Pack
from conductdesk.vault.files import name_of, open_file
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.scanning import MalwareFound
from conductdesk.web import sessions
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate, viewer, without_token
from conductdesk.web.limits import allow
from conductdesk.web.page import download, page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import SAFE_METHODS, db, keystore
from conductdesk.web.uploads import checked_file, seal_uploads

WRONG_TRIES = 300
"""How many wrong receipts all visitors together may show in each window of `TRY_AGAIN_AFTER`.

At 120 bits nobody guesses one; the limit spares the server. Right receipts are never counted, so
that nobody can lock reporters out.
"""
TRY_AGAIN_AFTER = timedelta(minutes=10)

UNKNOWN = (
    "We do not know this receipt. Check each group, or each word. "
    "Capitals and spaces do not matter."
)
TOO_MANY = "Too many wrong receipts were tried just now. Try again in 10 minutes."

bp.record_once(seal_uploads)


@bp.get("/<scheme>/messages")
@gate(Permission.VISIT)
def messages(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    pack = pack_or_404(scheme)
    if viewer().reporter_of is None:
        return _door(pack, ReceiptForm(formdata=None))
    return mailbox_page(pack, form or MessageForm(), refusal=refusal)


@bp.post("/<scheme>/messages/open")
@without_token
@gate(Permission.VISIT)
def open_messages(scheme: str) -> Response:
    pack, form = pack_or_404(scheme), ReceiptForm()
    if not form.validate():
        return _door(pack, form, status=422)
    receipt = Receipt.parse(form.receipt.data)
    # What is no receipt at all is looked up like one: the time tells nothing.
    case = case_of_receipt(db(), receipt or Receipt.mint())
    if receipt is None or case is None or case.scheme != scheme:
        return _unknown_receipt(pack, form)
    return _opened(pack, form, receipt)


@bp.post("/<scheme>/messages")
@gate(Permission.CORRESPOND)
@or_show(messages)
def message(scheme: str) -> Response:
    my_case(scheme)
    form = accepted(MessageForm())
    file = checked_file(form, partial(_malware_found, scheme))
    case, keys = my_case(scheme)  # once more: checking the file took its time
    write_as_reporter(db(), case, keys, text=form.message.data, file=file)
    db().commit()
    return see_other("intake.messages", scheme=scheme, _anchor="thread")


@bp.get("/<scheme>/messages/files/<uuid:file_id>")
@gate(Permission.CORRESPOND)
def message_file(scheme: str, file_id: UUID) -> Response:
    case, keys = my_case(scheme)
    file = file_of(db(), case, file_id)
    if file is None:
        abort(404)
    clear = b"".join(open_file(db(), keys, file))
    return download(clear, name_of(keys, file).name, "application/octet-stream")


@bp.get("/<scheme>/messages/stop")
@gate(Permission.CORRESPOND)
def stop(scheme: str) -> Response:
    my_case(scheme)
    return _stop_page(pack_or_404(scheme), StopForm(formdata=None))


@bp.post("/<scheme>/messages/stop")
@gate(Permission.CORRESPOND)
def tell_stop(scheme: str) -> Response:
    pack, form = pack_or_404(scheme), StopForm()
    case, keys = my_case(scheme)
    if not form.validate():
        return _stop_page(pack, form, status=422)
    withdraw(db(), case, keys, reason=form.reason.data)
    db().commit()
    return see_other("intake.messages", scheme=scheme, _anchor="thread")


@bp.post("/<scheme>/messages/leave")
@gate(Permission.VISIT)
def leave_messages(scheme: str) -> Response:
    pack = pack_or_404(scheme)
    sessions.refresh(db())
    loses = at_stake()
    if loses and "anyway" not in request.form:
        return page("intake/before_closing.html", status=422, pack=pack, loses=loses)
    sessions.end()
    return see_other("intake.landing", scheme=scheme)


def my_case(scheme: str) -> tuple[Case, CaseKeys]:
    """Return the case of the receipt that was shown, and its keys; the policy is asked again.

    A request that changes something locks the case's row, as the desk does.
    """
    receipt = shown_receipt()
    load = case_of_receipt if request.method in SAFE_METHODS else held_case_of_receipt
    case = load(db(), receipt) if receipt else None
    if receipt is None or case is None or case.scheme != scheme:
        abort(404)
    if not may(viewer(), Permission.CORRESPOND, CaseFacts(case.id, case.scheme)):
        abort(404)
    return case, CaseKeys.load(db(), keystore(), case.id, keyring_of(db(), receipt))


def _malware_found(scheme: str, found: MalwareFound) -> None:
    """Keep on record that a harmful file was sent."""
    case, keys = my_case(scheme)
    note_malware(db(), case, keys, actor=REPORTER, found=found)
    db().commit()


def _opened(pack: Pack, form: ReceiptForm, receipt: Receipt) -> Response:
    """Open the mailbox; first warn of what this browser holds, for it is dropped."""
    sessions.refresh(db())
    if at_stake(but=receipt) and "anyway" not in request.form:
        return _door(pack, form, but=receipt, status=422)
    sessions.rotate()
    open_mailbox(receipt)
    db().commit()
    return see_other("intake.messages", scheme=pack.key)


def _unknown_receipt(pack: Pack, form: ReceiptForm) -> Response:
    within = allow(db(), "wrong-receipt", limit=WRONG_TRIES, window=TRY_AGAIN_AFTER)
    form.receipt.errors = [UNKNOWN if within else TOO_MANY]
    return _door(pack, form, status=422 if within else 429)


def _door(
    pack: Pack, form: ReceiptForm, *, but: Receipt | None = None, status: int = 200
) -> Response:
    loses = at_stake(but=but)
    return page("intake/messages_door.html", status=status, pack=pack, form=form, loses=loses)


def mailbox_page(
    pack: Pack,
    form: PageForm,
    *,
    check_in_form: CheckInForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> Response:
    """Show the mailbox, one of its forms perhaps with mistakes in it."""
    case, keys = my_case(pack.key)
    view = for_reporter(db(), case, keys)
    return page(
        "intake/messages.html",
        status=status,
        pack=pack,
        view=view,
        thread=[_message_shown(pack, one) for one in view.thread],
        form=form,
        check_in_form=check_in_form or treatment_form(CheckInForm, pack)(None, turn=new_turn()),
        refusal=refusal,
        note=note_standing(db(), case),
        receipt_seen=receipt_was_seen(db(), case),
        receipt_url=url_for("intake.receipt", scheme=pack.key) if sent_to(pack.key) else "",
    )


def _message_shown(pack: Pack, one: ThreadMessage) -> dict[str, object]:
    files: tuple[tuple[str, str], ...] = ()
    if one.file:
        address = url_for("intake.message_file", scheme=pack.key, file_id=one.file.file_id)
        files = ((one.file.name, address),)
    return {"mine": one.mine, "sender": one.sender, "at": one.at, "text": one.text, "files": files}


def _stop_page(pack: Pack, form: StopForm, status: int = 200) -> Response:
    back = url_for("intake.messages", scheme=pack.key)
    return page("intake/stop.html", status=status, pack=pack, form=form, back_url=back)
