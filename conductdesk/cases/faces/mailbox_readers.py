"""Who reads a mailbox, as far as its reporter may know.

Offices and the reporter's own answers decide what is shown, as on the page before they sent it. What
the register of participants has brought about is not shown: from who reads, a reporter could else
tell whether somebody they named takes part, is under age, or is close to an officer. Once an officer
has taken the case it names those who really work on it: who reads is then what counts most.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.actions.receiving import holders_of
from conductdesk.cases.concern import Concern, Part
from conductdesk.cases.models import Case, Party
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.cases.queries import seats_of
from conductdesk.cases.rules import READS
from conductdesk.policy import Capacity
from conductdesk.routing.rules import route
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.plain import capital, told_apart
from conductdesk.vault.keys import CaseKeys, NotGranted
from conductdesk.vault.models import Compartment

ORDER = tuple(Capacity)
"""In which order those who read are listed: whoever is in charge comes first."""

Seated = tuple[Capacity, str, UUID]
"""In which capacity somebody reads, from which office, and who."""


@dataclass(frozen=True)
class OfficeReading:
    """An office that reads the messages."""

    who: str
    reads: str
    says: str


def mailbox_readers(
    db: Session, case: Case, keys: CaseKeys, pack: Pack
) -> tuple[OfficeReading, ...]:
    """Return which offices read the mailbox of *case*, and that the respondent does not."""
    return (*_offices(pack, _seated(db, case, keys, pack)), *_respondents(db, case))


def _seated(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> Iterable[Seated]:
    concern = _concern(db, case, keys)
    if concern is not None and not case.taken:
        seats = route(pack, holders_of(db, pack.key), concern.facts()).seats
        return [(seat.capacity, seat.office, seat.account_id) for seat in seats]
    told = concern is None or concern.mentions_risk or case.route is not None
    return [
        (Capacity(seat.capacity), seat.office, seat.account_id)
        for seat in seats_of(db, case)
        if told or seat.capacity != Capacity.SAFEGUARDING
    ]


def _concern(db: Session, case: Case, keys: CaseKeys) -> Concern | None:
    """Return what was sent; None while a new receipt has no key to it yet."""
    first = select(ConcernRow).where(ConcernRow.case_id == case.id).order_by(ConcernRow.sent_at)
    row = db.scalars(first.limit(1)).one()
    try:
        return Concern.from_json(keys.open(ConcernRow.answers, row))
    except NotGranted:
        return None


def _offices(pack: Pack, seated: Iterable[Seated]) -> tuple[OfficeReading, ...]:
    first_to_last = sorted(seated, key=lambda one: ORDER.index(one[0]))
    people = dict.fromkeys(
        (capital(pack.office(office).plain), who)
        for capacity, office, who in first_to_last
        if Compartment.INTAKE in READS[capacity]
    )
    lines = told_apart([name for name, _who in people])
    return tuple(OfficeReading(line, "all", "Reads all of it") for line in lines)


def _respondents(db: Session, case: Case) -> tuple[OfficeReading, ...]:
    found = select(Party.id).where(Party.case_id == case.id, Party.part == Part.RESPONDENT)
    if db.scalar(found.limit(1)) is None:
        return ()
    return (OfficeReading("The person you are worried about", "none", "Does not read it"),)
