"""Cosigning a checkpoint, or refusing to: the one thing that a witness does."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.cosignature import cosign
from conductdesk.audit.note import NoteError, VerifierKey, open_checkpoint
from conductdesk.audit.tree import EMPTY_ROOT, ProofError, verify_consistency
from conductdesk.witness.models import Folder, KnownLog
from conductdesk.witness.rules import SIZE_TYPE, Answer, Submission, read_submission

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Witness:
    """A witness that is at work; *contact* says whom to call about a head that it refused."""

    folder: Folder
    contact: str

    def consider(self, body: bytes) -> Answer:
        """Cosign the checkpoint in *body*, or say why not (C2SP tlog-witness).

        The state is on the disk before the answer is given; two requests at once take turns.
        """
        try:
            submission = read_submission(body)
        except NoteError as error:
            return Answer(400, f"{error}\n")
        with self.folder.database.writing() as db:
            known = db.get(KnownLog, submission.checkpoint.origin)
            if known is None:
                return Answer(404, "This witness does not know that log.\n")
            if not _is_signed(known, submission):
                return Answer(403, "The key of this log has not signed the checkpoint.\n")
            return self._judge(db, known, submission, body)

    def _judge(self, db: Session, known: KnownLog, submission: Submission, body: bytes) -> Answer:
        checkpoint, size = submission.checkpoint, known.size or 0
        if known.size == checkpoint.size and known.root != checkpoint.root:
            return self._refuse(known, submission, body, 409)
        if submission.old_size != size:
            _note_older(known, submission)
            return Answer(409, f"{size}\n", SIZE_TYPE)
        try:
            _require_extension(known, submission)
        except ProofError:
            return self._refuse(known, submission, body, 422)
        return self._cosign(db, known, submission)

    def _cosign(self, db: Session, known: KnownLog, submission: Submission) -> Answer:
        key, moment = self.folder.key(), clock.now()
        line = cosign(submission.note, key.name, key.seed, int(moment.timestamp()))
        known.size, known.root = submission.checkpoint.size, submission.checkpoint.root
        known.note, known.cosigned_at = submission.note + line, moment
        db.commit()
        return Answer(200, line)

    def _refuse(self, known: KnownLog, submission: Submission, body: bytes, status: int) -> Answer:
        self.folder.keep_evidence(body, known.note)
        words = (
            f"The head of {known.origin} at {submission.checkpoint.size} entries does not extend "
            f"the one at {known.size or 0} that was cosigned here. Nothing was cosigned, and both "
            f"are kept in {self.folder.evidence.name}. Call: {self.contact}"
        )
        log.critical("%s", words)
        return Answer(status, f"{words}\n")


def trust(folder: Folder, text: str) -> VerifierKey:
    """Let the witness cosign the log whose verifier key *text* is; raise NoteError if it is none."""
    key = VerifierKey.parse(text)
    with folder.database.writing() as db:
        known = db.get(KnownLog, key.name)
        if known is None:
            db.add(KnownLog(origin=key.name, key=str(key)))
        elif known.key != str(key):
            raise NoteError(f"{key.name} is known here under another key, which it must keep")
        db.commit()
    return key


def known_logs(folder: Folder) -> list[KnownLog]:
    """Return every log that the witness knows."""
    with folder.database.reading() as db:
        found = db.scalars(select(KnownLog).order_by(KnownLog.origin)).all()
        db.expunge_all()
        return list(found)


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
