"""How an action says no: with a sentence that a person can act on."""

from __future__ import annotations


class Refused(Exception):
    """The act is not possible now; the message says why and what to do. Answered with 422."""

    page = ""
    """The endpoint of another page about the same thing, where it can be mended; empty: this one."""


class Stale(Refused):
    """Somebody else acted first. Answered with 409."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody else changed this case first. Look at what they did, then try again."
        )
