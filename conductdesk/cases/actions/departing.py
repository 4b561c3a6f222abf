"""When somebody gives up an office, or their account ends: their seats and keys end with it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.rerouting import fill_empty_seats
from conductdesk.cases.models import Appointment, Case
from conductdesk.cases.queries import lock_in_turn, pack_of, seats_of
from conductdesk.people.models import Account
from conductdesk.people.queries import offices_of, principal_of
from conductdesk.policy import Viewer
from conductdesk.vault.actions import revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import GrantReason


def leave_cases(db: Session, keystore: Keystore, actor: Viewer, account_id: UUID) -> None:
    """End each seat that came with an office which the account no longer holds.

    The next who is clear takes the seat; their key waits for a holder's next unlock. Whoever runs
    this holds no key themselves: an administrator, or the command line.
    """
    account = db.get_one(Account, account_id)
    for case, seats in _seats_without_office(db, account).items():
        _leave(db, keystore, case, seats, actor, account)


def _seats_without_office(db: Session, account: Account) -> dict[Case, list[Appointment]]:
    held = {(holding.scheme, holding.office) for holding in offices_of(db, account)}
    found: dict[Case, list[Appointment]] = {}
    for case in lock_in_turn(db, _seated_on(db, account)):
        lost = [
            seat
            for seat in seats_of(db, case)
            if seat.account_id == account.id and (case.scheme, seat.office) not in held
        ]
        if lost:
            found[case] = lost
    return found


def _seated_on(db: Session, account: Account) -> Sequence[UUID]:
    live = select(Appointment.case_id).where(
        Appointment.account_id == account.id, Appointment.until.is_(None)
    )
    return db.scalars(live).all()


def _leave(
    db: Session,
    keystore: Keystore,
    case: Case,
    seats: list[Appointment],
    actor: Viewer,
    account: Account,
) -> None:
    for seat in seats:
        seat.until = clock.now()
    db.flush()
    case.taken = any(seat.attested_at is not None for seat in seats_of(db, case))
    keys = CaseKeys.load(db, keystore, case.id, None)
    events = fill_empty_seats(db, case, keys, pack=pack_of(db, case), actor=actor)
    principal = principal_of(db, account)
    if principal is not None and not _still_seated(db, case, account):
        events += revoke(
            db,
            case.id,
            principal,
            case_pseudonym=case.pseudonym,
            actor=actor.pseudonym,
            reason=GrantReason.LEFT,
        )
    record(
        db,
        case,
        keys,
        actor=actor,
        event="officer.left",
        pub={"capacities": sorted(seat.capacity for seat in seats)},
        detail={"said": f"{account.name} no longer holds the office, and left the case."},
        grants=events,
    )


def _still_seated(db: Session, case: Case, account: Account) -> bool:
    live = select(Appointment.id).where(
        Appointment.case_id == case.id,
        Appointment.account_id == account.id,
        Appointment.until.is_(None),
    )
    return db.scalar(live.limit(1)) is not None
