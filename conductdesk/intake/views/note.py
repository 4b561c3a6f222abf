"""The reporter checks what an officer wrote down for them, and gets a receipt of their own."""

from __future__ import annotations

from flask import Response, abort, url_for

from conductdesk.cases.actions.checking import confirm_note, correct_note, exchange_receipt
from conductdesk.cases.faces.note import note_of
from conductdesk.intake.forms.mailbox import NoteForm
from conductdesk.intake.views.blueprint import bp, pack_or_404
from conductdesk.intake.views.draft import exchanged, keep_exchanged
from conductdesk.intake.views.mailbox import my_case
from conductdesk.policy import Permission
from conductdesk.vault.receipts import Receipt
from conductdesk.web import sessions
from conductdesk.web.form import PageForm
from conductdesk.web.gate import gate
from conductdesk.web.page import page, see_other
from conductdesk.web.refusing import accepted, or_show
from conductdesk.web.state import db


@bp.get("/<scheme>/messages/note")
@gate(Permission.CORRESPOND)
def note(scheme: str, refusal: str = "", form: PageForm | None = None) -> Response:
    """Show what was written down, and ask whether it is right."""
    pack = pack_or_404(scheme)
    face = note_of(db(), *my_case(scheme), pack)
    if face is None:
        abort(404)
    return page(
        "intake/note.html",
        pack=pack,
        note=face,
        form=form or NoteForm(formdata=None),
        refusal=refusal,
        back_url=url_for("intake.messages", scheme=scheme),
    )


@bp.post("/<scheme>/messages/note")
@gate(Permission.CORRESPOND)
@or_show(note)
def checked_note(scheme: str) -> Response:
    """Keep what the reporter says about it."""
    case, keys = my_case(scheme)
    form = accepted(NoteForm())
    if form.is_right:
        confirm_note(db(), case, keys)
    else:
        correct_note(db(), case, keys, text=form.wrong.data)
    db().commit()
    return see_other("intake.messages", scheme=scheme, _anchor="thread")


@bp.post("/<scheme>/messages/receipt")
@gate(Permission.VISIT)
def exchange(scheme: str) -> Response:
    """Give a receipt that nobody else has seen for the one that was handed over."""
    sessions.refresh(db())  # the second of two clicks waits here, and then finds the new receipt
    if _exchanged(scheme) is None:
        receipt = exchange_receipt(db(), *my_case(scheme))
        keep_exchanged(scheme, receipt)
        db().commit()  # the receipt and what it opens are one step
    return see_other("intake.exchanged_receipt", scheme=scheme)


@bp.get("/<scheme>/messages/receipt")
@gate(Permission.CORRESPOND)
def exchanged_receipt(scheme: str) -> Response:
    """Show the new receipt, for an hour."""
    pack, receipt = pack_or_404(scheme), _exchanged(scheme)
    if receipt is None:
        return see_other("intake.messages", scheme=scheme)
    back = url_for("intake.messages", scheme=scheme)
    return page("intake/receipt_new.html", pack=pack, receipt=receipt, back_url=back)


def _exchanged(scheme: str) -> Receipt | None:
    kept = exchanged()
    return kept[1] if kept and kept[0] == scheme else None
