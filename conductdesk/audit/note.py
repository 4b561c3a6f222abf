"""The texts that leave the log: signed notes, checkpoints and proofs in the C2SP formats. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import ClassVar, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from conductdesk.audit.tree import HASH_SIZE, verify_inclusion

ED25519 = 0x01
"""The signature type of a log's own key (C2SP signed-note)."""

PROOF_HEADER = "c2sp.org/tlog-proof@v1"
NOTE_LIMIT = 1_000_000
SIGNATURE_LIMIT = 100

_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})\n")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u2028\u2029]")


class NoteError(Exception):
    """A text is not what it should be, or nobody known has signed it."""


@dataclass(frozen=True)
class VerifierKey:
    """A name and the Ed25519 public key that signs for it, as a log or as a witness."""

    name: str
    public_key: bytes
    kind: ClassVar[int] = ED25519

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `name+hash+key`, as C2SP signed-note writes a verifier key."""
        name, separator, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _unbase64(encoded)
        if not separator or len(raw) != HASH_SIZE + 1 or raw[0] != cls.kind:
            raise NoteError(f"this is not an Ed25519 verifier key of type {cls.kind}")
        key = cls(valid_name(name), raw[1:])
        if key.key_id.hex() != key_id:
            raise NoteError("the verifier key does not match its hash")
        return key

    @property
    def key_id(self) -> bytes:
        """The four bytes that say which key made a signature."""
        typed = bytes([self.kind]) + self.public_key
        return sha256(self.name.encode() + b"\n" + typed).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.kind]) + self.public_key)}"


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log at one size (C2SP tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"


@dataclass(frozen=True)
class Proof:
    """An entry's place in a log, with the signed checkpoint that it leads to (C2SP tlog-proof)."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    leaf: bytes = b""
    """The leaf hash of the entry, as extra data: whoever has not its bytes can check the rest."""

    def text(self) -> str:
        """Return the proof as a text file."""
        extra = [f"extra {_base64(self.leaf)}"] if self.leaf else []
        lines = [PROOF_HEADER, *extra, f"index {self.index}", *map(_base64, self.hashes), ""]
        return "\n".join(lines) + "\n" + self.checkpoint


def verifier_key_of(name: str, seed: bytes) -> VerifierKey:
    """Return the public half of the log key that grows from *seed* (32 bytes)."""
    public_key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return VerifierKey(valid_name(name), public_key.public_bytes_raw())


def sign_note(text: str, name: str, seed: bytes) -> str:
    """Return *text* as a note signed by *name* with the Ed25519 key of *seed* (32 bytes)."""
    _require_clean(text)
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(text.encode())
    return f"{text}\n{signature_line(name, verifier_key_of(name, seed).key_id + signature)}"


def open_note(note: str, keys: Sequence[VerifierKey]) -> str:
    """Return the text of *note*, signed by at least one of *keys*.

    Signatures of unknown keys are passed over; a false one of a known key is refused.
    """
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    _require_clean(note)
    known = {(key.name, key.key_id): key for key in keys}
    signed = False
    for name, raw in _signatures(signatures):
        key = known.get((name, raw[:4]))
        if key is not None:
            _require_signature(key, raw[4:], text)
            signed = True
    if not signed:
        raise NoteError("no key that is known here has signed this")
    return text


def open_checkpoint(note: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint in *note*, signed by one of *keys* in the name of its origin."""
    checkpoint = parse_checkpoint(note)
    open_note(note, [key for key in keys if key.name == checkpoint.origin])
    return checkpoint


def parse_checkpoint(note: str) -> Checkpoint:
    """Return the checkpoint that *note* claims; its signatures are not looked at."""
    lines = note.partition("\n\n")[0].split("\n")
    if len(lines) < 3 or not all(lines):
        raise NoteError("a checkpoint begins with an origin, a size and a root hash")
    return Checkpoint(lines[0], number_in(lines[1]), hash_in(lines[2]))


def parse_proof(text: str) -> Proof:
    """Return the proof in *text*; nothing in it is verified."""
    head, separator, checkpoint = text.partition("\n\n")
    header, *lines = head.split("\n")
    if header != PROOF_HEADER or not separator:
        raise NoteError(f"a proof begins with {PROOF_HEADER}")
    leaf = b""
    if lines and lines[0].startswith("extra "):
        leaf = hash_in(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise NoteError("the proof does not say which entry it is for")
    hashes = tuple(hash_in(line) for line in lines[1:])
    return Proof(number_in(lines[0].removeprefix("index ")), hashes, checkpoint, leaf)


def open_proof_of_leaf(text: str, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint under which *text* proves the leaf hash that it carries itself.

    Raises NoteError or `ProofError`.
    """
    proof = parse_proof(text)
    if not proof.leaf:
        raise NoteError("the proof does not carry the leaf hash of its entry")
    checkpoint = open_checkpoint(proof.checkpoint, keys)
    verify_inclusion(proof.leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root)
    return checkpoint


def signatures_of(note: str) -> list[tuple[str, bytes]]:
    """Return the name, and the key id with the signature, of each signature line of *note*."""
    return _signatures(note.rpartition("\n\n")[2])


def signed_by(note: str, key: VerifierKey) -> str:
    """Return *note* with one signature line of *key* alone; raise NoteError if it has none."""
    text = note.rpartition("\n\n")[0]
    for name, raw in signatures_of(note):
        if (name, raw[:4]) == (key.name, key.key_id):
            return f"{text}\n\n{signature_line(name, raw)}"
    raise NoteError(f"{key.name} has not signed this")


def signature_line(name: str, raw: bytes) -> str:
    """Return the line of a signature, *raw* being its key id and what was signed with it."""
    return f"— {valid_name(name)} {_base64(raw)}\n"


def _signatures(block: str) -> list[tuple[str, bytes]]:
    found = [(match[1], _unbase64(match[2])) for match in _SIGNATURE.finditer(block)]
    whole = "".join(match[0] for match in _SIGNATURE.finditer(block))
    if whole != block or not 0 < len(found) <= SIGNATURE_LIMIT:
        raise NoteError("the signatures cannot be read")
    if any(len(raw) < 5 for _name, raw in found):
        raise NoteError("a signature is too short")
    return found


def _require_signature(key: VerifierKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public_key).verify(signature, text.encode())
    except InvalidSignature as error:
        raise NoteError(f"the signature of {key.name} is false") from error


def _require_clean(text: str) -> None:
    if len(text) > NOTE_LIMIT or _CONTROL.search(text) or not text.endswith("\n"):
        raise NoteError("a note is a text of whole lines without control characters")


def valid_name(name: str) -> str:
    """Return *name* if a log or a key may go by it; raise NoteError otherwise."""
    if not name or "+" in name or name.split() != [name]:
        raise NoteError("a log's name has no white space and no plus sign")
    return name


def number_in(text: str) -> int:
    """Return a number that is written in plain digits without leading zeroes."""
    if not _NUMBER.fullmatch(text):
        raise NoteError("a number is written in plain digits")
    return int(text)


def hash_in(text: str) -> bytes:
    """Return a hash that is written in base64."""
    raw = _unbase64(text)
    if len(raw) != HASH_SIZE:
        raise NoteError("a hash must have 32 bytes")
    return raw


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _unbase64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise NoteError("this is not base64") from error
    if _base64(raw) != text:
        raise NoteError("this is base64, but not in its one canonical form")
    return raw
