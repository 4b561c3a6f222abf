"""What an officer wrote down for a reporter, and what the reporter says about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk.cases.actions.checking import ANSWERS
from conductdesk.cases.actions.identifying import present_reporter
from conductdesk.cases.concern import Concern
from conductdesk.cases.days import in_words
from conductdesk.cases.faces.concern import rows_of_concern
from conductdesk.cases.models import Case, Message, MessageKind
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.cases.words import CHANNELS
from conductdesk.people.models import Account
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

TO_THE_REPORTER = {"What they would like": "What you would like"}


@dataclass(frozen=True)
class NoteStanding:
    """Whether the reporter has checked what was written down for them."""

    entered_by: str
    channel: str
    answer: str
    """One of `checking.ANSWERS`, or empty while the reporter has said nothing."""
    at: datetime | None
    waits: bool
    """Whether a correction came, and nobody has written to the reporter since."""

    @property
    def words(self) -> str:
        """What the desk says of it."""
        if self.at is None:
            return "Not checked by the reporter yet"
        said = "Confirmed" if self.answer == MessageKind.NOTE_CONFIRMED else "Corrected"
        return f"{said} by the reporter on {in_words(self.at)}"


@dataclass(frozen=True)
class NoteFace:
    """What was written down, for the reporter to check."""

    written_at: datetime
    channel: str
    rows: tuple[tuple[str, str], ...]
    standing: NoteStanding


def note_standing(db: Session, case: Case) -> NoteStanding | None:
    """Return where the checking stands; None where the reporter wrote it themselves."""
    name = db.scalar(
        select(Account.name)
        .join(ConcernRow, ConcernRow.entered_by == Account.id)
        .where(ConcernRow.case_id == case.id)
    )
    if name is None:
        return None
    said = _answer(db, case)
    return NoteStanding(
        entered_by=name,
        channel=CHANNELS.get(case.channel, case.channel),
        answer=said.kind if said else "",
        at=said.sent_at if said else None,
        waits=said is not None
        and said.kind == MessageKind.NOTE_CORRECTED
        and not _written_since(db, case, said),
    )


def note_of(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> NoteFace | None:
    """Return the note as its reporter reads it; None where they wrote it themselves."""
    standing = note_standing(db, case)
    if standing is None:
        return None
    row = db.scalars(select(ConcernRow).where(ConcernRow.case_id == case.id)).one()
    concern = Concern.from_json(keys.open(ConcernRow.answers, row))
    rows = rows_of_concern(concern, pack)
    return NoteFace(
        written_at=row.sent_at,
        channel=standing.channel,
        rows=tuple((TO_THE_REPORTER.get(key, key), text) for key, text in rows),
        standing=standing,
    )


def correction_of(db: Session, case: Case, keys: CaseKeys) -> str:
    """Return what the reporter says is wrong; empty where nothing is."""
    said = _answer(db, case)
    return keys.open(Message.body, said) if said and said.kind == MessageKind.NOTE_CORRECTED else ""


def receipt_was_seen(db: Session, case: Case) -> bool:
    """Answer whether an officer has seen the receipt that opens the mailbox now."""
    reporter = present_reporter(db, case)
    return reporter is not None and reporter.shown_to_officer


def _answer(db: Session, case: Case) -> Message | None:
    wanted = select(Message).where(Message.case_id == case.id, Message.kind.in_(ANSWERS))
    return db.scalars(wanted.order_by(Message.sent_at.desc())).first()


def _written_since(db: Session, case: Case, said: Message) -> bool:
    written = select(func.count()).select_from(Message)
    later = written.where(
        Message.case_id == case.id,
        Message.account_id.is_not(None),
        Message.sent_at > said.sent_at,
    )
    return bool(db.scalar(later))
