"""The record of a closed case, and the masked copy that its handler checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.queries import Entry
from conductdesk.cases.actions.copying import latest_audit_copy
from conductdesk.cases.clocks import NAMES
from conductdesk.cases.closing_acts import CheckedCopy, Section
from conductdesk.cases.days import in_words
from conductdesk.cases.models import Appointment, AuditCopy, Case, CaseClock, Party
from conductdesk.cases.words import CAPACITIES, PARTS, ROUTES, state_words
from conductdesk.people.models import Account
from conductdesk.review.queries.entries import actors_of, entries_shown
from conductdesk.schemes.calendar import local_day
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys, NotGranted
from conductdesk.vault.seal import SealBrokenError

CHANGED = "It cannot be opened: somebody has changed it."


@dataclass(frozen=True)
class ClockKept:
    """One clock of a case: when it ran out, and what became of it."""

    name: str
    due_at: datetime
    result: str
    missed: bool


@dataclass(frozen=True)
class Seat:
    """Somebody's time on a case."""

    name: str
    office: str
    capacity: str
    since: datetime
    until: datetime | None
    attested_at: datetime | None


@dataclass(frozen=True)
class Step:
    """One move of the case, as the log tells it."""

    state: str
    """The words of the state that it led to."""
    at: datetime
    by: str


@dataclass(frozen=True)
class Record:
    """A closed case, without the reporter's identity."""

    facts: tuple[tuple[str, str], ...]
    steps: tuple[Step, ...]
    clocks: tuple[ClockKept, ...]
    seats: tuple[Seat, ...]
    parties: tuple[tuple[str, str], ...]
    """Part and alias."""
    sections: tuple[Section, ...] | None
    """The masked audit copy; None where the auditor has no key, or it cannot be opened."""
    checked_at: datetime | None
    """When the handler checked the copy."""
    problem: str
    """Why a copy that should open does not."""


def record_of(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> Record:
    """Return the record of a closed case; its audit copy opens with the auditor's own key."""
    sections, checked_at, problem = opened_copy(db, case, keys)
    return Record(
        facts=facts_shown(case, pack),
        steps=_steps(db, entries_shown(db, case)),
        clocks=_clocks(db, case),
        seats=_seats(db, case, pack),
        parties=parties_shown(db, case),
        sections=sections,
        checked_at=checked_at,
        problem=problem,
    )


def facts_shown(case: Case, pack: Pack) -> tuple[tuple[str, str], ...]:
    """Return what a closed case is, in rows of words."""
    kept = pack.retention_class(case.retention_class).name if case.retention_class else ""
    return (
        ("Scheme", pack.name),
        ("Code", f"Version {case.pack_version}"),
        ("Came in by", case.channel.replace("_", " ").capitalize()),
        ("Route", ROUTES.get(case.route or "", "")),
        ("Marked", ", ".join(_marks(case)) or "Neither urgent nor safeguarding"),
        ("Received", in_words(case.received_at)),
        ("Acknowledged", _day(case.acknowledged_at)),
        ("Decided", _day(case.decided_at) or "No decision on this route"),
        ("Closed", _day(case.closed_at)),
        ("Kept", f"{kept}, until {_day(case.keep_until)}" if case.keep_until else kept),
    )


def _marks(case: Case) -> Iterable[str]:
    marks = ((case.urgent, "Urgent"), (case.at_risk, "Safeguarding"))
    return (words for holds, words in marks if holds)


def _day(moment: datetime | None) -> str:
    return "" if moment is None else in_words(moment)


def _steps(db: Session, entries: Sequence[Entry]) -> tuple[Step, ...]:
    names = actors_of(db, entries)
    return tuple(
        Step(
            state=state_words(str(entry.pub["to"])),
            at=entry.time,
            by=names.get(entry.actor, "somebody who has left"),
        )
        for entry in reversed(entries)
        if "from" in entry.pub and "to" in entry.pub
    )


def clock_kept(one: CaseClock) -> ClockKept:
    """Return what became of a clock."""
    name, ended = NAMES.get(one.name, one.name), one.met_at or one.dropped_at
    late = (local_day(ended) - local_day(one.due_at)).days if ended else 0
    if late > 0:
        days = f"{late} day{'s' * (late > 1)}"
        what = "late" if one.met_at else "over its date when it was dropped"
        return ClockKept(name, one.due_at, f"Missed: {days} {what}", missed=True)
    if one.met_at is not None:
        return ClockKept(name, one.due_at, f"Kept, {in_words(one.met_at)}", missed=False)
    if one.dropped_at is not None:
        return ClockKept(name, one.due_at, "Not needed any more", missed=False)
    return ClockKept(name, one.due_at, "Still running", missed=False)


def _clocks(db: Session, case: Case) -> tuple[ClockKept, ...]:
    rows = select(CaseClock).where(CaseClock.case_id == case.id).order_by(CaseClock.due_at)
    return tuple(clock_kept(one) for one in db.scalars(rows))


def _seats(db: Session, case: Case, pack: Pack) -> tuple[Seat, ...]:
    offices = {office.key: office.name for office in pack.offices}
    rows = db.execute(
        select(Appointment, Account.name)
        .join(Account, Account.id == Appointment.account_id)
        .where(Appointment.case_id == case.id)
        .order_by(Appointment.since, Appointment.capacity)
    )
    return tuple(
        Seat(
            name=name,
            office=offices.get(seat.office, seat.office),
            capacity=CAPACITIES[seat.capacity],
            since=seat.since,
            until=seat.until,
            attested_at=seat.attested_at,
        )
        for seat, name in rows
    )


def parties_shown(db: Session, case: Case) -> tuple[tuple[str, str], ...]:
    """Return part and alias of each party."""
    columns = select(Party.part, Party.alias).where(Party.case_id == case.id)
    found = db.execute(columns.order_by(Party.alias))
    return tuple((PARTS.get(part, part), alias) for part, alias in found)


def opened_copy(
    db: Session, case: Case, keys: CaseKeys
) -> tuple[tuple[Section, ...] | None, datetime | None, str]:
    """Return the sections of the masked copy, when it was checked, and why it does not open."""
    row = latest_audit_copy(db, case)
    if row is None:
        return None, None, ""
    try:
        return CheckedCopy.from_json(keys.open(AuditCopy.body, row)).sections, row.made_at, ""
    except NotGranted:
        return None, row.made_at, ""
    except SealBrokenError:
        return None, row.made_at, CHANGED
