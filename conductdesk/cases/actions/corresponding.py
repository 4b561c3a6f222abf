"""What the holder of a receipt can do on their own case: write, add a file, stop."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.recording import REPORTER, record
from conductdesk.cases.models import Case, Message, MessageKind
from conductdesk.cases.queries import seats_of
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.policy import IN_CHARGE, Capacity
from conductdesk.refusal import Refused
from conductdesk.vault.cleaning import PreparedFile
from conductdesk.vault.files import KeptFile, keep
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

TOLD = IN_CHARGE | {Capacity.SAFEGUARDING}
"""Who hears that the reporter wrote."""

WITHDRAWN = "I do not want to go on."


def write_as_reporter(
    db: Session, case: Case, keys: CaseKeys, *, text: str, file: PreparedFile | None = None
) -> Message:
    """Add a message, with a checked file or without."""
    if not text and file is None:
        raise Refused("Write a message, or choose a file.")
    kept = keep(db, keys, file, Compartment.INTAKE) if file else None
    message = add_message(db, case, keys, MessageKind.MESSAGE, text or "I added a file.", kept)
    record(
        db,
        case,
        keys,
        actor=REPORTER,
        event="reporter.wrote",
        pub={"file": file is not None},
    )
    tell_those_in_charge(db, case, Notice.UPDATE)
    return message


def withdraw(db: Session, case: Case, keys: CaseKeys, *, reason: str) -> Message:
    """Record that the reporter does not want to go on: an event, and somebody decides."""
    message = add_message(db, case, keys, MessageKind.WITHDRAWAL, reason or WITHDRAWN)
    record(db, case, keys, actor=REPORTER, event="reporter.withdrew")
    tell_those_in_charge(db, case, Notice.UPDATE)
    return message


def add_message(
    db: Session,
    case: Case,
    keys: CaseKeys,
    kind: MessageKind,
    text: str,
    file: KeptFile | None = None,
) -> Message:
    """Add a message of the reporter; the caller leaves the entry."""
    row_id = uuid4()
    message = Message(
        id=row_id,
        case_id=case.id,
        from_reporter=True,
        kind=kind,
        sent_at=clock.now(),
        original_id=file.original_id if file else None,
        working_id=file.working_id if file else None,
        body=keys.seal(Message.body, row_id, text),
    )
    db.add(message)
    return message


def tell_those_in_charge(db: Session, case: Case, notice: Notice) -> None:
    """Queue the neutral mail to whoever hears that the reporter wrote."""
    for account_id in {seat.account_id for seat in seats_of(db, case) if seat.capacity in TOLD}:
        notify(db, account_id, notice, case_id=case.id)
