"""The file that an administrator chose, until it is put in force: sealed with their session."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from flask import session

from conductdesk.refusal import Refused

STAGED = "pack"


@dataclass(frozen=True)
class StagedFile:
    """A pack's file as it was sent."""

    name: str
    text: str

    @property
    def digest(self) -> str:
        """What tells this file from another: SHA-256 of its text, in hex."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def stage(file: StagedFile) -> None:
    """Keep *file* in the session, instead of the one before."""
    session[STAGED] = (file.name, file.text)


def staged_file() -> StagedFile | None:
    """Return the file that was chosen, or None."""
    kept = session.get(STAGED)
    return StagedFile(*kept) if kept else None


def need_file() -> StagedFile:
    """Return the file that was chosen, or refuse."""
    file = staged_file()
    if file is None:
        raise Refused("Choose a file first.")
    return file


def forget_file() -> None:
    """Drop the file."""
    session.pop(STAGED, None)
