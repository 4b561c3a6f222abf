"""The reporter checks what an officer wrote down for them, and gets a receipt of their own."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.corresponding import add_message, tell_those_in_charge
from conductdesk.cases.actions.identifying import present_reporter
from conductdesk.cases.actions.recording import REPORTER, record
from conductdesk.cases.models import Case, Concern, Message, MessageKind
from conductdesk.notice import Notice
from conductdesk.refusal import Refused
from conductdesk.vault.actions import grant, open_new_epochs, revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment, GrantReason, Principal, PrincipalKind
from conductdesk.vault.principals import key_published, publish_key
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.seal import public_key_of

ANSWERS = (MessageKind.NOTE_CONFIRMED, MessageKind.NOTE_CORRECTED)
"""What the reporter says of what was written down for them."""

IT_IS_RIGHT = "I have read what was written down for me. It is right."
IT_IS_WRONG = "Something in what was written down for me is wrong:"


def confirm_note(db: Session, case: Case, keys: CaseKeys) -> Message:
    """Record that what an officer wrote down is right."""
    _refuse_unless_unanswered(db, case)
    message = add_message(db, case, keys, MessageKind.NOTE_CONFIRMED, IT_IS_RIGHT)
    record(db, case, keys, actor=REPORTER, event="note.confirmed")
    tell_those_in_charge(db, case, Notice.UPDATE)
    return message


def correct_note(db: Session, case: Case, keys: CaseKeys, *, text: str) -> Message:
    """Record what is wrong in it, as a text of its own; what was written stays as it was."""
    _refuse_unless_unanswered(db, case)
    if not text.strip():
        raise Refused("Tell us what is wrong.")
    message = add_message(
        db, case, keys, MessageKind.NOTE_CORRECTED, f"{IT_IS_WRONG}\n\n{text.strip()}"
    )
    record(db, case, keys, actor=REPORTER, event="note.corrected")
    tell_those_in_charge(db, case, Notice.UPDATE)
    return message


def exchange_receipt(db: Session, case: Case, keys: CaseKeys) -> Receipt:
    """Give the reporter a receipt that only they have seen; the one handed over opens nothing.

    *keys* are in the hands of the receipt that goes. What is written from now on is sealed under
    new epochs, which its key never opens.
    """
    reporter = present_reporter(db, case)
    if reporter is None or not reporter.shown_to_officer:
        raise Refused("Nobody but you has seen your receipt.")
    receipt, before = Receipt.mint(), db.get_one(Principal, reporter.principal_id)
    public_key = public_key_of(receipt.private_key)
    principal = publish_key(db, keys.keystore, PrincipalKind.REPORTER, public_key)
    db.flush()
    reporter.lookup, reporter.principal_id = receipt.lookup, principal.id
    reporter.issued_at, reporter.shown_to_officer = clock.now(), False
    who, about, why = REPORTER.pseudonym, case.pseudonym, GrantReason.REPLACED
    parts = [Compartment.INTAKE]
    events = [key_published(principal, actor=who, case_pseudonym=about)]
    events += revoke(db, case.id, before, case_pseudonym=about, actor=who, reason=why)
    events += grant(db, keys, principal, parts, case_pseudonym=about, actor=who, reason=why)
    events += open_new_epochs(db, keys.keystore, keys, case_pseudonym=about, actor=who)
    said = {"said": "The reporter has a receipt that nobody else has seen."}
    record(db, case, keys, actor=REPORTER, event="receipt.exchanged", detail=said, grants=events)
    return receipt


def _refuse_unless_unanswered(db: Session, case: Case) -> None:
    entered = select(Concern.id).where(Concern.case_id == case.id, Concern.entered_by.is_not(None))
    if db.scalar(entered) is None:
        raise Refused("You wrote this yourself. Write a message if there is more to say.")
    said = select(Message.id).where(Message.case_id == case.id, Message.kind.in_(ANSWERS))
    if db.scalar(said.limit(1)) is not None:
        raise Refused("You have answered this already. Write a message if there is more to say.")
