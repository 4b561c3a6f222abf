"""How a person's private key is locked: under a password, a printed code, a session's token."""

from __future__ import annotations

import os
import secrets
import struct
import unicodedata
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from uuid import UUID

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.seal import (
    KEY_LENGTH,
    SealBrokenError,
    bound_to,
    decrypt,
    derive,
    encrypt,
    mac,
    same,
)

SALT_LENGTH = 16
TOKEN_LENGTH = 32
COST_FORMAT = ">IBB"
AT_ONCE = os.cpu_count() or 1

_HASHING = BoundedSemaphore(AT_ONCE)
"""Each hash takes 64 MiB: a burst of sign-ins must queue, not exhaust the memory."""


class WrongSecret(Refused):
    """A password or a code does not open the key."""

    def __init__(self) -> None:
        super().__init__("That is not right. Check it and try again.")


@dataclass(frozen=True)
class Argon2Cost:
    """What one guess at a password costs (RFC 9106 §4, the second recommended option)."""

    memory_kib: int = 64 * 1024
    passes: int = 3
    lanes: int = 1


PRODUCTION_COST = Argon2Cost()


@dataclass(frozen=True)
class PasswordLock:
    """The four stored values that let a password open a private key, and nothing else."""

    auth_salt: bytes
    """Argon2 cost and salt, so that an older lock opens after the cost was raised."""
    auth_verifier: bytes
    kek_salt: bytes
    wrapped_private_key: bytes = field(repr=False)


def lock_private_key(
    keystore: Keystore,
    keyring: Keyring,
    password: str,
    *,
    cost: Argon2Cost = PRODUCTION_COST,
) -> PasswordLock:
    """Lock a private key under *password* and the pepper."""
    auth_salt = _salt_with(cost)
    kek_salt = secrets.token_bytes(SALT_LENGTH)
    root = _stretch(password, auth_salt)
    kek = _password_kek(keystore, root, kek_salt)
    return PasswordLock(
        auth_salt=auth_salt,
        auth_verifier=_verifier(keystore, root),
        kek_salt=kek_salt,
        wrapped_private_key=encrypt(kek, keyring.private_key, _owned(keyring.principal_id)),
    )


def unlock_with_password(
    keystore: Keystore, principal_id: UUID, lock: PasswordLock, password: str
) -> Keyring:
    """Open a private key, or raise `WrongSecret`."""
    root = _stretch(password, lock.auth_salt)
    if not same(_verifier(keystore, root), lock.auth_verifier):
        raise WrongSecret
    kek = _password_kek(keystore, root, lock.kek_salt)
    return _opened(kek, principal_id, lock.wrapped_private_key)


def spend_as_if(password: str, *, cost: Argon2Cost = PRODUCTION_COST) -> None:
    """Do the work of a sign-in for an account that does not exist, so that nobody can tell."""
    _stretch(password, _salt_with(cost))


def lock_with_recovery_code(keystore: Keystore, keyring: Keyring, code: Receipt) -> bytes:
    """Lock a private key under a printed personal recovery code; at 120 bits it needs no hash."""
    kek = _recovery_kek(keystore, code)
    return encrypt(kek, keyring.private_key, _owned(keyring.principal_id))


def unlock_with_recovery_code(
    keystore: Keystore, principal_id: UUID, wrapped: bytes, typed: str
) -> Keyring:
    """Open a private key with the code as somebody *typed* it, or raise `WrongSecret`."""
    code = Receipt.parse(typed)
    if code is None:
        raise WrongSecret
    return _opened(_recovery_kek(keystore, code), principal_id, wrapped)


def new_unlock(keystore: Keystore, keyring: Keyring) -> tuple[bytes, bytes]:
    """Return a token for the browser and what the server keeps; each is useless alone."""
    token = secrets.token_bytes(TOKEN_LENGTH)
    clear = keyring.principal_id.bytes + keyring.private_key
    return token, encrypt(_session_key(keystore, token), clear, b"conductdesk/unlock/v1")


def open_unlock(keystore: Keystore, token: bytes, blob: bytes) -> Keyring:
    """Return the keyring of a signed-in session, or raise `SealBrokenError`."""
    clear = decrypt(_session_key(keystore, token), blob, b"conductdesk/unlock/v1")
    return Keyring(UUID(bytes=clear[:16]), clear[16:])


def server_seal(keystore: Keystore, purpose: str, clear: bytes) -> bytes:
    """Seal what the server itself must read again, e.g. `totp:<account>`, under the pepper."""
    return encrypt(
        _server_key(keystore, purpose), clear, bound_to("conductdesk/server/v1", purpose)
    )


def server_open(keystore: Keystore, purpose: str, blob: bytes) -> bytes:
    """Undo `server_seal`; another *purpose* raises `SealBrokenError`."""
    return decrypt(_server_key(keystore, purpose), blob, bound_to("conductdesk/server/v1", purpose))


def _salt_with(cost: Argon2Cost) -> bytes:
    packed = struct.pack(COST_FORMAT, cost.memory_kib, cost.passes, cost.lanes)
    return packed + secrets.token_bytes(SALT_LENGTH)


def _stretch(password: str, auth_salt: bytes) -> bytes:
    memory, passes, lanes = struct.unpack_from(COST_FORMAT, auth_salt)
    salt = auth_salt[struct.calcsize(COST_FORMAT) :]
    hasher = Argon2id(
        salt=salt, length=KEY_LENGTH, iterations=passes, lanes=lanes, memory_cost=memory
    )
    with _HASHING:
        return hasher.derive(unicodedata.normalize("NFKC", password).encode())


def _verifier(keystore: Keystore, root: bytes) -> bytes:
    return mac(keystore.pepper(), derive(root, b"conductdesk/auth/v1"))


def _password_kek(keystore: Keystore, root: bytes, kek_salt: bytes) -> bytes:
    return derive(root + keystore.pepper(), b"conductdesk/kek/v1", salt=kek_salt)


def _recovery_kek(keystore: Keystore, code: Receipt) -> bytes:
    return derive(code.secret + keystore.pepper(), b"conductdesk/personal-recovery/v1")


def _session_key(keystore: Keystore, token: bytes) -> bytes:
    return derive(token, b"conductdesk/session/v1", salt=keystore.pepper())


def _server_key(keystore: Keystore, purpose: str) -> bytes:
    return derive(keystore.pepper(), bound_to("conductdesk/server-key/v1", purpose))


def _owned(principal_id: UUID) -> bytes:
    return bound_to("conductdesk/private-key/v1", principal_id)


def _opened(kek: bytes, principal_id: UUID, wrapped: bytes) -> Keyring:
    try:
        return Keyring(principal_id, decrypt(kek, wrapped, _owned(principal_id)))
    except SealBrokenError as error:
        raise WrongSecret from error
