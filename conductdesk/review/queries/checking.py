"""A check of a whole log, and the checkpoints that it is held against."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import FOR_ITS_REPORTER, verifier_key
from conductdesk.audit.models import LogCheckpoint
from conductdesk.audit.note import PROOF_HEADER, NoteError, parse_checkpoint, parse_proof
from conductdesk.audit.verify import verify_log
from conductdesk.db import Database
from conductdesk.vault.keystore import Keystore


@dataclass(frozen=True)
class LogCheck:
    """What a check of one scheme's log found, and when it began."""

    scheme: str
    status: str
    size: int
    root: str
    """Base64, as a checkpoint writes it."""
    problem: str | None
    at: datetime
    own_size: int | None
    """How many entries the auditor's own checkpoint covers; None where none was given."""


def newest_checkpoint(db: Session, log_id: str) -> LogCheckpoint | None:
    """Return the newest signed checkpoint that is not one reporter's own."""
    kept = select(LogCheckpoint).where(
        LogCheckpoint.log_id == log_id, LogCheckpoint.purpose.not_in(FOR_ITS_REPORTER)
    )
    return db.scalars(kept.order_by(LogCheckpoint.size.desc()).limit(1)).first()


def read_checkpoint(text: str) -> str:
    """Return an auditor's checkpoint, or proof, as its signature covers it.

    Forms turn line ends into CR LF, and people add blank lines. Raises `NoteError`.
    """
    clean = text.replace("\r\n", "\n").strip() + "\n"
    size_in(clean)
    return clean


def size_in(text: str) -> int:
    """Return how many entries the checkpoint in *text* covers."""
    checkpoint = parse_proof(text).checkpoint if text.startswith(PROOF_HEADER) else text
    size = parse_checkpoint(checkpoint).size
    if not size:
        raise NoteError("a checkpoint of an empty log says nothing")
    return size


def check_log(
    database: Database, keystore: Keystore, scheme: str, outside: Sequence[str]
) -> LogCheck:
    """Check the whole log of *scheme* now; it reads every entry, so it takes its time.

    It opens sessions of its own, so that nobody waits for a lock meanwhile.
    """
    begun = clock.now()  # what comes into the log meanwhile may not be covered
    with database.reading() as db:
        key = verifier_key(db, keystore, scheme)
    with database.reading() as db:
        verdict = verify_log(db, scheme, key, outside=outside)
    return LogCheck(
        scheme=scheme,
        status=verdict.status.value,
        size=verdict.size,
        root=base64.b64encode(verdict.root).decode(),
        problem=verdict.problem,
        at=begun,
        own_size=max((size_in(text) for text in outside), default=None),
    )
