"""What is sent to a witness, and what it answers (C2SP tlog-witness, `add-checkpoint`); pure."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass

from conductdesk.audit.cosignature import (
    COSIGNATURE,
    WitnessKey,
    submission_text,
    witness_key_of,
)
from conductdesk.audit.note import (
    Checkpoint,
    NoteError,
    hash_in,
    number_in,
    parse_checkpoint,
    valid_name,
)

BODY_LIMIT = 64 * 1024
"""The longest request, in bytes; a checkpoint with 63 hashes takes a tenth of it."""
MOST_HASHES = 63
TEXT_TYPE = "text/plain; charset=utf-8"

_HEADER = "PRIVATE+KEY"


@dataclass(frozen=True)
class Submission:
    """A checkpoint, and the proof that it extends the one that the witness cosigned last."""

    old_size: int
    hashes: tuple[bytes, ...]
    note: str
    checkpoint: Checkpoint

    @property
    def signed_text(self) -> str:
        """What the log signed, without any signature line."""
        return self.note.rpartition("\n\n")[0]

    def __str__(self) -> str:
        return submission_text(self.old_size, self.hashes, self.note)


@dataclass(frozen=True)
class Answer:
    """What the witness answers."""

    status: int
    body: str
    content_type: str = TEXT_TYPE


def read_submission(body: bytes) -> Submission:
    """Read the body of a request; raise NoteError if it is none."""
    if len(body) > BODY_LIMIT:
        raise NoteError("the request is too long")
    head, separator, note = _text(body).partition("\n\n")
    first, *lines = head.split("\n")
    if not separator or not first.startswith("old "):
        raise NoteError("a request begins with the old size, the proof and an empty line")
    if len(lines) > MOST_HASHES:
        raise NoteError(f"a proof has at most {MOST_HASHES} hashes")
    checkpoint = parse_checkpoint(note)
    old_size = number_in(first.removeprefix("old "))
    if old_size > checkpoint.size:
        raise NoteError("the old size is larger than the checkpoint")
    return Submission(old_size, tuple(map(hash_in, lines)), note, checkpoint)


@dataclass(frozen=True)
class PrivateKey:
    """The name and the seed of a witness, as its key file holds them."""

    name: str
    seed: bytes

    @classmethod
    def new(cls, name: str) -> PrivateKey:
        """Make a key for *name*."""
        return cls(valid_name(name), os.urandom(32))

    @classmethod
    def parse(cls, text: str) -> PrivateKey:
        """Read a key file, or raise NoteError."""
        parts = text.strip().split("+", 4)
        try:
            seed = base64.b64decode(parts[-1], validate=True)
        except ValueError as error:
            raise NoteError("this is not the key of a witness") from error
        if len(parts) != 5 or len(seed) != 33 or seed[0] != COSIGNATURE:
            raise NoteError("this is not the key of a witness")
        return cls(valid_name(parts[2]), seed[1:])

    @property
    def public(self) -> WitnessKey:
        """The public half."""
        return witness_key_of(self.name, self.seed)

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([COSIGNATURE]) + self.seed).decode()
        return f"{_HEADER}+{self.name}+{self.public.key_id.hex()}+{encoded}"


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteError("the request is not text") from error
