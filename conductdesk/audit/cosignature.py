"""What a witness signs: that a checkpoint extends all it has seen before, and when. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import ClassVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from conductdesk.audit.note import (
    NoteError,
    VerifierKey,
    signature_line,
    signatures_of,
    valid_name,
)

COSIGNATURE = 0x04
"""The signature type of a witness's Ed25519 key (C2SP tlog-cosignature)."""

ADD_CHECKPOINT = "/add-checkpoint"
SIZE_TYPE = "text/x.tlog.size"
"""Where a witness is asked, and how it says which size it knows (C2SP tlog-witness)."""

TIME_SIZE = 8
LAST_MOMENT = 2**63 - 1


class WitnessKey(VerifierKey):
    """A name and the Ed25519 public key that cosigns for it."""

    kind: ClassVar[int] = COSIGNATURE


def witness_key_of(name: str, seed: bytes) -> WitnessKey:
    """Return the public half of the witness's key that grows from *seed* (32 bytes)."""
    public_key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return WitnessKey(valid_name(name), public_key.public_bytes_raw())


def cosign(note: str, name: str, seed: bytes, moment: int) -> str:
    """Return the line with which a witness signs *note* at *moment* (POSIX seconds)."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(_message(note, moment))
    stamped = moment.to_bytes(TIME_SIZE, "big") + signature
    return signature_line(name, witness_key_of(name, seed).key_id + stamped)


def cosigned_at(note: str, keys: Iterable[WitnessKey]) -> dict[str, int]:
    """Return when each of the witnesses of *keys* that cosigned *note* did so (POSIX seconds).

    Lines of unknown keys are passed over; a false one of a known key raises NoteError.
    """
    known = {(key.name, key.key_id): key for key in keys}
    moments = {}
    for name, raw in signatures_of(note):
        key = known.get((name, raw[:4]))
        if key is not None:
            moments[name] = _require_cosignature(key, raw[4:], note)
    return moments


def with_cosignatures(note: str, lines: str, keys: Sequence[WitnessKey]) -> str:
    """Return *note* with those of a witness's signature *lines* that are true and new.

    Raises NoteError when the lines cannot be read or one of a known key is false.
    """
    known = {(key.name, key.key_id): key for key in keys}
    kept = dict.fromkeys((name, raw[:4]) for name, raw in signatures_of(note))
    for name, raw in signatures_of("\n\n" + lines):
        key = known.get((name, raw[:4]))
        if key is not None and (name, raw[:4]) not in kept:
            _require_cosignature(key, raw[4:], note)
            note += signature_line(name, raw)
    return note


def submission_text(old_size: int, hashes: Sequence[bytes], note: str) -> str:
    """Return the body of a request to a witness."""
    lines = [f"old {old_size}", *(base64.b64encode(value).decode() for value in hashes), ""]
    return "\n".join(lines) + "\n" + note


def _require_cosignature(key: WitnessKey, stamped: bytes, note: str) -> int:
    moment = int.from_bytes(stamped[:TIME_SIZE], "big")
    if len(stamped) != TIME_SIZE + 64 or moment > LAST_MOMENT:
        raise NoteError(f"the cosignature of {key.name} is not of the form that it must have")
    try:
        public_key = Ed25519PublicKey.from_public_bytes(key.public_key)
        public_key.verify(stamped[TIME_SIZE:], _message(note, moment))
    except InvalidSignature as error:
        raise NoteError(f"the cosignature of {key.name} is false") from error
    return moment


def _message(note: str, moment: int) -> bytes:
    if not 0 <= moment <= LAST_MOMENT:
        raise ValueError("a moment is counted in seconds since 1970")
    text = note.rpartition("\n\n")[0] + "\n"
    return f"cosignature/v1\ntime {moment}\n{text}".encode()
