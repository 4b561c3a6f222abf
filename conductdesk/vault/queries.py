"""Reads of the vault: who holds what, and what waits for a holder."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from conductdesk.vault.models import (
    Compartment,
    DataKey,
    GrantRequest,
    KeyGrant,
    Principal,
    PrincipalKind,
    RequestState,
)
from conductdesk.vault.principals import PublishedKey

_RECOVERY_KEYS = (
    select(
        Principal.id,
        Principal.public_key,
        Principal.fingerprint,
        Principal.pub_mac,
        Principal.owner,
    )
    .where(Principal.kind == PrincipalKind.RECOVERY)
    .order_by(Principal.published_at.desc())
    .limit(1)
)


def recovery_key(db: Session) -> list[PublishedKey]:
    """Return the recovery key in force; an empty list before the installation has one."""
    return [PublishedKey(*row) for row in db.connection().execute(_RECOVERY_KEYS)]


def newest_data_keys(db: Session, case_id: UUID) -> list[DataKey]:
    """Return the newest data key of each compartment."""
    newest = (
        select(DataKey.compartment, func.max(DataKey.epoch).label("epoch"))
        .where(DataKey.case_id == case_id)
        .group_by(DataKey.compartment)
        .subquery()
    )
    query = select(DataKey).where(
        DataKey.case_id == case_id,
        DataKey.compartment == newest.c.compartment,
        DataKey.epoch == newest.c.epoch,
    )
    return list(db.scalars(query))


def holders_of(db: Session, case_id: UUID, compartment: Compartment) -> list[Principal]:
    """Return everybody who can open some epoch of *compartment*."""
    query = (
        select(Principal)
        .join(KeyGrant, KeyGrant.principal_id == Principal.id)
        .join(DataKey, DataKey.id == KeyGrant.data_key_id)
        .where(DataKey.case_id == case_id, DataKey.compartment == compartment)
        .distinct()
    )
    return list(db.scalars(query))


def grants_of(db: Session, case_id: UUID, principal_id: UUID) -> Sequence[tuple[KeyGrant, DataKey]]:
    """Return a principal's grants in a case, each with its data key."""
    query = (
        select(KeyGrant, DataKey)
        .join(DataKey, DataKey.id == KeyGrant.data_key_id)
        .where(DataKey.case_id == case_id, KeyGrant.principal_id == principal_id)
        .order_by(DataKey.compartment, DataKey.epoch)
    )
    return [(grant, data_key) for grant, data_key in db.execute(query)]


def compartments_held(db: Session, principal_id: UUID) -> dict[UUID, set[Compartment]]:
    """Return what a principal holds in each case, to be asked for again after a lost key."""
    query = (
        select(DataKey.case_id, DataKey.compartment)
        .join(KeyGrant, KeyGrant.data_key_id == DataKey.id)
        .where(KeyGrant.principal_id == principal_id)
    )
    held: dict[UUID, set[Compartment]] = {}
    for case_id, compartment in db.execute(query):
        held.setdefault(case_id, set()).add(compartment)
    return held


def waiting_requests(db: Session, case_id: UUID) -> list[GrantRequest]:
    """Return the requests of a case that nobody has filled yet, the oldest first."""
    query = (
        select(GrantRequest)
        .where(GrantRequest.case_id == case_id, GrantRequest.state == RequestState.WAITING)
        .order_by(GrantRequest.made_at, GrantRequest.compartment)
    )
    return list(db.scalars(query))


def cases_to_tend(db: Session, principal_id: UUID) -> list[UUID]:
    """Return the cases in which this holder's next unlock has work: a request, an ended epoch."""
    waiting = exists().where(
        GrantRequest.case_id == DataKey.case_id,
        GrantRequest.compartment == DataKey.compartment,
        GrantRequest.state == RequestState.WAITING,
    )
    newer = aliased(DataKey)
    replaced = exists().where(
        newer.case_id == DataKey.case_id,
        newer.compartment == DataKey.compartment,
        newer.epoch > DataKey.epoch,
    )
    query = (
        select(DataKey.case_id)
        .join(KeyGrant, KeyGrant.data_key_id == DataKey.id)
        .where(KeyGrant.principal_id == principal_id)
        .where(or_(waiting, DataKey.ended_at.is_not(None) & ~replaced))
        .distinct()
    )
    return list(db.scalars(query))


def cases_held_alone(db: Session, principal_id: UUID) -> list[UUID]:
    """Return the cases in which no other officer holds a key that this one holds."""
    others, other = aliased(KeyGrant), aliased(Principal)
    somebody_else = (
        exists()
        .where(others.data_key_id == DataKey.id, others.principal_id != principal_id)
        .where(other.id == others.principal_id, other.kind == PrincipalKind.STAFF)
    )
    query = (
        select(DataKey.case_id)
        .join(KeyGrant, KeyGrant.data_key_id == DataKey.id)
        .where(KeyGrant.principal_id == principal_id, ~somebody_else)
        .distinct()
    )
    return list(db.scalars(query))
