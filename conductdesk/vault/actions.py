"""Granting and taking back: every change of who can open what, with the log entries it leaves.

Each function returns events, for its caller to append behind the event of the act itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.audit.record import Event
from conductdesk.clock import now
from conductdesk.db import NewRow, insert_rows
from conductdesk.vault.keys import CaseKeys, NotGranted
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import (
    Compartment,
    DataKey,
    GrantReason,
    GrantRequest,
    Principal,
    RequestState,
)
from conductdesk.vault.principals import Published, check_published
from conductdesk.vault.queries import grants_of, holders_of, newest_data_keys, waiting_requests
from conductdesk.vault.wrapping import (
    Cause,
    check_all,
    grant_all,
    grant_event,
    new_epoch,
    wrapped_to,
)

Holders = Mapping[Compartment, Sequence[Published]]
MayReceive = Callable[[GrantRequest], bool]
EVERY_COMPARTMENT = frozenset(Compartment)


@dataclass(frozen=True)
class NewKeys:
    """The keys of a case that is not stored yet, the rows to insert, and an event for each grant."""

    keys: CaseKeys
    rows: tuple[NewRow, ...]
    grants: tuple[Event, ...]


def new_case_keys(
    keystore: Keystore,
    case_id: UUID,
    holders: Holders,
    *,
    case_pseudonym: str,
    actor: str,
    reason: GrantReason = GrantReason.ROUTED,
) -> NewKeys:
    """Make a case's shred key and its five data keys, and wrap them to *holders*."""
    check_all(keystore, (one for some in holders.values() for one in some))
    shred_key = keystore.make_shred_key(case_id)
    keys = CaseKeys(keystore, case_id, None, [])
    cause = Cause(case_pseudonym, actor, reason)
    made = [new_epoch(keys, shred_key, compartment, 1) for compartment in Compartment]
    wrapped = [
        wrapped_to(keys, keys.epochs(compartment)[-1], principal, cause)
        for compartment in Compartment
        for principal in holders.get(compartment, ())
    ]
    rows = (*made, *(row for row, _event in wrapped))
    return NewKeys(keys, rows, tuple(event for _row, event in wrapped))


def grant(
    db: Session,
    keys: CaseKeys,
    principal: Principal,
    compartments: Iterable[Compartment],
    *,
    case_pseudonym: str,
    actor: str,
    reason: GrantReason,
) -> list[Event]:
    """Grant every held epoch of *compartments* to *principal*, or raise `NotGranted`."""
    wanted = list(compartments)
    if not all(keys.holds(compartment) for compartment in wanted):
        raise NotGranted
    return _grant_held(db, keys, principal, wanted, Cause(case_pseudonym, actor, reason))


def revoke(
    db: Session,
    case_id: UUID,
    principal: Principal,
    *,
    case_pseudonym: str,
    actor: str,
    reason: GrantReason,
    only: Collection[Compartment] = EVERY_COMPARTMENT,
) -> list[Event]:
    """Delete a principal's wraps and open requests; mark the epochs that they knew as ended.

    *only* names the compartments that they lose, where it is not all. An older backup keeps the wraps, and what was read was read: docs/key-lifecycle.md says so.
    """
    _drop_requests(db, case_id, principal, only)
    newest = {data_key.id for data_key in newest_data_keys(db, case_id)}
    cause = Cause(case_pseudonym, actor, reason)
    events = []
    for held, data_key in grants_of(db, case_id, principal.id):
        if data_key.compartment not in only:
            continue
        rows: tuple[tuple[str, UUID], ...] = (("key_grant", held.id),)
        if data_key.id in newest and data_key.ended_at is None:
            data_key.ended_at = now()
            rows += (("data_key", data_key.id),)
        place = (data_key.compartment, data_key.epoch)
        events.append(grant_event("grant.ended", principal, place, cause, rows))
        db.delete(held)
    db.flush()
    return events


def open_new_epochs(
    db: Session,
    keystore: Keystore,
    keys: CaseKeys,
    *,
    case_pseudonym: str,
    actor: str,
    reason: GrantReason = GrantReason.NEW_EPOCH,
) -> list[Event]:
    """Make fresh data keys where an epoch was ended, for all who still hold the compartment.

    While nobody holds it, the ended epoch goes on until recovery: nobody could read a new one.
    """
    cause = Cause(case_pseudonym, actor, reason)
    events: list[Event] = []
    for old in newest_data_keys(db, keys.case_id):
        holders = holders_of(db, keys.case_id, old.compartment) if old.ended_at else []
        if holders:
            shred_key = keystore.shred_key(keys.case_id)
            events += _replace_epoch(db, keys, shred_key, old, holders, cause)
    return events


def request_grant(
    db: Session,
    case_id: UUID,
    principal: Principal,
    compartments: Iterable[Compartment],
    reason: GrantReason,
) -> list[GrantRequest]:
    """Ask whoever next unlocks as a holder for a grant; the caller's event covers the rows."""
    waiting = {
        request.compartment
        for request in waiting_requests(db, case_id)
        if request.principal_id == principal.id
    }
    requests = [
        GrantRequest(
            case_id=case_id, compartment=compartment, principal_id=principal.id, reason=reason
        )
        for compartment in compartments
        if compartment not in waiting
    ]
    db.add_all(requests)
    return requests


def fill_requests(
    db: Session,
    keys: CaseKeys,
    may_receive: MayReceive,
    *,
    case_pseudonym: str,
    actor: str,
    later: Collection[UUID] = (),
) -> list[Event]:
    """Fill what waits for a key held here; *may_receive* asks the policy again, at this moment.

    A holder who lacks an older epoch grants the rest, and leaves the request to somebody else.
    Requests of the principals in *later* wait on, for a holder who can tell more.
    """
    events: list[Event] = []
    for request in waiting_requests(db, keys.case_id):
        if keys.holds(request.compartment) and request.principal_id not in later:
            cause = Cause(case_pseudonym, actor, request.reason)
            principal = db.get_one(Principal, request.principal_id)
            answer = _fill if may_receive(request) else _refuse
            events += answer(db, keys, request, principal, cause)
    return events


def _fill(
    db: Session, keys: CaseKeys, request: GrantRequest, principal: Principal, cause: Cause
) -> list[Event]:
    made = _grant_held(db, keys, principal, [request.compartment], cause)
    if not keys.holds_every_epoch(request.compartment):
        return made
    request.state = RequestState.FILLED
    if not made:
        return [_closed(request, principal, cause)]
    covering = replace(made[0], rows=(*made[0].rows, ("grant_request", request.id)))
    return [covering, *made[1:]]


def _refuse(
    _db: Session, _keys: CaseKeys, request: GrantRequest, principal: Principal, cause: Cause
) -> list[Event]:
    request.state = RequestState.REFUSED
    return [_closed(request, principal, cause)]


def _closed(request: GrantRequest, principal: Principal, cause: Cause) -> Event:
    pub = {
        "fingerprint": principal.fingerprint,
        "compartment": request.compartment.value,
        "reason": str(cause.reason),
        "state": request.state.value,
    }
    rows = (("grant_request", request.id),)
    return Event("request.closed", cause.actor, pub, cause.case_pseudonym, rows=rows)


def _replace_epoch(
    db: Session,
    keys: CaseKeys,
    shred_key: bytes,
    old: DataKey,
    holders: Sequence[Principal],
    cause: Cause,
) -> list[Event]:
    check_all(keys.keystore, holders)
    made = new_epoch(keys, shred_key, old.compartment, old.epoch + 1)
    insert_rows(db, [made])  # grants refer to data keys
    newest = keys.epochs(old.compartment)[-1]
    events = grant_all(db, keys, newest, holders, cause)
    if keys.keyring is None or keys.keyring.principal_id not in {one.id for one in holders}:
        keys.forget(newest)
    return [replace(events[0], rows=(*events[0].rows, ("data_key", made.id))), *events[1:]]


def _grant_held(
    db: Session,
    keys: CaseKeys,
    principal: Principal,
    compartments: Iterable[Compartment],
    cause: Cause,
) -> list[Event]:
    check_published(principal, keys.keystore)
    has = {data_key.id for _grant, data_key in grants_of(db, keys.case_id, principal.id)}
    held = [key for compartment in compartments for key in keys.held(compartment)]
    missing = [key for key in held if key.data_key_id not in has]
    return [event for key in missing for event in grant_all(db, keys, key, [principal], cause)]


def _drop_requests(
    db: Session, case_id: UUID, principal: Principal, only: Collection[Compartment]
) -> None:
    for request in waiting_requests(db, case_id):
        if request.principal_id == principal.id and request.compartment in only:
            db.delete(request)
