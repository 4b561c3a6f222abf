"""Sealed files in the main database (docs/decisions/0003-files-in-the-database.md)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from conductdesk.vault.cleaning import PreparedFile
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment, SealedChunk, SealedFile
from conductdesk.vault.streams import FileFacts, FileSealer, open_chunks

ORIGINAL = "original"
WORKING = "working"


class FileDamagedError(Exception):
    """The ciphertext of a file is not the one that was stored: changed, or a part is missing."""


@dataclass(frozen=True)
class FileName:
    """What a reader sees of a file before they open it."""

    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class KeptFile:
    """The rows of a checked file: its original, and its working copy where one is made."""

    original_id: UUID
    working_id: UUID | None


def keep(db: Session, keys: CaseKeys, file: PreparedFile, compartment: Compartment) -> KeptFile:
    """Store a checked file for those who hold *compartment*."""
    shown = {"name": file.name, "media_type": file.media_type}
    rows = [
        attach(db, keys, keep_chunks(db, sealer), compartment, kind=kind, **shown).id
        for sealer, kind in ((file.original, ORIGINAL), (file.working, WORKING))
        if sealer is not None
    ]
    db.flush()  # whatever has a file refers to it
    return KeptFile(rows[0], rows[1] if file.working else None)


def share(db: Session, keys: CaseKeys, file: SealedFile, compartment: Compartment) -> UUID:
    """Let those who hold *compartment* open *file* too, or raise `NotGranted`.

    Nothing is copied: a second row has the key and the name, sealed anew, and the same content.
    """
    row_id = uuid4()
    parts = {
        field: keys.seal_file_part(compartment, field, row_id, keys.open_file_part(file, field))
        for field in ("file_key", "facts")
    }
    row = SealedFile(
        id=row_id,
        case_id=file.case_id,
        compartment=compartment,
        content_id=file.content_id,
        ciphertext_sha256=file.ciphertext_sha256,
        kind=file.kind,
        **parts,
    )
    db.add(row)
    db.flush()  # whatever has a file refers to it
    return row_id


def keep_chunks(db: Session, upload: FileSealer) -> FileFacts:
    """Store an upload's ciphertext, in the transaction in which something comes to name it."""
    facts = upload.finish()
    _store(db, facts.file_id, upload.sealed())
    return facts


def attach(
    db: Session,
    keys: CaseKeys,
    facts: FileFacts,
    compartment: Compartment,
    *,
    name: str,
    media_type: str,
    kind: str = ORIGINAL,
) -> SealedFile:
    """Make a stored upload part of the case: its key and its name are sealed to *compartment*."""
    shown = {"name": name, "type": media_type, "size": facts.size, "sha256": facts.sha256}
    clear = json.dumps(shown).encode()
    file = SealedFile(
        id=facts.file_id,
        case_id=keys.case_id,
        compartment=compartment,
        content_id=facts.file_id,
        file_key=keys.seal_file_part(compartment, "file_key", facts.file_id, facts.key),
        facts=keys.seal_file_part(compartment, "facts", facts.file_id, clear),
        ciphertext_sha256=facts.ciphertext_sha256,
        kind=kind,
    )
    db.add(file)
    return file


def name_of(keys: CaseKeys, file: SealedFile) -> FileName:
    """Return a file's name, type, size and hash, or raise `NotGranted`."""
    shown = json.loads(keys.open_file_part(file, "facts"))
    return FileName(shown["name"], shown["type"], shown["size"], shown["sha256"])


def open_file(db: Session, keys: CaseKeys, file: SealedFile) -> Iterator[bytes]:
    """Return the clear file in chunks; raise `NotGranted` or `FileDamagedError` before the first."""
    key = keys.open_file_part(file, "file_key")
    _require_whole(db, file)
    return open_upload(db, key, file.content_id)


def open_upload(db: Session, key: bytes, file_id: UUID) -> Iterator[bytes]:
    """Return a kept upload in clear chunks, for whoever kept its key."""
    return open_chunks(key, file_id, _pieces(db, file_id))


def drop_file(db: Session, file_id: UUID) -> None:
    """Delete a file's ciphertext, of an upload that waited too long or a case that is destroyed."""
    db.execute(delete(SealedChunk).where(SealedChunk.file_id == file_id))


def _require_whole(db: Session, file: SealedFile) -> None:
    """Read all of it once: whoever has got the first half cannot be shown a page any more."""
    digest = hashlib.sha256()
    for piece in _pieces(db, file.content_id):
        digest.update(piece)
    if digest.hexdigest() != file.ciphertext_sha256:
        raise FileDamagedError(str(file.id))


def _store(db: Session, file_id: UUID, pieces: Iterable[bytes]) -> None:
    for seq, piece in enumerate(pieces):
        row = SealedChunk(file_id=file_id, seq=seq, content=piece)
        db.add(row)
        db.flush()
        db.expunge(row)  # one piece in memory at a time


def _pieces(db: Session, file_id: UUID) -> Iterator[bytes]:
    seq = 0
    while piece := _piece(db, file_id, seq):
        yield piece
        seq += 1


def _piece(db: Session, file_id: UUID, seq: int) -> bytes | None:
    query = select(SealedChunk.content).where(
        SealedChunk.file_id == file_id, SealedChunk.seq == seq
    )
    return db.scalar(query)
