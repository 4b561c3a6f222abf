"""An uploaded file scanned, checked by its content, and copied without its metadata in a child.

The clear bytes go from the sealed upload through a pipe to the child, and the working copy comes
back through another and is sealed as it comes. Nothing clear is ever written to a file here; a virus
scanner, where there is one, may write its own (docs/set-up.md).
"""

from __future__ import annotations

import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import BoundedSemaphore, Thread, Timer
from typing import IO

from conductdesk.refusal import Refused
from conductdesk.vault.scanning import Scanner
from conductdesk.vault.streams import CHUNK, FileSealer
from conductdesk.vault.stripping.answers import Answer

FILE_LIMIT = 25_000_000
"""The most bytes that one file may have."""
WORKING_LIMIT = 4 * FILE_LIMIT
"""A picture drawn anew can be larger than it was."""
MOST_SECONDS = 40
CHILD = "conductdesk.vault.stripping"
ROOT = str(Path(__file__).resolve().parents[2])
LONGEST_NAME = 120
AT_ONCE = BoundedSemaphore(2)
"""How many children one worker process runs side by side, so that uploads cannot fill memory."""


@dataclass(frozen=True)
class FileKind:
    """A kind of file that may be added."""

    key: str
    """The child's word for it."""
    media_type: str


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ALLOWED: Mapping[str, FileKind] = {
    ".pdf": FileKind("pdf", "application/pdf"),
    ".png": FileKind("png", "image/png"),
    ".jpg": FileKind("jpeg", "image/jpeg"),
    ".jpeg": FileKind("jpeg", "image/jpeg"),
    ".webp": FileKind("webp", "image/webp"),
    ".txt": FileKind("text", "text/plain"),
    ".docx": FileKind("docx", WORD),
}
"""By the ending of the name; the content must agree. Word documents get no working copy."""

CHOOSE = "Choose a PDF, JPEG, PNG or WebP picture, a text file or a Word document (docx)."

SENTENCES: Mapping[Answer, str] = {
    Answer.NOT_ITS_KIND: f"What is in this file is not what its name says. {CHOOSE}",
    Answer.TWO_KINDS: f"This file is two kinds of file at once, so it is not safe to keep. {CHOOSE}",
    Answer.LOCKED: "This file is locked with a password. Save it without one, and add it again.",
    Answer.TOO_MANY_PIXELS: (
        "This picture has more than 40 million pixels (16 million as WebP). Save it smaller."
    ),
    Answer.BOMB: f"This file unpacks to far more than it should, so it is not safe. {CHOOSE}",
    Answer.MOVING: "This picture moves. Save the part that matters as a still picture.",
    Answer.MACROS: "This document holds a program (a macro). Save it as a PDF, and add that.",
    Answer.UNREADABLE: f"This file could not be read. Save it anew, and add it again. {CHOOSE}",
}


class FileRefused(Refused):
    """The file cannot be kept; the message says what to do instead."""


@dataclass(frozen=True)
class PreparedFile:
    """A checked upload: its original, and its working copy where one is made."""

    original: FileSealer
    working: FileSealer | None
    name: str
    media_type: str

    def close(self) -> None:
        """Delete both temporary files, which hold ciphertext alone."""
        self.original.close()
        if self.working is not None:
            self.working.close()


def prepare(upload: FileSealer, name: str, scanner: Scanner | None) -> PreparedFile:
    """Check an upload and make its working copy, or refuse it in words.

    Raises `FileRefused`, `FileTooLarge`, `MalwareFound` or `NotScanned`. It takes a second or
    more: call it before the transaction that writes begins.
    """
    shown = tidy_name(name)
    kind = ALLOWED.get(PurePosixPath(shown).suffix.lower())
    if kind is None:
        raise FileRefused(f"This kind of file cannot be added. {CHOOSE}")
    if upload.finish().size == 0:
        raise FileRefused("This file is empty. Choose another one.")
    if scanner is not None:
        scanner.scan(upload.clear())  # before any parser of ours reads it
    return PreparedFile(upload, _working_copy(upload, kind), shown, kind.media_type)


def tidy_name(name: str) -> str:
    """Return a file's name without folders and without signs that a reader cannot see."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C").strip()
    stem, dot, ending = seen.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}{dot}{ending}"[:LONGEST_NAME] or "file"


def _working_copy(upload: FileSealer, kind: FileKind) -> FileSealer | None:
    copy = FileSealer(WORKING_LIMIT)
    try:
        with AT_ONCE:
            answer = _run_child(upload, kind, copy)
    except OSError:  # such as a full disk
        copy.close()
        raise
    if answer is Answer.CLEAN and not copy.too_large:
        copy.finish()
        return copy
    copy.close()
    if answer is Answer.KEPT:
        return None
    raise FileRefused(SENTENCES[Answer.BOMB if copy.too_large else answer])


def _run_child(upload: FileSealer, kind: FileKind, copy: FileSealer) -> Answer:
    command = [sys.executable, "-P", "-s", "-B", "-m", CHILD, kind.key]
    with subprocess.Popen(  # noqa: S603 - no word of it comes from outside
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a library's complaint could quote the file
        cwd="/",
        env={"PYTHONPATH": ROOT},
        start_new_session=True,
    ) as child:
        stop = Timer(MOST_SECONDS, child.kill)
        feed = Thread(target=_feed, args=(upload, child.stdin), daemon=True)
        stop.start()
        feed.start()
        try:
            _collect(child.stdout, copy)
            code = child.wait()
        finally:
            stop.cancel()
            child.kill()
            feed.join()
    return Answer(code) if code in set(Answer) else Answer.UNREADABLE


def _feed(upload: FileSealer, stdin: IO[bytes] | None) -> None:
    """Hand the clear bytes over; a child that ended early has its reasons in its exit code."""
    if stdin is None:
        return
    try:
        for chunk in upload.clear():
            stdin.write(chunk)
        stdin.close()
    except (BrokenPipeError, ValueError):
        pass


def _collect(stdout: IO[bytes] | None, copy: FileSealer) -> None:
    while stdout is not None and (piece := stdout.read(CHUNK)):
        copy.write(piece)
