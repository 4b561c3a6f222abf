"""Asking witnesses on other machines to cosign what was signed here (C2SP tlog-witness)."""

from __future__ import annotations

import http.client
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from conductdesk.audit.cosignature import (
    ADD_CHECKPOINT,
    SIZE_TYPE,
    WitnessKey,
    submission_text,
    with_cosignatures,
)
from conductdesk.audit.note import NoteError, number_in
from conductdesk.audit.posting import Reply, post
from conductdesk.audit.queries import prove_consistency
from conductdesk.db import Database

TIMEOUT = 10
"""Seconds that a witness has for one log, however its answer comes: the worker waits meanwhile."""
TURN = 60
"""Seconds that all witnesses have together for all logs, in equal parts."""
WORDS_LIMIT = 300
"""How many characters of a witness's own words are kept."""


class WitnessFailureError(Exception):
    """A witness did not cosign; the message says why, and what to do."""


@dataclass(frozen=True)
class WitnessAddress:
    """A witness that this installation asks."""

    url: str
    key: WitnessKey

    @property
    def name(self) -> str:
        """The name of its key."""
        return self.key.name


@dataclass(frozen=True)
class Turn:
    """The time that one witness has."""

    witness: WitnessAddress
    until: float
    """On the clock of `time.monotonic()`."""

    def for_one_log(self) -> Turn:
        """Return what it has of this for the log that comes next."""
        return replace(self, until=min(self.until, time.monotonic() + TIMEOUT))


def addresses(pairs: Sequence[tuple[str, str]]) -> list[WitnessAddress]:
    """Return the witnesses of the settings; raise NoteError if a key is none."""
    return [WitnessAddress(url, WitnessKey.parse(key)) for url, key in pairs]


def turns(witnesses: Sequence[WitnessAddress]) -> Iterator[Turn]:
    """Give each witness its part of the time, so that a slow one takes none of the others'."""
    for witness in witnesses:
        yield Turn(witness, time.monotonic() + TURN / len(witnesses))


def cosigned_by(
    database: Database, turn: Turn, log_id: str, head: tuple[int, str], old: int
) -> str:
    """Return the signature line of the witness under a head (size and note), or raise.

    *old* is the size that it is thought to know; it may say once which one it really knows.
    """
    witness, answer = turn.witness, _exchange(database, turn.for_one_log(), log_id, head, old)
    try:
        cosigned = with_cosignatures(head[1], answer.body, [witness.key])
    except NoteError as error:
        raise WitnessFailureError(_false(witness)) from error
    if cosigned == head[1]:
        raise WitnessFailureError(_false(witness))
    return answer.body


def _exchange(
    database: Database, turn: Turn, log_id: str, head: tuple[int, str], old: int
) -> Reply:
    witness, answer = turn.witness, _send(database, turn, log_id, head, old)
    if answer.status == 409 and answer.content_type == SIZE_TYPE:
        known = _size_in(witness, answer)
        if known > head[0]:
            raise WitnessFailureError(_lost(witness, log_id, known, head[0]))
        if known != old:
            answer = _send(database, turn, log_id, head, known)
    if answer.status in (409, 422):
        raise WitnessFailureError(_inconsistent(witness, log_id, head[0], answer))
    if answer.status != 200:
        raise WitnessFailureError(
            f"The witness {witness.name} does not cosign the log {log_id} (it answers "
            f"{answer.status}: “{_words(answer)}”). Ask whoever runs it."
        )
    return answer


def _send(database: Database, turn: Turn, log_id: str, head: tuple[int, str], old: int) -> Reply:
    size, note = head
    if turn.until <= time.monotonic():
        raise WitnessFailureError(
            f"The witness {turn.witness.name} was not asked about the log {log_id}: it took too "
            "long before. It is tried again; ask whoever runs it."
        )
    with database.reading() as db:
        hashes = prove_consistency(db, log_id, old, size) if old else []
    try:
        body = submission_text(old, hashes, note).encode()
        return post(turn.witness.url + ADD_CHECKPOINT, body, turn.until)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise WitnessFailureError(
            f"The witness {turn.witness.name} cannot be reached for the log {log_id} "
            f"({type(error).__name__}). It is tried again; check its address, or ask whoever runs "
            "it."
        ) from error


def _size_in(witness: WitnessAddress, answer: Reply) -> int:
    try:
        return number_in(answer.body.removesuffix("\n"))
    except NoteError as error:
        raise WitnessFailureError(_false(witness)) from error


def _lost(witness: WitnessAddress, log_id: str, known: int, size: int) -> str:
    return (
        f"The witness {witness.name} has seen {known} entries of the log {log_id}, and here are "
        f"{size}. Entries were lost, or another server signs for the same log. Stop, and find out "
        "which."
    )


def _inconsistent(witness: WitnessAddress, log_id: str, size: int, answer: Reply) -> str:
    return (
        f"The witness {witness.name} refuses the log {log_id} at {size} entries, because it does "
        "not extend what it has seen. Somebody changed the database, or two servers run on copies "
        f"of it. Stop, and find out which. It says: “{_words(answer)}”"
    )


def _false(witness: WitnessAddress) -> str:
    return (
        f"What the witness {witness.name} answers is not signed with the key in "
        "CONDUCTDESK_WITNESSES. Check the key, and its address."
    )


def _words(answer: Reply) -> str:
    return " ".join(answer.body.split())[:WORDS_LIMIT]
