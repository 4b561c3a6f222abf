"""Give somebody a seat on a case, with its keys; and the next who is clear, where one is empty."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.models import Appointment, Case
from conductdesk.cases.queries import seats_of
from conductdesk.cases.rules import READS, SEPARATE
from conductdesk.cases.ties import tied_to_case
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.people.models import Account
from conductdesk.people.queries import principal_of
from conductdesk.policy import Capacity, Viewer
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Holder
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.parts import DecidedBy
from conductdesk.vault.actions import grant, request_grant
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment, GrantReason


def seat(
    db: Session,
    case: Case,
    keys: CaseKeys,
    holder: Holder,
    capacity: Capacity,
    actor: Viewer,
    reason: GrantReason,
) -> list[Event]:
    """Give *holder* a seat with its keys; what *keys* cannot open is asked of another holder."""
    db.add(
        Appointment(
            case_id=case.id,
            account_id=holder.account_id,
            capacity=capacity,
            office=holder.office,
            since=clock.now(),
        )
    )
    db.flush()
    notice = Notice.URGENT if capacity is Capacity.SAFEGUARDING else Notice.UPDATE
    notify(db, holder.account_id, notice, case_id=case.id)
    principal = principal_of(db, db.get_one(Account, holder.account_id))
    if principal is None:
        raise Refused("That person has not set up their account yet, so they have no key.")
    held = [part for part in _in_order(READS[capacity]) if keys.holds(part)]
    lacking = [part for part in _in_order(READS[capacity]) if not keys.holds(part)]
    request_grant(db, case.id, principal, lacking, reason)
    return grant(
        db,
        keys,
        principal,
        held,
        case_pseudonym=case.pseudonym,
        actor=actor.pseudonym,
        reason=reason,
    )


def refuse_tied(db: Session, case: Case, keys: CaseKeys, account_id: UUID) -> None:
    """Refuse to seat whoever is tied to somebody named in the case."""
    if account_id in tied_to_case(db, case, keys):
        raise Refused("That person is tied to somebody named in this case. Choose somebody else.")


def first_clear(
    clear: Iterable[Holder], offices: Iterable[str], *, besides: Collection[UUID]
) -> Holder | None:
    """Return the next who is clear in one of *offices*, in their order of succession."""
    by_turn = sorted(clear, key=lambda holder: holder.place)
    for office in offices:
        for holder in by_turn:
            if holder.office == office and holder.account_id not in besides:
                return holder
    return None


def fill_panel(
    db: Session,
    case: Case,
    keys: CaseKeys,
    pack: Pack,
    actor: Viewer,
    clear: Sequence[Holder],
) -> list[Event]:
    """Seat others where members left a panel before it had decided."""
    if pack.decision.by is not DecidedBy.PANEL or case.decided_at is not None:
        return []
    here = select(Appointment).where(Appointment.case_id == case.id)
    every = [seat for seat in db.scalars(here) if seat.capacity in SEPARATE]
    chosen = [seat for seat in every if seat.capacity == Capacity.DECISION_MAKER]
    sitting = [seat for seat in chosen if seat.until is None]
    besides = {one.account_id for one in (*every, *seats_of(db, case))}
    offices = [office.key for office in pack.offices if "decide" in office.takes]
    events: list[Event] = []
    for _empty in range(min(len(chosen), pack.decision.members) - len(sitting)):
        found = first_clear(clear, offices, besides=besides)
        if found is not None:
            besides.add(found.account_id)
            decider = Capacity.DECISION_MAKER
            events += seat(db, case, keys, found, decider, actor, GrantReason.SUCCEEDED)
    return events


def _in_order(parts: Iterable[Compartment]) -> list[Compartment]:
    return sorted(parts)
