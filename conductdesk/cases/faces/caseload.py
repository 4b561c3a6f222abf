"""The caseload: the cases that a viewer may know of, the most urgent clock first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from conductdesk.cases.clocks import NAMES, WINDOW
from conductdesk.cases.endings import was_told
from conductdesk.cases.faces.frame import due_words
from conductdesk.cases.faces.listing import Filter, lists_of, mark
from conductdesk.cases.models import Appointment, Case, CaseClock
from conductdesk.cases.queries import own_seats, visible_cases
from conductdesk.cases.scheme_findings import findings_for
from conductdesk.cases.words import event_words, state_tag
from conductdesk.people.models import Account
from conductdesk.policy import Capacity, Viewer
from conductdesk.routing.receiving import receives
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import packs_in_force

PAGE_SIZE = 50
LIST_NAMES = {"open": "Open", "mine": "Mine", "new": "Not taken yet", "closed": "Closed"}


@dataclass(frozen=True)
class CaseloadRow:
    """One case in the list."""

    id: UUID
    name: str
    scheme: str
    state: tuple[str, str]
    """Its words and their tone."""
    entered: bool
    """Whether the viewer attested, so that the case opens to them."""
    taken: bool
    joined: bool
    """Whether it is looked into in another case."""
    clock_name: str
    clock_when: str
    clock_look: str
    handler: str
    last_at: datetime
    last_words: str


@dataclass(frozen=True)
class Caseload:
    """One page of the list, and where the next one begins."""

    rows: tuple[CaseloadRow, ...]
    next_after: str | None
    counts: dict[str, int]
    """How many cases each list has, as far as it is counted."""
    schemes: Mapping[str, str]
    """The names, by their keys, of the schemes in which the viewer has an office or a seat."""
    found: str
    """What is listed, in a sentence."""
    can_enter: bool
    """Whether the viewer may enter a concern for somebody else."""
    audited: bool
    """Whether an audit found something on no single case that an office of the viewer's answers."""
    told: bool
    """Whether the viewer was told of an end that holds in every organisation."""


def caseload(db: Session, viewer: Viewer, wanted: Filter) -> Caseload:
    """Return one page of the viewer's caseload."""
    lists = lists_of(db, viewer)
    found = lists.begin(wanted, PAGE_SIZE + 1)
    page, packs = found[:PAGE_SIZE], packs_in_force(db)
    return Caseload(
        rows=_rows(db, viewer, page),
        next_after=mark(page[-1]) if len(found) > PAGE_SIZE else None,
        counts=lists.counts(),
        schemes=_schemes(db, viewer, packs),
        found=_sentence(wanted, len(page)),
        can_enter=any(receives(pack, viewer.offices) for pack in packs),
        audited=bool(findings_for(db, viewer)),
        told=was_told(db, viewer),
    )


def _schemes(db: Session, viewer: Viewer, packs: Sequence[Pack]) -> dict[str, str]:
    """Return the schemes that the viewer knows of: of the others not even a name is shown."""
    known = {scheme for scheme, _office in viewer.offices}
    others = {pack.key for pack in packs} - known
    if others:
        seated = visible_cases(viewer).where(Case.id.in_(own_seats(viewer)))
        elsewhere = seated.where(Case.scheme.in_(others)).with_only_columns(Case.scheme)
        known |= set(db.scalars(elsewhere.distinct()))
    return {pack.key: pack.name for pack in packs if pack.key in known}


def _sentence(wanted: Filter, rows: int) -> str:
    return f"{rows} case{'s' * (rows != 1)} on this page, {LIST_NAMES[wanted.show].lower()}."


def _rows(db: Session, viewer: Viewer, page: Sequence[Case]) -> tuple[CaseloadRow, ...]:
    ids = [case.id for case in page]
    clocks = _nearest_clocks(db, ids)
    handlers, entered = _attested_seats(db, ids, viewer)
    rows = []
    for case in page:
        name, (when, look) = clocks.get(case.id, ("", ("", "")))
        handler = handlers.get(case.id)
        rows.append(
            CaseloadRow(
                id=case.id,
                name=case.code_name,
                scheme=case.scheme,
                state=state_tag(case.state),
                entered=case.id in entered,
                taken=handler is not None,
                joined=case.joined_to is not None,
                clock_name=name,
                clock_when=when,
                clock_look=look,
                handler=handler or "Nobody yet",
                last_at=case.last_activity_at,
                last_words=event_words(case.last_activity),
            )
        )
    return tuple(rows)


def _nearest_clocks(db: Session, ids: Sequence[UUID]) -> dict[UUID, tuple[str, tuple[str, str]]]:
    running = db.scalars(
        select(CaseClock)
        .where(
            CaseClock.case_id.in_(ids),
            CaseClock.met_at.is_(None),
            CaseClock.dropped_at.is_(None),
            CaseClock.paused_at.is_(None),
            CaseClock.name != WINDOW,
        )
        .order_by(CaseClock.due_at.desc())
    )
    return {one.case_id: (NAMES.get(one.name, one.name), due_words(one.due_at)) for one in running}


def _attested_seats(
    db: Session, ids: Sequence[UUID], viewer: Viewer
) -> tuple[dict[UUID, str], set[UUID]]:
    """Return who is in charge of each case, and the cases that are open to the viewer."""
    handlers: dict[UUID, str] = {}
    entered: set[UUID] = set()
    for case_id, capacity, account_id, name in db.execute(
        select(Appointment.case_id, Appointment.capacity, Account.id, Account.name)
        .join(Account, Account.id == Appointment.account_id)
        .where(
            Appointment.case_id.in_(ids),
            or_(Appointment.capacity == Capacity.HANDLER, Account.id == viewer.account_id),
            Appointment.until.is_(None),
            Appointment.attested_at.is_not(None),
        )
    ):
        if account_id == viewer.account_id:
            entered.add(case_id)
        if capacity == Capacity.HANDLER:
            handlers[case_id] = "You" if account_id == viewer.account_id else name
    return handlers, entered
