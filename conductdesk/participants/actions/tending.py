"""Looking after the keys of registers: who comes, who leaves, who lost a key."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from conductdesk.audit.record import Event
from conductdesk.participants.actions.recording import record
from conductdesk.participants.models import Register
from conductdesk.participants.queries import HELD, keepers, keys_of_register, may_keep
from conductdesk.people.models import Account
from conductdesk.people.queries import principal_of
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.queries import pack_in_force
from conductdesk.vault.actions import fill_requests, open_new_epochs, request_grant, revoke
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import (
    Compartment,
    GrantReason,
    GrantRequest,
    Keyring,
    Principal,
    PrincipalKind,
)
from conductdesk.vault.queries import (
    cases_held_alone,
    compartments_held,
    holders_of,
    waiting_requests,
)
from conductdesk.vault.renewal import ask_for_recovery_key, is_in_force, retire_former


def registers_to_tend(db: Session, viewer: Viewer) -> list[Register]:
    """Lock and return the registers that this person's sign-in may have work in.

    They are locked before anything is written to a log: whoever acts on one register has its row
    before the head of the log, and so must whoever acts on several things.
    """
    schemes = {scheme for scheme, _office in viewer.offices}
    return _locked(db, Register.scheme.in_(schemes)) if schemes else []


def tend_registers(
    db: Session,
    keystore: Keystore,
    registers: Sequence[Register],
    viewer: Viewer,
    keyring: Keyring,
) -> list[str]:
    """Ask for the keys of those who came into an office, and give what this key can give.

    Return, in sentences, what could not be done.
    """
    undone: list[str] = []
    for register in registers:
        try:
            with db.begin_nested():
                _tend_register(db, keystore, register, viewer, keyring)
        except Refused as error:
            undone.append(str(error))
    return undone


def registers_of(db: Session, principal_id: UUID) -> list[Register]:
    """Lock and return the registers to which a key was granted."""
    return _locked(db, Register.id.in_(compartments_held(db, principal_id)))


def leave_registers(
    db: Session, keystore: Keystore, registers: Sequence[Register], actor: Viewer, account_id: UUID
) -> None:
    """Take back the keys of an account that keeps a register no longer.

    The next keeper who signs in opens new epochs. Whoever runs this holds no key themselves.
    """
    account = db.get_one(Account, account_id)
    principal = principal_of(db, account)
    for register in registers:
        if principal is not None and principal.id not in _entitled(db, register):
            ended = _take_back(db, register, principal, actor, GrantReason.LEFT)
            said = f"{account.name} does not keep the register any more."
            keys = keys_of_register(db, keystore, register, None)
            event = "register.keeper_left"
            record(db, register, keys, actor=actor, event=event, said=said, grants=ended)


def ask_registers_anew(
    db: Session,
    keystore: Keystore,
    registers: Sequence[Register],
    account: Account,
    old_principal_id: UUID,
) -> None:
    """Ask for the registers that *account* keeps, because a reset lost its old key."""
    old, new = db.get_one(Principal, old_principal_id), principal_of(db, account)
    actor = Viewer(account.id, account.pseudonym, account.name)
    for register in registers:
        ended = _take_back(db, register, old, actor, GrantReason.REPLACED)
        if new is not None and new.id in _entitled(db, register):
            request_grant(db, register.id, new, HELD, GrantReason.NEW_KEY)
        said = "Has a new key, and waits for another officer to give access again."
        keys = keys_of_register(db, keystore, register, None)
        event = "register.grant_requested"
        record(db, register, keys, actor=actor, event=event, said=said, grants=ended)


def reasons_to_keep(db: Session, account_id: UUID) -> list[str]:
    """Return why an account cannot leave yet."""
    principal_id = db.get_one(Account, account_id).principal_id
    alone = cases_held_alone(db, principal_id) if principal_id else []
    if db.scalar(select(Register.id).where(Register.id.in_(alone)).limit(1)) is None:
        return []
    return [
        "They alone hold the key of a register of participants. "
        "Another officer who receives concerns must sign in first."
    ]


def _tend_register(
    db: Session, keystore: Keystore, register: Register, viewer: Viewer, keyring: Keyring
) -> None:
    pack = pack_in_force(db, register.scheme)
    if pack is None or not may_keep(viewer, pack):
        return
    keys = keys_of_register(db, keystore, register, keyring)
    who, about = viewer.pseudonym, register.pseudonym
    grants = _take_back_from_others(db, register, pack, viewer)
    asked = _ask_for_newcomers(db, register, pack) | bool(
        ask_for_recovery_key(db, register.id, HELD)
    )
    may_receive = partial(_may_receive, db, pack)
    grants += fill_requests(db, keys, may_receive, case_pseudonym=about, actor=who)
    grants += retire_former(db, register.id, HELD, case_pseudonym=about, actor=who)
    grants += open_new_epochs(db, keystore, keys, case_pseudonym=about, actor=who)
    if grants or asked:
        event = "register.keys_tended" if grants else "register.grant_requested"
        said = "Keys were asked for, given, or replaced."
        record(db, register, keys, actor=viewer, event=event, said=said, grants=grants)


def _take_back_from_others(
    db: Session, register: Register, pack: Pack, actor: Viewer
) -> list[Event]:
    """Take back what a new version of the pack, or an office that ended, gives nobody any more."""
    entitled = {one.key.id for one in keepers(db, pack) if one.key is not None}
    holders = {one.id: one for part in HELD for one in holders_of(db, register.id, part)}
    return [
        event
        for principal in holders.values()
        if principal.kind is PrincipalKind.STAFF and principal.id not in entitled
        for event in _take_back(db, register, principal, actor, GrantReason.LEFT)
    ]


def _ask_for_newcomers(db: Session, register: Register, pack: Pack) -> bool:
    """Ask for the keys of keepers who have none; tell whether anybody was asked for."""
    asked = False
    for one in keepers(db, pack):
        principal = db.get(Principal, one.key.id) if one.key else None
        lacking = _lacking(db, register, principal) if principal else ()
        if principal is not None and lacking:
            asked |= bool(request_grant(db, register.id, principal, lacking, GrantReason.APPOINTED))
    return asked


def _lacking(db: Session, register: Register, principal: Principal) -> list[Compartment]:
    held = compartments_held(db, principal.id).get(register.id, set())
    asked = {
        request.compartment
        for request in waiting_requests(db, register.id)
        if request.principal_id == principal.id
    }
    return [part for part in HELD if part not in held | asked]


def _may_receive(db: Session, pack: Pack, request: GrantRequest) -> bool:
    """Ask the policy again, now that somebody is there to give the key."""
    if is_in_force(db, request.principal_id):
        return True
    entitled = {one.key.id for one in keepers(db, pack) if one.key is not None}
    return request.compartment in HELD and request.principal_id in entitled


def _entitled(db: Session, register: Register) -> set[UUID]:
    pack = pack_in_force(db, register.scheme)
    return {one.key.id for one in keepers(db, pack) if one.key} if pack else set()


def _take_back(
    db: Session, register: Register, principal: Principal, actor: Viewer, reason: GrantReason
) -> list[Event]:
    return revoke(
        db,
        register.id,
        principal,
        case_pseudonym=register.pseudonym,
        actor=actor.pseudonym,
        reason=reason,
    )


def _locked(db: Session, which: ColumnElement[bool]) -> list[Register]:
    """Return registers locked, in the order in which their logs are written."""
    wanted = select(Register).where(which).order_by(Register.scheme)
    locked = wanted.with_for_update().execution_options(populate_existing=True)
    return list(db.scalars(locked))
