"""A case as its reporter sees it: where it stands in plain words, and the messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.clocks import running_clocks
from conductdesk.cases.faces.mailbox_readers import OfficeReading, mailbox_readers
from conductdesk.cases.joined import course_of
from conductdesk.cases.models import Appointment, Case, CheckIn, Message, MessageKind
from conductdesk.cases.needs import Route
from conductdesk.cases.queries import pack_of
from conductdesk.cases.standing import withdrawal_waits
from conductdesk.cases.workflow import State
from conductdesk.schemes.calendar import due
from conductdesk.schemes.kinds import KINDS, is_request, may_be_inquired
from conductdesk.schemes.pack import Pack
from conductdesk.vault.files import name_of
from conductdesk.vault.keys import CaseKeys, NotGranted
from conductdesk.vault.models import SealedFile

PROMISES = frozenset(
    {"acknowledge", "triage", "feedback", *(path.clock for path in KINDS.values() if path.clock)}
)
"""The clocks that promise the reporter a word."""


@dataclass(frozen=True)
class Step:
    """One step of the way; *when* is `done`, `now` or `to come`."""

    name: str
    when: str
    hint: str = ""
    at: datetime | None = None
    """When it was done, or by when it will be."""


@dataclass(frozen=True)
class ThreadFile:
    """A file that hangs on a message."""

    file_id: UUID
    name: str


@dataclass(frozen=True)
class ThreadMessage:
    """One message, as it can be read with the receipt."""

    mine: bool
    sender: str
    at: datetime
    text: str
    file: ThreadFile | None = None


@dataclass(frozen=True)
class ReporterView:
    """Everything that the mailbox shows."""

    heading: str
    words: str
    hear_by: datetime | None
    steps: tuple[Step, ...]
    thread: tuple[ThreadMessage, ...]
    readers: tuple[OfficeReading, ...]
    check_in: bool
    """Whether a check-in waits for an answer."""
    withdrawn: bool
    """Whether the reporter asked to stop, and nobody has decided yet whether to go on."""
    told: bool
    """Whether the reporter was told how it went."""
    closed: bool


STANDING: Mapping[State, tuple[str, str]] = {
    State.RECEIVED: (
        "We have what you told us",
        "A person will read it and write to you here. You do not need to do anything now.",
    ),
    State.ACKNOWLEDGED: (
        "A person has read it",
        "They are working out what to do, and will tell you here.",
    ),
    State.TRIAGED: (
        "We have chosen what to do",
        "We are getting ready to do it. You do not need to do anything now.",
    ),
    State.INFORMAL: (
        "We are trying to settle it",
        "We talk to the people who agreed to talk. Nobody has to take part.",
    ),
    State.INVESTIGATING: (
        "We are looking into it",
        "Someone is finding out what happened. You do not need to do anything now.",
    ),
    State.REPORTED: (
        "We have found out what we could",
        "Someone who did not look into it now decides what it means.",
    ),
    State.DECIDED: ("We have decided", "We will tell you here how it went."),
    State.APPEALED: (
        "We have been asked to look again",
        "Other people check what was decided. What keeps you safe now stays in place.",
    ),
    State.CARRYING_OUT: (
        "We are doing what was decided",
        "We make sure that each thing is really done.",
    ),
    State.CLOSED: ("This is finished", "You can still write to us here, at any time."),
    State.AFTERCARE: (
        "This is finished, and we keep in touch",
        "We ask you now and then if anyone treats you badly for telling us.",
    ),
}
ASKED_FOR = ("We are doing what you asked", "We tell you here when it is done.")
LAST = ("We are at the end", "You can still write to us here.")

REACHED = tuple(State)
"""The states in the order of the procedure."""


def for_reporter(db: Session, case: Case, keys: CaseKeys) -> ReporterView:
    """Return what the holder of the receipt sees of *case*."""
    pack = pack_of(db, case)
    state, route = course_of(db, case)
    heading, words = _standing(case, state)
    return ReporterView(
        heading=heading,
        words=words,
        hear_by=_hear_by(db, case),
        steps=_steps(case, state, route, pack),
        thread=_thread(db, case, keys, pack),
        readers=mailbox_readers(db, case, keys, pack),
        check_in=open_check_in(db, case) is not None,
        withdrawn=withdrawal_waits(db, case),
        told=_was_told(db, case),
        closed=state in (State.CLOSED, State.AFTERCARE),
    )


def _standing(case: Case, state: State) -> tuple[str, str]:
    if state is State.CARRYING_OUT and is_request(case.kind):
        return ASKED_FOR
    return STANDING.get(state, LAST)


def open_check_in(db: Session, case: Case) -> CheckIn | None:
    """Return the check-in that is due and not answered, the oldest first."""
    waiting = select(CheckIn).where(
        CheckIn.case_id == case.id,
        CheckIn.answered_at.is_(None),
        CheckIn.due_at <= clock.now(),
    )
    return db.scalars(waiting.order_by(CheckIn.due_at)).first()


def file_of(db: Session, case: Case, file_id: UUID) -> SealedFile | None:
    """Return a file that hangs on a message of *case*, or None."""
    return db.scalars(
        select(SealedFile)
        .join(Message, Message.original_id == SealedFile.id)
        .where(Message.case_id == case.id, SealedFile.id == file_id)
    ).first()


def _was_told(db: Session, case: Case) -> bool:
    feedback = select(Message.id).where(
        Message.case_id == case.id, Message.kind == MessageKind.FEEDBACK
    )
    return db.scalar(feedback.limit(1)) is not None


def _hear_by(db: Session, case: Case) -> datetime | None:
    dues = [running.due_at for running in running_clocks(db, case) if running.name in PROMISES]
    return min(dues, default=None)


def _steps(case: Case, state: State, route: str | None, pack: Pack) -> tuple[Step, ...]:
    place = REACHED.index(state)
    told = Step("You told us", "done", at=case.received_at)
    read = _step("A person reads it and writes to you", state, place, State.RECEIVED)
    chosen = _step("We choose what to do", state, place, State.ACKNOWLEDGED)
    last = Step("We tell you how it went", _when(place, State.CLOSED, State.DECIDED))
    feedback = due(case.acknowledged_at or case.received_at, pack.clocks["feedback"], pack.nation)
    last = Step(last.name, last.when, at=case.closed_at or feedback)
    read = Step(read.name, read.when, at=case.acknowledged_at)
    return (told, read, chosen, *_middle(case, route, place), last)


def _middle(case: Case, route: str | None, place: int) -> Sequence[Step]:
    if route in (None, Route.FORMAL) and may_be_inquired(case.kind):
        looking = _when(place, State.REPORTED, State.TRIAGED)
        deciding = _when(place, State.DECIDED, State.REPORTED)
        return (
            Step("We look into it", looking, "We hear from both sides"),
            Step("We decide", deciding, "Not the same person who looked into it"),
        )
    doing = _when(place, State.CLOSED, State.TRIAGED)
    return (Step("We do what we said", doing),)


def _step(name: str, state: State, place: int, waits_in: State) -> Step:
    begun = REACHED.index(waits_in)
    when = "now" if state is waits_in else "done" if place > begun else "to come"
    return Step(name, when)


def _when(place: int, done_from: State, now_from: State) -> str:
    if place >= REACHED.index(done_from):
        return "done"
    return "now" if place >= REACHED.index(now_from) else "to come"


def _thread(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> tuple[ThreadMessage, ...]:
    offices = _offices_by_account(db, case, pack)
    found = db.scalars(
        select(Message).where(Message.case_id == case.id).order_by(Message.sent_at, Message.id)
    )
    return tuple(_shown(db, message, keys, offices) for message in found)


def _shown(
    db: Session, message: Message, keys: CaseKeys, offices: Mapping[UUID, str]
) -> ThreadMessage:
    try:
        text = keys.open(Message.body, message)
    except NotGranted:
        text = "This message cannot be shown yet. It will be, once we have opened it for you."
    sender = offices.get(message.account_id, "Us") if message.account_id else "This site"
    return ThreadMessage(
        message.from_reporter, sender, message.sent_at, text, _file(db, message, keys)
    )


def _file(db: Session, message: Message, keys: CaseKeys) -> ThreadFile | None:
    file = db.get(SealedFile, message.original_id) if message.original_id else None
    if file is None:
        return None
    try:
        return ThreadFile(file.id, name_of(keys, file).name)
    except NotGranted:
        return ThreadFile(file.id, "A file")


def _offices_by_account(db: Session, case: Case, pack: Pack) -> dict[UUID, str]:
    seats = db.scalars(
        select(Appointment).where(Appointment.case_id == case.id).order_by(Appointment.since)
    )
    return {seat.account_id: pack.office(seat.office).name for seat in seats}
