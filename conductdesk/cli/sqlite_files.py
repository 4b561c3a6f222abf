"""Copying SQLite databases whole, while they are in use."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from conductdesk.refusal import Refused

SQLITE = "sqlite:///"
OWNER_ONLY = 0o600
BUSY = 10
"""Seconds to wait for a writer."""


def file_of(url: str) -> Path | None:
    """Return the file behind a database's address, or None where it is a server."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def copy_database(source: Path, target: Path) -> None:
    """Copy *source* as it is at one moment; *target* appears only when it is whole."""
    with unfinished_copy(source, target):
        pass


@contextmanager
def unfinished_copy(source: Path, target: Path) -> Iterator[Path]:
    """Yield a copy of *source* that becomes *target* at the end, or nothing at all on a failure."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = target.with_name(f".{target.name}.unfinished")
    _remove(unfinished)
    os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY))
    try:
        _copy(source, unfinished)
        yield unfinished
        _leave_wal(unfinished)
        unfinished.replace(target)
    finally:
        _remove(unfinished)


def require_whole(path: Path, table: str, what: str) -> None:
    """Refuse a file that is damaged, or not *what* it is said to be."""
    try:
        with closing(_open_reading(path)) as database:
            whole = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            named = database.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,))
            if whole and named.fetchone():
                return
    except sqlite3.DatabaseError:
        pass
    raise Refused(f"{path} is damaged, or is not {what}.")


def _copy(source: Path, target: Path) -> None:
    with closing(_open_reading(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def _leave_wal(path: Path) -> None:
    """Bring everything into the one file: its companions have another name than it will have."""
    with closing(sqlite3.connect(path, timeout=BUSY)) as database:
        if database.execute("PRAGMA journal_mode=DELETE").fetchone() != ("delete",):
            raise Refused(f"{path} is in use. Stop what opened it, and try again.")


def _remove(path: Path) -> None:
    for companion in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + companion).unlink(missing_ok=True)


def _open_reading(path: Path) -> sqlite3.Connection:
    # Not immutable, not mode=ro: a database in WAL mode may need its companions made.
    if not path.is_file():
        raise Refused(f"There is no file {path}.")
    return sqlite3.connect(path, timeout=BUSY)
