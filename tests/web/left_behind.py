"""What a server leaves in its files, and which of the planted words lie there."""

from __future__ import annotations

import base64
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.web.wire import Served

SHORTEST = 8
"""Bytes of the shortest needle: fewer are found anywhere."""
COMMON = "Zqmarkwvxgnarlpluth"
"""What every planted word begins with."""
A_FILE_IS_IN_IT = 5_000_000
"""Bytes from which on a file holds an upload: only planted words are looked for there."""


@dataclass
class Planted:
    """Every secret that was typed or shown: none of them may lie anywhere."""

    words: dict[str, str] = field(default_factory=dict)
    where: str = ""

    def word(self, name: str) -> str:
        """Return a word that stands nowhere else, for the field *name* of the present form."""
        key = f"{self.where} {name}"
        if key not in self.words:
            self.words[key] = f"{COMMON}{len(self.words):03d}"
        return self.words[key]

    def secret(self, name: str, text: str) -> None:
        """Remember a secret that the system made."""
        self.words[name] = text


@dataclass
class Sampled:
    """What was seen in files that came and went."""

    rounds: int = 0
    hits: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)


@contextmanager
def sampling(folder: Path, server: Served, needle: bytes) -> Iterator[Sampled]:
    """Look, all the time, into *folder* and into every file that the server has open."""
    found, over = Sampled(), threading.Event()

    def look() -> None:
        while not over.is_set():
            for path in [*folder.rglob("*"), *_open_files(server)]:
                _look_at(path, needle, found)
            found.rounds += 1
            time.sleep(0.005)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _look_at(path: Path, needle: bytes, found: Sampled) -> None:
    try:
        with path.open("rb") as one:
            if needle in one.read(2_000_000):
                found.hits.add(str(path))
            found.files.add(str(path))
    except OSError:
        return  # it is gone, or it is a folder


def _open_files(server: Served) -> list[Path]:
    """Return the open files of the server and of its children, deleted ones too."""
    everyone = [server.process.pid, *_children(server.process.pid)]
    found: list[Path] = []
    for process in everyone:
        try:
            found += [
                path
                for path in Path(f"/proc/{process}/fd").iterdir()
                if str(path.readlink()).startswith("/") and "/dev/" not in str(path.readlink())
            ]
        except OSError:
            continue  # the process ended meanwhile
    return found


def _children(process: int) -> list[int]:
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text("ascii")
    except OSError:
        return []
    own = [int(one) for one in text.split()]
    return own + [below for child in own for below in _children(child)]


def encodings(text: str) -> Iterator[bytes]:
    """Yield a secret as it could lie in a file."""
    raw = text.encode("latin-1" if not text.isascii() else "utf-8")
    yield from (raw, raw.lower(), raw.hex().encode(), raw.hex().upper().encode())
    yield "".join(f"%{byte:02X}" for byte in raw).encode()
    if text.isascii():
        yield from (text.encode("utf-16-le"), text.encode("utf-16-be"))
        yield from (text[::-1].encode(), text.replace(" ", "+").encode())
        yield text.replace(" ", "%20").encode()
    for shift in range(3):  # base64 begins anew at every third byte
        whole = base64.b64encode(b"\0" * shift + raw)
        yield whole[4:-4]
        yield base64.urlsafe_b64encode(b"\0" * shift + raw)[4:-4]


def everything_left(folders: list[Path], copies: Path) -> dict[str, bytes]:
    """Return what lies in each file, and what lies in each database cell beside.

    Another process copies the files first: reading a database by hand would drop SQLite's locks.
    """
    subprocess.run(["cp", "-r", *map(str, folders), str(copies)], check=True)
    left: dict[str, bytes] = {}
    for path in copies.rglob("*"):
        if path.is_file():
            left[path.name] = path.read_bytes()
    for path in copies.rglob("*.db"):
        for table, cells in _cells(path).items():
            left[f"{path.name}: cells of {table}"] = cells
    return left


def _cells(path: Path) -> dict[str, bytes]:
    connection = sqlite3.connect(path)
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
    found = {name: _rows(connection, name) for (name,) in tables}
    connection.close()
    return found


def _rows(connection: sqlite3.Connection, table: str) -> bytes:
    rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a table's name
    cells = (cell for row in rows for cell in row)
    return b"\0".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in cells)


def hits(planted: Planted, left: dict[str, bytes]) -> list[tuple[str, str]]:
    """Return which secret lies where, in whatever encoding."""
    secrets = {name: word for name, word in planted.words.items() if COMMON not in word}
    small = {path: text for path, text in left.items() if len(text) < A_FILE_IS_IN_IT}
    found = words_found({"a planted word": COMMON}, left)
    return found + words_found(secrets, small)


def words_found(secrets: dict[str, str], left: dict[str, bytes]) -> list[tuple[str, str]]:
    return [
        (name, path)
        for name, secret in secrets.items()
        for needle in set(encodings(secret))
        if len(needle) >= SHORTEST
        for path, text in left.items()
        if needle in text
    ]
