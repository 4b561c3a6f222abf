"""How the child process ends, and why."""

from __future__ import annotations

from enum import IntEnum


class Answer(IntEnum):
    """How the child ends."""

    CLEAN = 0
    KEPT = 10
    """Genuine, but of a kind of which no working copy is made."""
    NOT_ITS_KIND = 11
    TWO_KINDS = 12
    LOCKED = 13
    TOO_MANY_PIXELS = 14
    BOMB = 15
    MOVING = 16
    MACROS = 17
    UNREADABLE = 18


class StopError(Exception):
    """The file is refused; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.name)
        self.answer = answer
