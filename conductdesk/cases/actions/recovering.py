"""Two custodians open a case that nobody else can open, for a clear officer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk.audit.record import Event
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.seating import refuse_tied, seat
from conductdesk.cases.models import Appointment, Case
from conductdesk.cases.queries import facts_of, pack_of, seats_of
from conductdesk.cases.rules import READS
from conductdesk.people.actions.bearing import bearers
from conductdesk.people.models import Account, AccountState
from conductdesk.people.queries import account_by_email, offices_of, principal_of
from conductdesk.policy import IN_CHARGE, SYSTEM, Capacity
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Holder
from conductdesk.vault.actions import grant, open_new_epochs
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import DataKey, GrantReason
from conductdesk.vault.principals import recovery_keyring
from conductdesk.vault.queries import grants_of


@dataclass(frozen=True)
class Opened:
    """Who has which case now, and as what."""

    case_name: str
    officer: str
    capacity: str


def open_recovery(
    db: Session,
    keystore: Keystore,
    *,
    case_name: str,
    email: str,
    private_key: bytes,
    parts: Sequence[int],
    custodians: Sequence[str],
) -> Opened:
    """Grant a case to a clear officer with the recovery key; the entry names who brought which parts."""
    two, case = bearers(db, custodians), _case(db, case_name)
    officer, office = _clear_officer(db, case, email)
    keys = CaseKeys.load(db, keystore, case.id, recovery_keyring(db, keystore, private_key))
    refuse_tied(db, case, keys, officer.id)
    _refuse_unless_lost(db, case, office)
    capacity, events = _let_in(db, case, keys, officer, office)
    events += open_new_epochs(
        db, keystore, keys, case_pseudonym=case.pseudonym, actor=SYSTEM.pseudonym
    )
    numbers = [str(number) for number in sorted(parts)]
    brought, names = sorted(one.pseudonym for one in two), " and ".join(one.name for one in two)
    record(
        db,
        case,
        keys,
        actor=SYSTEM,
        event="recovery.opened",
        pub={
            "parts": numbers,
            "custodians": brought,
            "officer": officer.pseudonym,
            "capacity": capacity.value,
        },
        detail={"said": f"Brought by {names}: parts {' and '.join(numbers)}. For {officer.name}."},
        grants=events,
    )
    return Opened(case.code_name, officer.name, capacity.value)


def _case(db: Session, case_name: str) -> Case:
    tidy = " ".join(case_name.split()).lower()
    wanted = select(Case).where(func.lower(Case.code_name) == tidy).with_for_update()
    case = db.scalars(wanted).one_or_none()
    if case is None:
        raise Refused(f"There is no case called “{case_name}”. Check the code name.")
    return case


def _clear_officer(db: Session, case: Case, email: str) -> tuple[Account, str]:
    account = account_by_email(db, email)
    if account is None or account.state != AccountState.ACTIVE or account.principal_id is None:
        raise Refused("There is no active account with this e-mail address.")
    if account.id in facts_of(db, case).barred:
        raise Refused("This person is kept away from the case. Name another officer.")
    known = {office.key for office in pack_of(db, case).offices}
    held_now = offices_of(db, account)
    offices = [one.office for one in held_now if one.scheme == case.scheme and one.office in known]
    if account.administrator or not offices:
        raise Refused("This person holds no office of the case’s scheme. Give them one first.")
    return account, offices[0]


def _refuse_unless_lost(db: Session, case: Case, office: str) -> None:
    """Refuse while somebody in charge, who can sign in, holds every key that they need.

    A case whose risk no safeguarding officer hears of still takes one.
    """
    held = (_holds_all(db, case, one) for one in seats_of(db, case) if one.capacity in IN_CHARGE)
    if any(held) and not _lacks_lead(db, case, office):
        raise Refused(
            "Somebody who is clear is in charge of this case and holds its keys, so it needs no "
            "recovery. The cases that wait for one: conductdesk recovery waiting. If nobody can "
            "reach them, stop their sign-in first: conductdesk people reset EMAIL"
        )


def _lacks_lead(db: Session, case: Case, office: str) -> bool:
    """Answer whether a safeguarding officer is missing, and somebody in *office* can be it."""
    there = any(one.capacity == Capacity.SAFEGUARDING for one in seats_of(db, case))
    return case.at_risk and not there and office in pack_of(db, case).safeguarding


def _holds_all(db: Session, case: Case, seated: Appointment) -> bool:
    account = db.get_one(Account, seated.account_id)
    if account.state != AccountState.ACTIVE or account.principal_id is None:
        return False
    held = {key.id for _grant, key in grants_of(db, case.id, account.principal_id)}
    theirs = DataKey.compartment.in_(READS[Capacity(seated.capacity)])
    return held >= set(db.scalars(select(DataKey.id).where(DataKey.case_id == case.id, theirs)))


def _let_in(
    db: Session, case: Case, keys: CaseKeys, officer: Account, office: str
) -> tuple[Capacity, list[Event]]:
    """Seat the officer where somebody is missing, or give whoever is in charge the keys they lack."""
    seats = seats_of(db, case)
    own = [Capacity(one.capacity) for one in seats if one.account_id == officer.id]
    in_charge = next((capacity for capacity in own if capacity in IN_CHARGE), None)
    if in_charge is not None:
        return in_charge, _grant_all(db, case, keys, officer, in_charge)
    taken = any(one.capacity == Capacity.HANDLER for one in seats)
    beside = Capacity.SAFEGUARDING if _lacks_lead(db, case, office) else Capacity.ALTERNATE
    capacity = beside if taken else Capacity.HANDLER
    holder = Holder(officer.id, office)
    return capacity, seat(db, case, keys, holder, capacity, SYSTEM, GrantReason.RECOVERY)


def _grant_all(
    db: Session, case: Case, keys: CaseKeys, officer: Account, capacity: Capacity
) -> list[Event]:
    principal = principal_of(db, officer)
    if principal is None:
        raise Refused("That person has not set up their account yet, so they have no key.")
    return grant(
        db,
        keys,
        principal,
        sorted(READS[capacity]),
        case_pseudonym=case.pseudonym,
        actor=SYSTEM.pseudonym,
        reason=GrantReason.RECOVERY,
    )
