"""A new recovery key takes the place of the one before, as holders sign in."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.record import Event
from conductdesk.vault.actions import EVERY_COMPARTMENT, request_grant, revoke
from conductdesk.vault.models import (
    Compartment,
    DataKey,
    GrantReason,
    GrantRequest,
    KeyGrant,
    Principal,
    PrincipalKind,
    RequestState,
)
from conductdesk.vault.queries import grants_of, recovery_key


def is_in_force(db: Session, principal_id: UUID) -> bool:
    """Answer whether this is the recovery key to which new cases are sealed."""
    return principal_id in {one.id for one in recovery_key(db)}


def held_by_former(db: Session) -> list[UUID]:
    """Return the cases and registers that a recovery key opens that is not in force any more."""
    wanted = select(DataKey.case_id).join(KeyGrant, KeyGrant.data_key_id == DataKey.id).distinct()
    return list(db.scalars(wanted.where(KeyGrant.principal_id.in_(_former(db)))))


def waiting_for_recovery_key(db: Session) -> set[UUID]:
    """Return the cases and registers whose holders have not given the new recovery key its part."""
    in_force = [one.id for one in recovery_key(db)]
    wanted = select(GrantRequest.case_id).where(
        GrantRequest.principal_id.in_(in_force), GrantRequest.state == RequestState.WAITING
    )
    return set(db.scalars(wanted)) | set(held_by_former(db))


def ask_for_recovery_key(
    db: Session, case_id: UUID, used: Collection[Compartment] = EVERY_COMPARTMENT
) -> list[GrantRequest]:
    """Ask for what former recovery keys hold here and the one in force does not.

    *used* are the compartments that anybody ever seals to: of a register it is not all.
    """
    former = _former(db)
    found = [db.get_one(Principal, one.id) for one in recovery_key(db)]
    if not former or not found:
        return []
    held = {key.compartment for one in former for _grant, key in grants_of(db, case_id, one)}
    has = {key.compartment for _grant, key in grants_of(db, case_id, found[0].id)}
    return request_grant(
        db, case_id, found[0], sorted((held & set(used)) - has), GrantReason.NEW_KEY
    )


def retire_former(
    db: Session,
    case_id: UUID,
    used: Collection[Compartment] = EVERY_COMPARTMENT,
    *,
    case_pseudonym: str,
    actor: str,
) -> list[Event]:
    """Take back what a former recovery key opens, where the one in force opens it all.

    The caller opens new epochs afterwards: what is written from then on is out of its reach.
    """
    has = {key.id for one in recovery_key(db) for _grant, key in grants_of(db, case_id, one.id)}
    events: list[Event] = []
    for former in _former(db):
        keys = [key for _grant, key in grants_of(db, case_id, former)]
        lacking = {key.compartment for key in keys if key.id not in has} & set(used)
        covered: set[Compartment] = {key.compartment for key in keys} - lacking
        if covered:
            events += revoke(
                db,
                case_id,
                db.get_one(Principal, former),
                case_pseudonym=case_pseudonym,
                actor=actor,
                reason=GrantReason.REPLACED,
                only=covered,
            )
    return events


def _former(db: Session) -> list[UUID]:
    in_force = [one.id for one in recovery_key(db)]
    recovery = select(Principal.id).where(Principal.kind == PrincipalKind.RECOVERY)
    return list(db.scalars(recovery.where(Principal.id.not_in(in_force))))
