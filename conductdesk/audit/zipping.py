"""A zip that is made while it is sent: nothing of it rests on the server.

It is written in the one form that docs/audit-log.md describes, so that a verifier can tell every
byte of it but the packed contents: version 2.0, deflated, dated 1980-01-01, each file's sizes behind
it, and neither comments nor more fields.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from struct import pack

HASHES = "tile/"
"""The folder of files that hold nothing but hashes, which no packing makes shorter."""

AT_ONCE = 64 * 1024

FORM = pack("<5H", 20, 8, zlib.DEFLATED, 0, 33)
"""Version 2.0, the flag for sizes that follow, the packing, and midnight of 1980-01-01."""

MADE_BY, MODE = b"\x14\x03", 0o100644 << 16
"""Version 2.0 on Unix; a plain file that anybody may read."""

LONGEST = (1 << 32) - 1
"""Bytes of the whole zip; there is another form for more, and no verifier of ours reads it."""

File = tuple[str, Iterable[bytes]]
"""A path within the zip, and what the file holds, in pieces."""


class TooLongError(Exception):
    """The files together are too long for a zip of this form."""


def zipped(files: Iterable[File]) -> Iterator[bytes]:
    """Yield the bytes of a zip with *files*, each of them read when its turn comes."""
    written = _Written()
    for path, parts in files:
        written.begin(path)
        for part in parts:
            written.add(part)
            if written.waiting >= AT_ONCE:
                yield written.take()
        written.end()
        if written.waiting >= AT_ONCE:
            yield written.take()
    written.close()
    yield written.take()


class _Written:
    """What is written and not yet taken, and the directory that comes behind it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._directory: list[bytes] = []
        self._at = self.waiting = 0

    def begin(self, path: str) -> None:
        """Begin a file; *path* must be in ASCII."""
        self._name, self._begins = path.encode("ascii"), self._at
        self._crc = self._length = 0
        level = 0 if HASHES in path else zlib.Z_DEFAULT_COMPRESSION
        self._packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._put(b"PK\3\4" + FORM + bytes(12) + pack("<2H", len(self._name), 0) + self._name)
        self._from = self._at

    def add(self, part: bytes) -> None:
        """Add to the file that was begun."""
        self._crc = zlib.crc32(part, self._crc)
        self._length += len(part)
        self._put(self._packer.compress(part))

    def end(self) -> None:
        """End the file, and remember it for the directory."""
        self._put(self._packer.flush())
        if max(self._length, self._at) > LONGEST:
            raise TooLongError("the bundle is longer than 4 GiB")
        sizes = pack("<3I", self._crc, self._at - self._from, self._length)
        self._put(b"PK\7\x08" + sizes)
        rest = pack("<5H2I", len(self._name), 0, 0, 0, 0, MODE, self._begins)
        self._directory.append(b"PK\1\2" + MADE_BY + FORM + sizes + rest + self._name)

    def close(self) -> None:
        """Write the directory."""
        count, start = len(self._directory), self._at
        if count > 0xFFFF:
            raise TooLongError("the bundle has more than 65,535 files")
        self._put(b"".join(self._directory))
        size = self._at - start
        self._put(pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, size, start, 0))

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._parts)
        self._parts, self.waiting = [], 0
        return taken

    def _put(self, data: bytes) -> None:
        self._parts.append(data)
        self._at += len(data)
        self.waiting += len(data)
