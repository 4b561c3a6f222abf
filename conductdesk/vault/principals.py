"""Publishing a key, and finding out that somebody exchanged one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import select
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


class Published(Protocol):
    """A published key: a `Principal`, or what a query that joins many has read of one."""

    @property
    def id(self) -> UUID:
        """The principal's id."""

    @property
    def public_key(self) -> bytes:
        """The 32 bytes of the X25519 key."""

    @property
    def fingerprint(self) -> str:
        """The key's name in the log."""

    @property
    def owner(self) -> str:
        """The pseudonym of whose key it is, as the log names them."""

    @property
    def pub_mac(self) -> bytes:
        """What shows that nobody exchanged it in the database."""


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """What is sealed to, without the row that it was read from."""

    id: UUID
    public_key: bytes
    fingerprint: str
    pub_mac: bytes
    owner: str


def publish_key(
    db: Session,
    keystore: Keystore,
    kind: PrincipalKind,
    public_key: bytes,
    owner: str | None = None,
) -> Principal:
    """Add a principal; the caller appends `key_published` in the same transaction.

    *owner* is the pseudonym of the account whose key it is, if it is that of an account.
    """
    principal = new_principal(keystore, kind, public_key, owner)
    db.add(principal)
    return principal


def new_principal(
    keystore: Keystore, kind: PrincipalKind, public_key: bytes, owner: str | None = None
) -> Principal:
    """Return a principal that is in no session yet."""
    principal_id = uuid4()
    return Principal(
        id=principal_id,
        kind=kind,
        public_key=public_key,
        fingerprint=fingerprint_of(public_key),
        owner=owner or kind.value,
        pub_mac=_mac_of(keystore, principal_id, public_key),
    )


def key_published(principal: Principal, *, actor: str, case_pseudonym: str | None = None) -> Event:
    """Return the log entry that makes a key known to whoever checks the log."""
    return Event(
        type="key.published",
        actor=actor,
        case=case_pseudonym,
        pub={"fingerprint": principal.fingerprint, "kind": principal.kind.value},
        rows=(("principal", principal.id),),
    )


def check_published(principal: Published, keystore: Keystore) -> None:
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


def recovery_keyring(db: Session, keystore: Keystore, private_key: bytes) -> Keyring:
    """Return the keyring of the recovery key that two parts have opened."""
    wanted = select(Principal).where(
        Principal.kind == PrincipalKind.RECOVERY, Principal.public_key == public_key_of(private_key)
    )
    recovery = db.scalars(wanted).one_or_none()
    if recovery is None:
        raise Refused("These parts belong to the recovery key of another installation.")
    return check_own_key(recovery, keystore, private_key)


def _mac_of(keystore: Keystore, principal_id: UUID, public_key: bytes) -> bytes:
    return mac(keystore.pepper(), bound_to("conductdesk/principal/v1", principal_id, public_key))
