"""A zip that is made while it is sent: nothing of it rests on the server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

HASHES = "tile/"
"""Where the files lie that hold nothing but hashes, which no packing makes shorter."""

AT_ONCE = 64 * 1024

File = tuple[str, Iterable[bytes]]
"""A path within the zip, and what the file holds, in pieces."""


def zipped(files: Iterable[File]) -> Iterator[bytes]:
    """Yield the bytes of a zip with *files*, each of them read when its turn comes.

    Every file is dated 1980-01-01, so that the same files give the same zip.
    """
    pipe = _Pipe()
    with ZipFile(cast(IO[bytes], pipe), "w") as archive:
        for path, parts in files:
            with archive.open(_member(path), "w", force_zip64=path.endswith(".jsonl")) as member:
                for part in parts:
                    member.write(part)
                    if pipe.waiting >= AT_ONCE:
                        yield pipe.take()
            yield pipe.take()
    yield pipe.take()


def _member(path: str) -> ZipInfo:
    info = ZipInfo(path)
    info.compress_type = ZIP_STORED if path.startswith(HASHES) else ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


class _Pipe:
    """What the zip is written into; it is emptied again and again, and nobody can seek in it."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.waiting = 0

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        self.waiting += len(data)
        return len(data)

    def flush(self) -> None:
        pass

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts, self.waiting = [], 0
        return taken
