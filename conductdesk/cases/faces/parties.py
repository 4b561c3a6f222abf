"""The parties of a case, and the people who are on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Appointment, Case, Party
from conductdesk.cases.queries import facts_of
from conductdesk.cases.rules import EVERYTHING, READS
from conductdesk.cases.words import CAPACITIES, PARTS
from conductdesk.people.models import Account
from conductdesk.people.queries import auditors, officers
from conductdesk.policy import Capacity, Viewer
from conductdesk.vault.keys import CaseKeys

RANK = tuple(Capacity)
"""In which order the people of a case are listed: whoever is in charge first."""


@dataclass(frozen=True)
class PartyFace:
    """One party: who they are, and what they are called where their name is not shown."""

    id: UUID
    part: str
    part_words: str
    alias: str
    name: str


@dataclass(frozen=True)
class SeatFace:
    """One seat on a case."""

    account_id: UUID
    name: str
    value: Capacity
    capacity: str
    """The same in words."""
    since: datetime
    attested: bool
    is_viewer: bool


@dataclass(frozen=True)
class NotOnIt:
    """Somebody without a seat who could be given one, or audit the case once it is closed."""

    account_id: UUID
    name: str
    capacity: str = ""


def parties_of(db: Session, case: Case, keys: CaseKeys) -> tuple[PartyFace, ...]:
    """Return the parties, without the reporter; a name that the viewer cannot open is its alias."""
    rows = db.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.alias))
    can_read = keys.holds(Party.name.property.columns[0].info["compartment"])
    return tuple(
        PartyFace(
            id=row.id,
            part=row.part,
            part_words=PARTS[row.part],
            alias=row.alias,
            name=(keys.open(Party.name, row) if can_read else "") or row.alias,
        )
        for row in rows
    )


def seats_shown(db: Session, case: Case, viewer: Viewer) -> tuple[SeatFace, ...]:
    """Return who is on the case now, whoever is in charge first."""
    rows = db.execute(
        select(Appointment, Account.name)
        .join(Account, Account.id == Appointment.account_id)
        .where(Appointment.case_id == case.id, Appointment.until.is_(None))
    )
    faces = (
        SeatFace(
            account_id=seat.account_id,
            name=name,
            value=Capacity(seat.capacity),
            capacity=CAPACITIES[seat.capacity],
            since=seat.since,
            attested=seat.attested_at is not None,
            is_viewer=seat.account_id == viewer.account_id,
        )
        for seat, name in rows
    )
    return tuple(sorted(faces, key=lambda seat: (RANK.index(seat.value), seat.since)))


def could_come(db: Session, case: Case) -> tuple[NotOnIt, ...]:
    """Return the scheme's other officers and its auditors, without those kept away already."""
    facts = facts_of(db, case)
    known = {account.id: account.name for _office, account in officers(db, case.scheme)}
    known |= {account.id: account.name for account in auditors(db, case.scheme)}
    free = known.keys() - facts.seats.keys() - facts.barred
    return tuple(sorted((NotOnIt(one, known[one]) for one in free), key=lambda one: one.name))


@dataclass(frozen=True)
class Reader:
    """Somebody on the case, and how much of it they read."""

    who: str
    reads: str
    says: str


def who_reads(db: Session, case: Case, viewer: Viewer) -> tuple[Reader, ...]:
    """Return who is on the case and what their key opens, for the panel on the overview."""
    return tuple(
        Reader(
            who=f"{'You' if seat.is_viewer else seat.name}, {seat.capacity.lower()}",
            reads=_reads(seat),
            says=_says(seat),
        )
        for seat in seats_shown(db, case, viewer)
    )


def _reads(seat: SeatFace) -> str:
    if not seat.attested:
        return "none"
    return "all" if READS[seat.value] == EVERYTHING else "part"


def _says(seat: SeatFace) -> str:
    if not seat.attested:
        return "Reads nothing yet: has not looked at the names"
    return "Reads everything" if READS[seat.value] == EVERYTHING else "Not the reporter’s name"
