"""Read stdin, write stdout, within bounds."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NoReturn

from conductdesk.vault.stripping.answers import Answer, StopError

MOST_MEMORY = 3 * 512 * 1024**2
MOST_CPU_SECONDS = 20

HOMES: Mapping[str, str] = {
    "text": "documents",
    "docx": "documents",
    "jpeg": "pictures",
    "png": "pictures",
    "webp": "pictures",
    "pdf": "pdf",
}
"""In which module each kind of file is cleaned."""


def main() -> NoReturn:
    """Read, check, write, and end with an `Answer`."""
    answer, copy = Answer.UNREADABLE, b""
    try:
        bound()
        copy = cleaner_of(sys.argv[1])(sys.stdin.buffer.read())
        answer = Answer.CLEAN if copy else Answer.KEPT
    except StopError as stopped:
        answer = stopped.answer
    except BaseException:  # noqa: S110 - a traceback could show what the file holds
        pass
    if answer is Answer.CLEAN:
        sys.stdout.buffer.write(copy)
        sys.stdout.buffer.flush()
    sys.exit(answer)


def bound() -> None:
    """Take away memory, time, files, and the core dump that would hold clear text."""
    for limit, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def cleaner_of(kind: str) -> Callable[[bytes], bytes]:
    """Return what turns a file of *kind* into its working copy; empty where none is made.

    Only the parser that is needed is loaded, and none before the bounds stand.
    """
    module = import_module(f"conductdesk.vault.stripping.{HOMES[kind]}")
    clean: Callable[[bytes], bytes] = getattr(module, f"clean_{kind}")
    return clean


if __name__ == "__main__":
    main()
