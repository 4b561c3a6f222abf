"""Asking witnesses on other machines to cosign what was signed here (C2SP tlog-witness)."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from conductdesk.audit.cosignature import (
    ADD_CHECKPOINT,
    SIZE_TYPE,
    WitnessKey,
    submission_text,
    with_cosignatures,
)
from conductdesk.audit.note import NoteError, number_in
from conductdesk.audit.queries import prove_consistency
from conductdesk.db import Database

TIMEOUT = 10
"""Seconds to wait for each answer of a witness."""
ANSWER_LIMIT = 16 * 1024
"""The longest answer that is read, in bytes."""
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
class _Answer:
    status: int
    content_type: str
    body: str


def addresses(pairs: Sequence[tuple[str, str]]) -> list[WitnessAddress]:
    """Return the witnesses of the settings; raise NoteError if a key is none."""
    return [WitnessAddress(url, WitnessKey.parse(key)) for url, key in pairs]


def cosigned_by(
    database: Database, witness: WitnessAddress, log_id: str, head: tuple[int, str], old: int
) -> str:
    """Return the signature line of the witness under a head (size and note), or raise.

    *old* is the size that it is thought to know; it may say once which one it really knows.
    """
    answer = _exchange(database, witness, log_id, head, old)
    try:
        cosigned = with_cosignatures(head[1], answer.body, [witness.key])
    except NoteError as error:
        raise WitnessFailureError(_false(witness)) from error
    if cosigned == head[1]:
        raise WitnessFailureError(_false(witness))
    return answer.body


def _exchange(
    database: Database, witness: WitnessAddress, log_id: str, head: tuple[int, str], old: int
) -> _Answer:
    answer = _send(database, witness, log_id, head, old)
    if answer.status == 409 and answer.content_type == SIZE_TYPE:
        known = _size_in(witness, answer)
        if known > head[0]:
            raise WitnessFailureError(_lost(witness, log_id, known, head[0]))
        if known != old:
            answer = _send(database, witness, log_id, head, known)
    if answer.status in (409, 422):
        raise WitnessFailureError(_inconsistent(witness, log_id, head[0], answer))
    if answer.status != 200:
        raise WitnessFailureError(
            f"The witness {witness.name} does not cosign the log {log_id} (it answers "
            f"{answer.status}: “{_words(answer)}”). Ask whoever runs it."
        )
    return answer


def _send(
    database: Database, witness: WitnessAddress, log_id: str, head: tuple[int, str], old: int
) -> _Answer:
    size, note = head
    with database.reading() as db:
        hashes = prove_consistency(db, log_id, old, size) if old else []
    try:
        return _post(witness.url, submission_text(old, hashes, note).encode())
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise WitnessFailureError(
            f"The witness {witness.name} cannot be reached for the log {log_id} "
            f"({type(error).__name__}). It is tried again; check its address, or ask whoever runs "
            "it."
        ) from error


def _post(url: str, body: bytes) -> _Answer:
    """Send *body* to a witness; no redirect is followed, and no more than a bound is read."""
    parts = urlsplit(url)
    if parts.scheme == "https":
        context = ssl.create_default_context()
        connection: http.client.HTTPConnection = http.client.HTTPSConnection(
            parts.netloc, timeout=TIMEOUT, context=context
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT)
    try:
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        connection.request("POST", parts.path + ADD_CHECKPOINT, body, headers)
        answer = connection.getresponse()
        content_type = answer.headers.get_content_type()
        return _Answer(answer.status, content_type, answer.read(ANSWER_LIMIT).decode("utf-8"))
    finally:
        connection.close()


def _size_in(witness: WitnessAddress, answer: _Answer) -> int:
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


def _inconsistent(witness: WitnessAddress, log_id: str, size: int, answer: _Answer) -> str:
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


def _words(answer: _Answer) -> str:
    return " ".join(answer.body.split())[:WORDS_LIMIT]
