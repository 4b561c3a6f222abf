"""A log that grows in memory, and a witness that is asked to cosign it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conductdesk.audit.cosignature import submission_text
from conductdesk.audit.note import Checkpoint, sign_note, signature_line
from conductdesk.audit.tree import consistency_proof
from conductdesk.witness.actions import Witness, trust
from conductdesk.witness.models import Folder
from dev.write_vectors import KEY, ORIGIN, SEED, Log

CONTACT = "Robin Example, +44 20 7946 0000"
NAME = "witness.example.net"


class Head:
    """A log that grows in memory, and what it sends to a witness."""

    def __init__(self, *words: str) -> None:
        self.log = Log([word.encode() for word in words])
        self.size = len(words)

    def since(self, old: int) -> bytes:
        """The request that shows this head to extend *old* entries."""
        hashes = consistency_proof(self.log.tile, old, self.size) if old else []
        return submission_text(old, hashes, self.note).encode()

    @property
    def note(self) -> str:
        return self.log.checkpoint(self.size)


def signed_head(size: int, root: bytes) -> str:
    """A head that the log signed, whatever led to it."""
    return sign_note(Checkpoint(ORIGIN, size, root).text(), ORIGIN, SEED)


def with_stray_lines(note: str, count: int) -> str:
    """The note as anybody can make it look, who knows no key."""
    return note + "".join(signature_line(f"x{at}", os.urandom(68)) for at in range(count))


SMALL, LARGE = Head("a", "b", "c"), Head("a", "b", "c", "d", "e")
FORKED, SHORT = Head("a", "b", "x", "d", "e", "f"), Head("a", "b")


@contextmanager
def witness_in(path: Path) -> Iterator[Witness]:
    """A witness that knows one log and has cosigned nothing yet."""
    folder = Folder(path)
    folder.make_key(NAME)
    with folder.database.writing() as db:
        trust(db, KEY)
        db.commit()
    yield Witness(folder, CONTACT)
    folder.close()


def evidence(witness: Witness) -> list[str]:
    return texts_in(witness.folder.evidence)


def texts_in(folder: Path) -> list[str]:
    return [file.read_text("utf-8") for file in sorted(folder.glob("*.txt"))]
