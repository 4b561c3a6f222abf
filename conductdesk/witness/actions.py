"""Cosigning a checkpoint, or refusing to: the one thing that a witness does."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.cosignature import SIZE_TYPE, cosign
from conductdesk.audit.note import NoteError, VerifierKey, open_checkpoint, signed_by
from conductdesk.audit.tree import EMPTY_ROOT, ProofError, root_shown, verify_consistency
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
    try:
        note = _as_signed(known, submission)
    except NoteError:
        return Answer(403, "The key of this log has not signed the checkpoint.\n")
    return _judge(witness, known, replace(submission, note=note))


def _as_signed(known: KnownLog, submission: Submission) -> str:
    """Return the note with the log's signature alone: what others added could make it unreadable.

    Raises NoteError if the log has not signed it.
    """
    key = VerifierKey.parse(known.key)
    open_checkpoint(submission.note, [key])
    return signed_by(submission.note, key)


def _judge(witness: Witness, known: KnownLog, submission: Submission) -> Answer:
    checkpoint, size = submission.checkpoint, known.size or 0
    if known.size == checkpoint.size and known.root != checkpoint.root:
        return _refuse(witness, known, submission, 409)
    if submission.old_size != size:
        _note_older(known, submission)
        return Answer(409, f"{size}\n", SIZE_TYPE)
    try:
        _require_extension(known, submission)
    except ProofError:
        if _shows_another_past(known, submission):
            return _refuse(witness, known, submission, 422)
        return _doubt(witness, known, submission)
    return _cosign(witness.folder.key(), known, submission)


def _cosign(key: PrivateKey, known: KnownLog, submission: Submission) -> Answer:
    moment = clock.now()
    line = cosign(submission.note, key.name, key.seed, int(moment.timestamp()))
    known.size, known.root = submission.checkpoint.size, submission.checkpoint.root
    known.note, known.cosigned_at = submission.note + line, moment
    return Answer(200, line)


def _refuse(witness: Witness, known: KnownLog, submission: Submission, status: int) -> Answer:
    """Refuse a head that contradicts the cosigned one for certain: the log's key signed both."""
    words = (
        f"The head of {known.origin} at {submission.checkpoint.size} entries does not extend the "
        f"one at {known.size} that was cosigned here, and the key of the log signed both. Nothing "
        "was cosigned."
    )
    try:
        witness.folder.keep_evidence(submission, known.note)
        kept = "Both are kept."
    except OSError as error:
        kept = f"They could not be kept here ({error.strerror}): keep them."
        log.critical("could not be written to the disk:\n%s\n%s", submission, known.note)
    log.critical("%s %s Call: %s", words, kept, witness.contact)
    return Answer(status, f"{words} {kept} Call: {witness.contact}\n")


def _doubt(witness: Witness, known: KnownLog, submission: Submission) -> Answer:
    """Refuse a head whose proof shows nothing; whoever was sent a head can post it with any."""
    words = (
        f"The proof does not show that the head of {known.origin} at {submission.checkpoint.size} "
        f"entries extends the one at {known.size or 0}, nor that it does not. Nothing was cosigned."
    )
    try:
        is_kept = witness.folder.keep_doubtful(submission, known.note)
    except OSError:
        is_kept = False
    kept = "The head is kept as doubtful." if is_kept else "The head is not kept."
    log.warning("%s %s", words, kept)
    return Answer(422, f"{words} {kept} If the log itself sent it, call: {witness.contact}\n")


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


def _require_extension(known: KnownLog, submission: Submission) -> None:
    checkpoint, old_root = submission.checkpoint, known.root or EMPTY_ROOT
    if submission.old_size:
        new = (checkpoint.size, checkpoint.root)
        verify_consistency(submission.old_size, old_root, *new, submission.hashes)
    elif submission.hashes or (checkpoint.size == 0 and checkpoint.root != EMPTY_ROOT):
        raise ProofError("from an empty log there is nothing to prove")


def _shows_another_past(known: KnownLog, submission: Submission) -> bool:
    """Answer whether the proof leads to the head that was signed, but from another old root."""
    checkpoint = submission.checkpoint
    new = (checkpoint.size, checkpoint.root)
    shown = root_shown(submission.old_size, *new, submission.hashes)
    return shown is not None and shown != known.root


def _note_older(known: KnownLog, submission: Submission) -> None:
    if known.size is not None and submission.checkpoint.size < known.size:
        log.warning(
            "%s shows a head of %d entries, and %d were cosigned",
            *(known.origin, submission.checkpoint.size, known.size),
        )
