"""Publishing a key, and finding out that somebody exchanged one."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk.audit.record import Event
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring, Principal, PrincipalKind
from conductdesk.vault.seal import bound_to, fingerprint_of, mac, public_key_of, same


class KeySwapped(Refused):
    """A public key in the database is not the one that was published: nothing is sealed to it."""

    def __init__(self, fingerprint: str) -> None:
        super().__init__(
            f"The key {fingerprint} was changed in the database after it was published. "
            "Nothing was given to it. Tell your administrator and your auditor at once."
        )


def publish_key(
    db: Session, keystore: Keystore, kind: PrincipalKind, public_key: bytes
) -> Principal:
    """Add a principal; the caller appends `key_published` in the same transaction."""
    principal_id = uuid4()
    principal = Principal(
        id=principal_id,
        kind=kind,
        public_key=public_key,
        fingerprint=fingerprint_of(public_key),
        pub_mac=_mac_of(keystore, principal_id, public_key),
    )
    db.add(principal)
    return principal


def key_published(principal: Principal, *, actor: str, case_pseudonym: str | None = None) -> Event:
    """Return the log entry that makes a key known to whoever checks the log."""
    return Event(
        type="key.published",
        actor=actor,
        case=case_pseudonym,
        pub={"fingerprint": principal.fingerprint, "kind": principal.kind.value},
        rows=(("principal", principal.id),),
    )


def check_published(principal: Principal, keystore: Keystore) -> None:
    """Raise `KeySwapped` unless the principal's key is the one that was published."""
    genuine = _mac_of(keystore, principal.id, principal.public_key)
    named = fingerprint_of(principal.public_key)
    if not same(genuine, principal.pub_mac) or named != principal.fingerprint:
        raise KeySwapped(principal.fingerprint)


def check_own_key(principal: Principal, keystore: Keystore, private_key: bytes) -> Keyring:
    """Return the keyring of somebody who has just unlocked, or raise `KeySwapped`."""
    check_published(principal, keystore)
    if not same(public_key_of(private_key), principal.public_key):
        raise KeySwapped(principal.fingerprint)
    return Keyring(principal.id, private_key)


def _mac_of(keystore: Keystore, principal_id: UUID, public_key: bytes) -> bytes:
    return mac(keystore.pepper(), bound_to("conductdesk/principal/v1", principal_id, public_key))
