"""What the holder of a receipt can do: write, add a file, stop, answer, say they are treated badly."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.receiving import Intake, receive
from conductdesk.cases.actions.recording import REPORTER, record
from conductdesk.cases.concern import Answer, Concern, Mode, PersonNamed
from conductdesk.cases.models import Barrier, Case, CheckIn, Message
from conductdesk.cases.queries import seats_of
from conductdesk.notices.actions import notify
from conductdesk.notices.rules import Notice
from conductdesk.policy import IN_CHARGE, Capacity
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Why
from conductdesk.schemes.pack import Pack
from conductdesk.vault.cleaning import PreparedFile
from conductdesk.vault.files import KeptFile, keep
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment
from conductdesk.vault.receipts import Receipt

TOLD = IN_CHARGE | {Capacity.SAFEGUARDING}
"""Who hears that the reporter wrote."""

WITHDRAWN = "I do not want to go on."
TREATED_BADLY = (
    "Someone is treating me badly for telling you. I have written about it separately, "
    "with a receipt of its own."
)


def write_as_reporter(
    db: Session, case: Case, keys: CaseKeys, *, text: str, file: PreparedFile | None = None
) -> Message:
    """Add a message, with a checked file or without."""
    if not text and file is None:
        raise Refused("Write a message, or choose a file.")
    kept = keep(db, keys, file, Compartment.INTAKE) if file else None
    message = _message(db, case, keys, "message", text or "I added a file.", kept)
    record(
        db,
        case,
        keys,
        actor=REPORTER,
        event="reporter.wrote",
        pub={"file": file is not None},
    )
    _tell(db, case, Notice.UPDATE)
    return message


def withdraw(db: Session, case: Case, keys: CaseKeys, *, reason: str) -> Message:
    """Record that the reporter does not want to go on: an event, and somebody decides."""
    message = _message(db, case, keys, "withdrawal", reason or WITHDRAWN)
    record(db, case, keys, actor=REPORTER, event="reporter.withdrew")
    _tell(db, case, Notice.UPDATE)
    return message


def answer_check_in(
    db: Session, case: Case, keys: CaseKeys, check_in: CheckIn, *, treated_badly: bool
) -> None:
    """Record the answer to a check-in; a *yes* is then told in a linked case."""
    if check_in.answered_at is not None:
        raise Refused("You have answered this already. Thank you.")
    check_in.answered_at, check_in.treated_badly = clock.now(), treated_badly
    record(
        db,
        case,
        keys,
        actor=REPORTER,
        event="check_in.answered",
        pub={"days": check_in.days},
        detail={"treated_badly": treated_badly},
    )
    _tell(db, case, Notice.URGENT if treated_badly else Notice.UPDATE)


def report_bad_treatment(
    db: Session,
    keystore: Keystore,
    pack: Pack,
    case: Case,
    keys: CaseKeys,
    *,
    account: str,
    by: Iterable[PersonNamed],
    receipt: Receipt,
) -> Case:
    """Open a linked case about how the reporter is treated, with a receipt of its own.

    Whoever is kept away from the first case is kept away from this one too. The first case's
    officers hear of it, unless the reporter named one of their offices.
    """
    people = tuple(by)
    concern = Concern(
        kind="concern",
        mode=Mode(case.reporter_mode),
        account=account,
        at_risk=Answer.YES if case.at_risk else Answer.NO,
        people=people,
        channel="mailbox",
    )
    intake = Intake(linked_to=case.id, barriers=_barriers(db, case))
    linked = receive(db, keystore, pack, concern, receipt, intake)
    if not any(person.offices for person in people):
        _message(db, case, keys, "treated_badly", TREATED_BADLY)
        record(db, case, keys, actor=REPORTER, event="treatment.reported")
        _tell(db, case, Notice.URGENT)
    return linked


def _message(
    db: Session, case: Case, keys: CaseKeys, kind: str, text: str, file: KeptFile | None = None
) -> Message:
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


def _tell(db: Session, case: Case, notice: Notice) -> None:
    for account_id in {seat.account_id for seat in seats_of(db, case) if seat.capacity in TOLD}:
        notify(db, account_id, notice, case_id=case.id)


def _barriers(db: Session, case: Case) -> tuple[tuple[UUID, Why], ...]:
    kept = db.scalars(select(Barrier.account_id).where(Barrier.case_id == case.id))
    return tuple((account_id, Why.TIED) for account_id in kept)
