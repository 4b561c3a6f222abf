"""Files sealed as they stream in, and opened as they stream out, in constant memory. Pure but for
the temporary file, which only ever holds ciphertext.

A stream is a row of chunks of 64 KiB, each AES-256-GCM under a key of this file alone; the nonce
is an 11-byte counter and a flag for the last chunk (the STREAM construction; Hoang et al. 2015).
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import IO
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from conductdesk.refusal import Refused
from conductdesk.vault.seal import SealBrokenError, bound_to, derive, new_key

CHUNK = 64 * 1024
TAG = 16
SEALED_CHUNK = CHUNK + TAG
PIECE = 512 * 1024
"""Bytes of ciphertext that one row of `sealed_chunk` holds."""


class FileTooLarge(Refused):
    """More was sent than a file may hold."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"This file is larger than {limit // 1_000_000} MB. Choose a smaller one.")


@dataclass(frozen=True)
class FileFacts:
    """What must be known of a sealed file to open it; whoever keeps the file keeps it sealed."""

    file_id: UUID
    key: bytes = field(repr=False)
    size: int
    sha256: str
    ciphertext_sha256: str


def open_chunks(key: bytes, file_id: UUID, sealed: Iterable[bytes]) -> Iterator[bytes]:
    """Open what `FileSealer` sealed; raises `SealBrokenError` at the first chunk not genuine."""
    cipher = _cipher(key, file_id)
    for number, (chunk, last) in enumerate(_cut(sealed, SEALED_CHUNK)):
        try:
            yield cipher.decrypt(_nonce(number, last=last), chunk, None)
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError(f"chunk {number} of the file was changed") from error


class FileSealer:
    """A sink for an upload: seals what is written into a temporary file, up to *limit* bytes.

    It fits werkzeug's `stream_factory`: the form parser writes, and rewinds when the part is
    complete. Past the limit it goes on reading and keeps nothing, so that the other answers of
    the form survive; `finish` refuses then.
    """

    def __init__(self, limit: int) -> None:
        self.file_id = uuid4()
        self.limit = limit
        self.size = 0
        self._key = new_key()
        self._cipher = _cipher(self._key, self.file_id)
        self._waiting = bytearray()
        self._number = 0
        self._clear_hash = hashlib.sha256()
        self._sealed_hash = hashlib.sha256()
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this call
        self._facts: FileFacts | None = None

    @property
    def too_large(self) -> bool:
        """Whether more than the limit was written."""
        return self.size > self.limit

    def write(self, data: bytes) -> int:
        """Take in a piece of clear text."""
        self.size += len(data)
        if not self.too_large:
            self._clear_hash.update(data)
            self._waiting += data
            self._seal_full_chunks()
        return len(data)

    def seek(self, offset: int, whence: int = 0) -> int:
        """Do nothing: what was sealed is read by `sealed` and `clear`, from its beginning."""
        return 0

    def finish(self) -> FileFacts:
        """Seal the rest and return the facts, or raise `FileTooLarge`."""
        if self.too_large:
            raise FileTooLarge(self.limit)
        if self._facts is None:
            self._keep(bytes(self._waiting), last=True)
            self._waiting.clear()
            self._facts = FileFacts(
                self.file_id,
                self._key,
                self.size,
                self._clear_hash.hexdigest(),
                self._sealed_hash.hexdigest(),
            )
        return self._facts

    def sealed(self) -> Iterator[bytes]:
        """Return the ciphertext in pieces of a row's size."""
        self.finish()
        self._file.seek(0)
        while piece := self._file.read(PIECE):
            yield piece

    def clear(self) -> Iterator[bytes]:
        """Return the clear text in chunks, for the checks that run inside the request."""
        return open_chunks(self._key, self.file_id, self.sealed())

    def close(self) -> None:
        """Delete the temporary file; where the disk is full, its last bytes need not be written."""
        with suppress(OSError):
            self._file.close()

    def _seal_full_chunks(self) -> None:
        while len(self._waiting) > CHUNK:  # never the last one: more bytes wait behind it
            self._keep(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]

    def _keep(self, chunk: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), chunk, None)
        self._number += 1
        self._sealed_hash.update(sealed)
        self._file.write(sealed)


def _cipher(key: bytes, file_id: UUID) -> AESGCM:
    return AESGCM(derive(key, bound_to("conductdesk/file/v1", file_id)))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def _cut(pieces: Iterable[bytes], length: int) -> Iterator[tuple[bytes, bool]]:
    """Cut *pieces* anew; the last chunk, which may be empty, is marked."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) > length:
            yield bytes(waiting[:length]), False
            del waiting[:length]
    yield bytes(waiting), True
