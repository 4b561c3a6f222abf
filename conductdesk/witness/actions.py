"""Cosigning a checkpoint, or refusing to: the one thing that a witness does."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.cosignature import SIZE_TYPE, cosign
from conductdesk.audit.note import NoteError, VerifierKey, open_checkpoint
from conductdesk.audit.tree import EMPTY_ROOT, ProofError, verify_consistency
from conductdesk.witness.models import Folder, KnownLog
from conductdesk.witness.rules import (
    Answer,
    PrivateKey,
    Submission,
    read_submission,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Witness:
    """A witness that is at work; *contact* says whom to call about a head that it refused."""

    folder: Folder
    contact: str


def consider(db: Session, witness: Witness, body: bytes) -> Answer:
    """Cosign the checkpoint in *body*, or say why not (C2SP tlog-witness).

    The answer may be given once the caller has committed, and not before.
    """
    try:
        submission = read_submission(body)
    except NoteError as error:
        return Answer(400, f"{error}\n")
    known = db.get(KnownLog, submission.checkpoint.origin)
    if known is None:
        return Answer(404, "This witness does not know that log.\n")
    if not _is_signed(known, submission):
        return Answer(403, "The key of this log has not signed the checkpoint.\n")
    return _judge(witness, known, submission, body)


def _judge(witness: Witness, known: KnownLog, submission: Submission, body: bytes) -> Answer:
    checkpoint, size = submission.checkpoint, known.size or 0
    if known.size == checkpoint.size and known.root != checkpoint.root:
        return _refuse(witness, known, submission, body, 409)
    if submission.old_size != size:
        _note_older(known, submission)
        return Answer(409, f"{size}\n", SIZE_TYPE)
    try:
        _require_extension(known, submission)
    except ProofError:
        return _refuse(witness, known, submission, body, 422)
    return _cosign(witness.folder.key(), known, submission)


def _cosign(key: PrivateKey, known: KnownLog, submission: Submission) -> Answer:
    moment = clock.now()
    line = cosign(submission.note, key.name, key.seed, int(moment.timestamp()))
    known.size, known.root = submission.checkpoint.size, submission.checkpoint.root
    known.note, known.cosigned_at = submission.note + line, moment
    return Answer(200, line)


def _refuse(
    witness: Witness, known: KnownLog, submission: Submission, body: bytes, status: int
) -> Answer:
    witness.folder.keep_evidence(body, known.note)
    words = (
        f"The head of {known.origin} at {submission.checkpoint.size} entries does not extend the "
        f"one at {known.size or 0} that was cosigned here. Nothing was cosigned, and both are "
        f"kept. Call: {witness.contact}"
    )
    log.critical("%s", words)
    return Answer(status, f"{words}\n")


def trust(db: Session, text: str) -> VerifierKey:
    """Let the witness cosign the log whose verifier key *text* is; raise NoteError if it is none."""
    key = VerifierKey.parse(text)
    known = db.get(KnownLog, key.name)
    if known is None:
        db.add(KnownLog(origin=key.name, key=str(key)))
    elif known.key != str(key):
        raise NoteError(f"{key.name} is known here under another key, which it must keep")
    return key


def known_logs(db: Session) -> list[KnownLog]:
    """Return every log that the witness knows."""
    return list(db.scalars(select(KnownLog).order_by(KnownLog.origin)))


def _is_signed(known: KnownLog, submission: Submission) -> bool:
    try:
        open_checkpoint(submission.note, [VerifierKey.parse(known.key)])
    except NoteError:
        return False
    return True


def _require_extension(known: KnownLog, submission: Submission) -> None:
    checkpoint, old_root = submission.checkpoint, known.root or EMPTY_ROOT
    if submission.old_size:
        new = (checkpoint.size, checkpoint.root)
        verify_consistency(submission.old_size, old_root, *new, submission.hashes)
    elif submission.hashes or (checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT):
        raise ProofError("from an empty log there is nothing to prove")


def _note_older(known: KnownLog, submission: Submission) -> None:
    if known.size is not None and submission.checkpoint.size < known.size:
        log.warning(
            "%s shows a head of %d entries, and %d were cosigned",
            *(known.origin, submission.checkpoint.size, known.size),
        )
