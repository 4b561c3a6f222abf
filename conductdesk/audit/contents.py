"""Whether the files are there, whole, whose SHA-256 stands in a row that the log vouches for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import LargeBinary, Row, Table, cast, select
from sqlalchemy.orm import Session

from conductdesk.audit.replay import MismatchError, Rows
from conductdesk.db import Base

FILES, PIECES = "sealed_file", "sealed_chunk"
AT_ONCE = 1_000
"""File rows fetched at a time; pieces, of 512 KiB, are fetched one by one."""

CHANGED = "the content of the file was changed, or a part of it is missing"
MISSING = "the content of the file is missing"


def check_contents(db: Session, rows: Rows) -> None:
    """Raise MismatchError unless each file whose row is among *rows* is there, byte for byte.

    The rows must have been compared already. A file of several rows is read once. What no row
    names, such as an upload that waits, is nothing that a log vouches for.
    """
    files, pieces = Base.metadata.tables[FILES], Base.metadata.tables[PIECES]
    ours = (file for file in _files(db, files) if rows.get(FILES, file.id.bytes))
    for content_id, same in groupby(ours, attrgetter("content_id")):
        wanted = select(pieces.c.seq, _bytes_of(pieces)).where(pieces.c.file_id == content_id)
        _check_content(_hash_of(_stream(db, wanted.order_by(pieces.c.seq), 1)), same)


def _files(db: Session, files: Table) -> Iterator[Row[Any]]:
    wanted = select(files.c.id, files.c.content_id, files.c.ciphertext_sha256)
    return _stream(db, wanted.order_by(files.c.content_id, files.c.id), AT_ONCE)


def _bytes_of(pieces: Table) -> Any:
    """Return the content as bytes, whatever type somebody's SQLite shell has left it in."""
    return cast(pieces.c.content, LargeBinary)


def _stream(db: Session, query: Any, at_once: int) -> Iterator[Any]:
    with db.connection().execute(query.execution_options(yield_per=at_once)) as found:
        yield from found


def _hash_of(pieces: Iterable[Any]) -> str | None:
    """Return the SHA-256, in hex, of pieces without a gap; None where there is none at all."""
    digest, count = sha256(), 0
    for seq, content in pieces:
        if seq != count:
            return ""  # it cannot be opened, though the bytes may all be there
        digest.update(content)
        count += 1
    return digest.hexdigest() if count else None


def _check_content(found: str | None, files: Iterable[Row[Any]]) -> None:
    for file in files:
        if found != file.ciphertext_sha256:
            why = MISSING if found is None else CHANGED
            raise MismatchError(f"{FILES} {file.id}: {why}")
