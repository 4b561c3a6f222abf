"""The steps that every grant takes: a data key is made, wrapped, and named in the log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk.audit.record import Event
from conductdesk.db import NewRow, insert_rows, new_row
from conductdesk.vault.epochs import EpochKey, place_of, secrets_of, wrap_for
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment, DataKey, GrantReason, KeyGrant
from conductdesk.vault.principals import Published, check_published
from conductdesk.vault.seal import new_key, public_key_of


@dataclass(frozen=True)
class Cause:
    """What every entry of one act has in common."""

    case_pseudonym: str
    actor: str
    reason: GrantReason


def new_epoch(keys: CaseKeys, shred_key: bytes, compartment: Compartment, epoch: int) -> NewRow:
    """Make a data key; *keys* learn it, the row is for the caller to insert."""
    place = place_of(keys.case_id, compartment, epoch)
    secrets = secrets_of(new_key(), shred_key, place)
    public_key, data_key_id = public_key_of(secrets.private_key), uuid4()
    keys.learn(EpochKey(data_key_id, compartment, epoch, public_key, ended=False), secrets)
    return new_row(
        DataKey,
        id=data_key_id,
        case_id=keys.case_id,
        compartment=compartment,
        epoch=epoch,
        public_key=public_key,
    )


def grant_all(
    db: Session, keys: CaseKeys, key: EpochKey, principals: Iterable[Published], cause: Cause
) -> list[Event]:
    """Wrap a data key that *keys* hold to each of *principals*, with an event for each."""
    wrapped = [wrapped_to(keys, key, principal, cause) for principal in principals]
    insert_rows(db, (row for row, _event in wrapped))
    return [event for _row, event in wrapped]


def wrapped_to(
    keys: CaseKeys, key: EpochKey, principal: Published, cause: Cause
) -> tuple[NewRow, Event]:
    """Wrap a data key to one principal: the row, which the caller inserts, and its event."""
    place = place_of(keys.case_id, key.compartment, key.epoch)
    data_key = keys.secrets(key).data_key
    row = new_row(
        KeyGrant,
        id=uuid4(),
        data_key_id=key.data_key_id,
        principal_id=principal.id,
        fingerprint=principal.fingerprint,
        wrapped=wrap_for(principal.public_key, principal.fingerprint, key, place, data_key),
    )
    rows = (("key_grant", row.id),)
    named = (key.compartment, key.epoch)
    return row, grant_event("grant.made", principal, named, cause, rows)


def grant_event(
    type_: str,
    principal: Published,
    place: tuple[Compartment, int],
    cause: Cause,
    rows: tuple[tuple[str, UUID], ...],
) -> Event:
    """Return the log entry of one grant, made or ended, at *place*: its compartment and epoch."""
    pub = {
        "fingerprint": principal.fingerprint,
        "compartment": place[0].value,
        "epoch": place[1],
        "owner": principal.owner,
        "reason": str(cause.reason),
    }
    return Event(type_, cause.actor, pub, cause.case_pseudonym, rows=rows)


def check_all(keystore: Keystore, principals: Iterable[Published]) -> None:
    """Raise `KeySwapped` if any principal's key is not the published one."""
    for principal in {principal.id: principal for principal in principals}.values():
        check_published(principal, keystore)
