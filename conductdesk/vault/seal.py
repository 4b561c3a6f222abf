"""The primitives, and nothing of ours but their composition: what is sealed, to what it is bound.

Pure: no database, no keystore. Everything cryptographic comes from `cryptography`
(docs/decisions/0002-one-crypto-library.md).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_LENGTH = 32
NONCE_LENGTH = 12
LENGTH_PREFIX = 4
SHORTEST_PADDED = 64
"""Bytes; below it every text has one size, so that “yes” and “not sure” look the same."""

HPKE_X25519_AES256 = 1
"""The suite number stored beside each wrapped key, so that a post-quantum one can follow."""

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealBrokenError(Exception):
    """A ciphertext was changed, moved to another place, or belongs to another key."""


def new_key() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(KEY_LENGTH)


def bound_to(label: str, *parts: str | bytes | int | UUID) -> bytes:
    """Return *label* and *parts* as one text in which no two lists of parts can look the same."""
    encoded = [label.encode("ascii"), *map(_part, parts)]
    return b"".join([len(part).to_bytes(2, "big") + part for part in encoded])


def _part(part: str | bytes | int | UUID) -> bytes:
    if isinstance(part, bytes):
        return part
    if isinstance(part, UUID):
        return part.bytes
    return str(part).encode()


def derive(secret: bytes, info: bytes, *, salt: bytes | None = None) -> bytes:
    """Return a 32-byte key from a strong *secret* (HKDF-SHA256, RFC 5869)."""
    return HKDF(SHA256(), KEY_LENGTH, salt, info).derive(secret)


def mac(key: bytes, message: bytes) -> bytes:
    """Return HMAC-SHA256 of *message*."""
    return hmac.digest(key, message, "sha256")


def same(left: bytes, right: bytes) -> bool:
    """Compare two secrets in equal time."""
    return hmac.compare_digest(left, right)


def encrypt(key: bytes, clear: bytes, context: bytes) -> bytes:
    """Return nonce and ciphertext (AES-256-GCM with a random nonce), bound to *context*."""
    nonce = secrets.token_bytes(NONCE_LENGTH)
    return nonce + AESGCM(key).encrypt(nonce, clear, context)


def decrypt(key: bytes, sealed: bytes, context: bytes) -> bytes:
    """Undo `encrypt`, or raise `SealBrokenError`."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_LENGTH], sealed[NONCE_LENGTH:], context)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("the ciphertext does not belong here") from error


def new_private_key() -> bytes:
    """Return the 32 bytes of a fresh X25519 private key."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    """Return the 32 bytes of the public half."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def fingerprint_of(public_key: bytes) -> str:
    """Return the first 16 bytes of the key's SHA-256, as hex: its name in the audit log."""
    return hashlib.sha256(public_key).hexdigest()[:32]


def wrap(public_key: bytes, clear: bytes, context: bytes) -> bytes:
    """Seal *clear* to the holder of a private key (HPKE base mode, RFC 9180; 48 bytes longer)."""
    return _SUITE.encrypt(clear, X25519PublicKey.from_public_bytes(public_key), info=context)


def unwrap(private_key: X25519PrivateKey, wrapped: bytes, context: bytes) -> bytes:
    """Undo `wrap`, or raise `SealBrokenError`."""
    try:
        return _SUITE.decrypt(wrapped, private_key, info=context)
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("the wrapped key does not belong here") from error


def load_private_key(private_key: bytes) -> X25519PrivateKey:
    """Return the key object that `unwrap` takes; making it costs more than using it."""
    return X25519PrivateKey.from_private_bytes(private_key)


def padme(length: int) -> int:
    """Return the size that hides *length*, at most 12 % larger (PURBs, Nikitin et al. 2019, §4)."""
    if length < SHORTEST_PADDED:
        return SHORTEST_PADDED
    exponent = length.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << low_bits) - 1
    return (length + mask) & ~mask


def pad(clear: bytes) -> bytes:
    """Prefix *clear* with its length and fill it up to a Padmé size."""
    prefixed = len(clear).to_bytes(LENGTH_PREFIX, "big") + clear
    return prefixed.ljust(padme(len(prefixed)), b"\0")


def unpad(padded: bytes) -> bytes:
    """Undo `pad`, or raise `SealBrokenError`."""
    length = int.from_bytes(padded[:LENGTH_PREFIX], "big")
    clear = padded[LENGTH_PREFIX : LENGTH_PREFIX + length]
    if pad(clear) != padded:
        raise SealBrokenError("the padding is not ours")
    return clear
