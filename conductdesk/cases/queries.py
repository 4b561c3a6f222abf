"""Read cases: always from what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    bindparam,
    exists,
    false,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from conductdesk.cases.models import Appointment, Barrier, Case, TieCheck
from conductdesk.cases.workflow import CLOSED_STATES, State
from conductdesk.people.models import Account, AccountState, AuditorAppointment, NewTie
from conductdesk.people.queries import auditors
from conductdesk.policy import IN_CHARGE, Capacity, CaseFacts, Permission, Viewer, may_enter
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import pack_version

IS_CLOSED = Case.state.in_(
    bindparam("closed", sorted(CLOSED_STATES), expanding=True, literal_execute=True)
)
"""Written out into the query, as it is in the indexes of the open and of the closed cases."""


def pack_of(db: Session, case: Case) -> Pack:
    """Return the pack version under which *case* began."""
    return pack_version(db, case.scheme, case.pack_version)


def facts_of(db: Session, case: Case) -> CaseFacts:
    """Return what the policy needs to know of *case*."""
    return facts_of_many(db, [case])[case.id]


def facts_of_many(db: Session, cases: Sequence[Case]) -> dict[UUID, CaseFacts]:
    """Return the policy's facts of several cases, in two queries."""
    people = _people_of(db, [case.id for case in cases])
    return {case.id: _facts(case.id, case, people) for case in cases}


def facts_of_id(db: Session, case_id: UUID, case: Case | None) -> CaseFacts:
    """Return the policy's facts of the case with *case_id*, or of one that was invented.

    Both cost the same, so that the time of a refusal does not tell them apart.
    """
    return _facts(case_id, case, _people_of(db, [case_id]))


@dataclass(frozen=True)
class _People:
    """Who is on some cases and who is kept away, by the case's id."""

    seats: dict[UUID, dict[UUID, set[Capacity]]]
    served: dict[UUID, set[UUID]]
    attested: dict[UUID, set[UUID]]
    barred: dict[UUID, set[UUID]]
    unchecked: dict[UUID, set[UUID]]


def _people_of(db: Session, ids: Sequence[UUID]) -> _People:
    people = _People({one: {} for one in ids}, *(_none(ids) for _one in range(4)))
    for seat in db.scalars(select(Appointment).where(Appointment.case_id.in_(ids))):
        people.served[seat.case_id].add(seat.account_id)
        if seat.until is not None:
            continue
        mine = people.seats[seat.case_id].setdefault(seat.account_id, set())
        mine.add(Capacity(seat.capacity))
        if seat.attested_at is not None:
            people.attested[seat.case_id].add(seat.account_id)
    for case_id, account_id, barred in db.execute(_kept_away(ids)):
        (people.barred if barred else people.unchecked)[case_id].add(account_id)
    return people


def _kept_away(ids: Sequence[UUID]) -> CompoundSelect[UUID, UUID, bool]:
    """Select who is kept away from some cases, and the auditors whose ties nobody looked for yet.

    The third column tells them apart; one query, because every page asks it.
    """
    barriers = select(Barrier.case_id, Barrier.account_id, true())
    unchecked = (
        select(Case.id, NewTie.account_id, false())
        .join(AuditorAppointment, AuditorAppointment.scheme == Case.scheme)
        .join(NewTie, NewTie.account_id == AuditorAppointment.account_id)
        .where(Case.id.in_(ids), ~_looked_for(NewTie))
    )
    return union_all(barriers.where(Barrier.case_id.in_(ids)), unchecked)


def _none(ids: Sequence[UUID]) -> dict[UUID, set[UUID]]:
    return {one: set() for one in ids}


def _facts(case_id: UUID, case: Case | None, people: _People) -> CaseFacts:
    return CaseFacts(
        case_id=case_id,
        scheme=case.scheme if case else "",
        closed=case is not None and case.state in CLOSED_STATES,
        seats={who: frozenset(what) for who, what in people.seats[case_id].items()},
        served=frozenset(people.served[case_id]),
        attested=frozenset(people.attested[case_id]),
        barred=frozenset(people.barred[case_id]),
        unchecked=frozenset(people.unchecked[case_id]),
    )


def visible_cases(viewer: Viewer) -> Select[Case]:
    """Select the cases of which *viewer* may know: the twin of `may(SEE)`."""
    return select(Case).where(_may_see(viewer))


def readable_cases(viewer: Viewer) -> Select[Case]:
    """Select the cases that *viewer* may read: the twin of `may(READ)`."""
    return select(Case).where(_may_see(viewer), _attested_by(viewer))


def reviewable_cases(viewer: Viewer) -> Select[Case]:
    """Select the closed cases that *viewer* audits: the twin of `may(REVIEW)`."""
    if not may_enter(viewer, Permission.REVIEW):
        return select(Case).where(false())
    return select(Case).where(
        Case.scheme.in_(viewer.audits),
        Case.state.in_(CLOSED_STATES),
        _not_barred(viewer),
        ~_ever_seated(viewer),
        ~exists().where(NewTie.account_id == viewer.account_id, ~_looked_for(NewTie)),
    )


def ties_to_look_for(db: Session, case: Case) -> list[UUID]:
    """Return the ties of auditors of the scheme that nobody compared with *case* yet."""
    here = {account.id for account in auditors(db, case.scheme)}  # of others nobody looks
    looked = exists().where(TieCheck.case_id == case.id, TieCheck.tie_id == NewTie.id)
    return list(db.scalars(select(NewTie.id).where(NewTie.account_id.in_(here), ~looked)))


def own_seats(viewer: Viewer, capacity: Capacity | None = None) -> Select[UUID]:
    """Select the cases on which *viewer* has a seat, a barrier notwithstanding."""
    seats = select(Appointment.case_id).where(
        Appointment.account_id == viewer.account_id, Appointment.until.is_(None)
    )
    return seats if capacity is None else seats.where(Appointment.capacity == capacity)


def lock_in_turn(db: Session, ids: Iterable[UUID]) -> list[Case]:
    """Lock several cases, and return them in the order in which their logs are written.

    All rows come before any log's head, and the heads in the order of the schemes' keys: whoever
    acts on one case has its row before the head, and two who act on many take the same turns.
    Otherwise PostgreSQL finds them waiting for each other, and ends one.
    """
    wanted = select(Case).where(Case.id.in_(list(ids))).order_by(Case.scheme, Case.id)
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return list(db.scalars(locked))


def visible_by_id(db: Session, viewer: Viewer, case_id: UUID) -> Case | None:
    """Return the case if *viewer* may know of it."""
    return db.scalars(visible_cases(viewer).where(Case.id == case_id)).first()


def seats_of(db: Session, case: Case) -> list[Appointment]:
    """Return the live appointments of *case*, the oldest first."""
    return list(
        db.scalars(
            select(Appointment)
            .where(Appointment.case_id == case.id, Appointment.until.is_(None))
            .order_by(Appointment.since, Appointment.capacity)
        )
    )


def seated_as(db: Session, case: Case, capacity: Capacity) -> UUID | None:
    """Return who has served last in *capacity* on *case*, or None."""
    return db.scalars(
        select(Appointment.account_id)
        .where(Appointment.case_id == case.id, Appointment.capacity == capacity)
        .order_by(Appointment.until.is_(None).desc(), Appointment.since.desc())
        .limit(1)
    ).first()


def members_of(db: Session, case: Case) -> list[Appointment]:
    """Return the seats of those who decide on *case* now: one officer, or a panel."""
    return [seat for seat in seats_of(db, case) if seat.capacity == Capacity.DECISION_MAKER]


def ever_seated_as(db: Session, case: Case, capacity: Capacity) -> frozenset[UUID]:
    """Return everybody who serves or has served in *capacity* on *case*."""
    seats = select(Appointment.account_id).where(Appointment.case_id == case.id)
    return frozenset(db.scalars(seats.where(Appointment.capacity == capacity)))


def waiting_for_recovery(db: Session) -> list[Case]:
    """Return the open cases of which nobody is in charge, or whose risk no lead hears of."""
    open_ones = Case.state.not_in(CLOSED_STATES | {State.DRAFT, State.DESTROYED})
    no_lead = Case.at_risk & ~_has_officer(frozenset({Capacity.SAFEGUARDING}))
    waiting = select(Case).where(open_ones, ~_has_officer(IN_CHARGE) | no_lead)
    return list(db.scalars(waiting.order_by(Case.received_at)))


def _has_officer(capacities: frozenset[Capacity]) -> ColumnElement[bool]:
    return (
        exists()
        .where(Appointment.case_id == Case.id, Appointment.until.is_(None))
        .where(Appointment.capacity.in_(capacities))
        .where(Account.id == Appointment.account_id, Account.state != AccountState.ENDED)
    )


def _may_see(viewer: Viewer) -> ColumnElement[bool]:
    if not may_enter(viewer, Permission.SEE):
        return false()
    return exists().where(Appointment.case_id == Case.id).where(
        Appointment.account_id == viewer.account_id, Appointment.until.is_(None)
    ) & _not_barred(viewer)


def _looked_for(tie: type[NewTie]) -> ColumnElement[bool]:
    """Hold where somebody compared a tie with the case that is asked about."""
    checked = exists().where(TieCheck.case_id == Case.id, TieCheck.tie_id == tie.id)
    return checked.correlate(Case, tie)


def _ever_seated(viewer: Viewer) -> ColumnElement[bool]:
    return exists().where(
        Appointment.case_id == Case.id, Appointment.account_id == viewer.account_id
    )


def _attested_by(viewer: Viewer) -> ColumnElement[bool]:
    return (
        exists()
        .where(Appointment.case_id == Case.id)
        .where(Appointment.account_id == viewer.account_id)
        .where(Appointment.until.is_(None), Appointment.attested_at.is_not(None))
    )


def _not_barred(viewer: Viewer) -> ColumnElement[bool]:
    return ~exists().where(Barrier.case_id == Case.id, Barrier.account_id == viewer.account_id)
