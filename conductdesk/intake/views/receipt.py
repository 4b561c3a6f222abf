"""The receipt: shown for an hour, or until the reporter has saved it."""

from __future__ import annotations

from flask import Response, abort, request, url_for

from conductdesk.audit.checkpoints import SigningStopped, proof_for
from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.receiving import case_of_receipt
from conductdesk.cases.concern import Mode
from conductdesk.intake.forms.mailbox import ReceiptForm
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.intake.views.draft import (
    Sent,
    forget_sent,
    read_with,
    sent_to,
    unsaved,
)
from conductdesk.intake.views.unsaved import at_stake
from conductdesk.policy import Permission
from conductdesk.schemes.calendar import due
from conductdesk.schemes.pack import Pack
from conductdesk.vault.receipts import Receipt
from conductdesk.web import sessions
from conductdesk.web.gate import gate
from conductdesk.web.page import download, page, see_other
from conductdesk.web.state import db, keystore

PROOF_LATER = (
    "The proof cannot be made just now. Your concern is safe. "
    "Come back with your receipt and ask for the proof in a message."
)
NOT_THE_SAME = "That is not the same. Look at each group again, then try once more."


@bp.get("/<scheme>/receipt")
@gate(Permission.TELL)
def receipt(scheme: str) -> Response:
    pack, sent = pack_or_404(scheme), _sent_or_mailbox(scheme)
    return _receipt_page(pack, sent)


@bp.get("/<scheme>/receipt/print")
@gate(Permission.TELL)
def print_receipt(scheme: str) -> Response:
    pack, sent = pack_or_404(scheme), _sent_or_mailbox(scheme)
    return page("intake/receipt_print.html", pack=pack, receipt=sent.receipt)


@bp.get("/<scheme>/receipt/check")
@gate(Permission.TELL)
def check_receipt(scheme: str) -> Response:
    pack = pack_or_404(scheme)
    _sent_or_mailbox(scheme)
    return _check_page(pack, ReceiptForm(formdata=None))


@bp.post("/<scheme>/receipt/check")
@gate(Permission.TELL)
def compare_receipt(scheme: str) -> Response:
    pack, form = pack_or_404(scheme), ReceiptForm()
    _sent_or_mailbox(scheme)
    if not form.validate():
        return _check_page(pack, form, status=422)
    if Receipt.parse(form.receipt.data) not in [sent.receipt for sent in unsaved()]:
        form.receipt.errors = [NOT_THE_SAME]
        return _check_page(pack, form, status=422)
    return _check_page(pack, ReceiptForm(formdata=None), is_right=True)


@bp.post("/<scheme>/receipt/files")
@gate(Permission.TELL)
def add_files(scheme: str) -> Response:
    pack_or_404(scheme)
    sessions.refresh(db())
    sent = sent_to(scheme, request.form.get("which", ""))
    if sent is not None:
        read_with(sent.receipt)
    db().commit()
    return see_other("intake.messages", scheme=scheme, _anchor="file")


@bp.post("/<scheme>/receipt/proof")
@gate(Permission.TELL)
def proof(scheme: str) -> Response:
    pack, sent = pack_or_404(scheme), sent_to(scheme)
    case = case_of_receipt(db(), sent.receipt) if sent else None
    if sent is None or case is None:
        abort(404)
    first = entries_of_case(db(), case.scheme, case.pseudonym, limit=1)[0]
    try:
        text = proof_for(db(), keystore(), case.scheme, first.idx, "receipt")
        db().commit()
    except SigningStopped:
        db().rollback()
        return _receipt_page(pack, sent, refusal=PROOF_LATER, status=422)
    return download(text.encode(), "proof.txt", "application/octet-stream")


@bp.post("/<scheme>/receipt/saved")
@gate(Permission.TELL)
def saved(scheme: str) -> Response:
    pack_or_404(scheme)
    sessions.refresh(db())
    sent = sent_to(scheme, request.form.get("which", ""))
    if sent is not None:
        forget_sent(sent)
    if not at_stake():
        sessions.end()
    db().commit()
    return see_other("intake.receipt" if sent_to(scheme) else "intake.messages", scheme=scheme)


def _sent_or_mailbox(scheme: str) -> Sent:
    """Return the receipt that may still be shown; without one, lead to the door of the mailbox."""
    return sent_to(scheme) or abort(see_other("intake.messages", scheme=scheme))


def _receipt_page(pack: Pack, sent: Sent, *, refusal: str = "", status: int = 200) -> Response:
    return page(
        "intake/receipt.html",
        status=status,
        pack=pack,
        receipt=sent.receipt,
        which=sent.which,
        has_others=sum(other.scheme == pack.key for other in unsaved()) > 1,
        sent_at=sent.at,
        replaceable=sent.mode is not Mode.ANONYMOUS,
        write_by=due(sent.at, pack.clocks["acknowledge"], pack.nation),
        refusal=refusal,
    )


def _check_page(
    pack: Pack, form: ReceiptForm, *, is_right: bool = False, status: int = 200
) -> Response:
    back = url_for("intake.receipt", scheme=pack.key)
    return page(
        "intake/receipt_check.html",
        status=status,
        pack=pack,
        form=form,
        is_right=is_right,
        back_url=back,
    )
