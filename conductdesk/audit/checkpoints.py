"""Signing a log's head, and refusing to when its history may have changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.head import Head
from conductdesk.audit.models import LogCheckpoint
from conductdesk.audit.note import (
    Checkpoint,
    Proof,
    parse_checkpoint,
    sign_note,
    verifier_key_of,
)
from conductdesk.audit.queries import (
    cosigned_checkpoint,
    entry_bytes,
    latest_checkpoint,
    prove_inclusion,
    stored_tiles,
)
from conductdesk.audit.record import HEADS, Event, Pub, append, lock_head, read_head
from conductdesk.audit.tree import ProofError, hash_leaf, root_at, root_of
from conductdesk.refusal import Refused

HOURLY = "hourly"
"""The purpose of the checkpoints that go to witnesses and to addresses outside."""

CLOSURE = "closure"

SENT_OUT = (HOURLY, CLOSURE)
"""The only checkpoints that leave for everybody."""

FOR_ITS_REPORTER = ("receipt", "proof", "letter")
"""Checkpoints signed for one person: their sizes would tell others when a concern came in."""

HEARTBEAT = "log.heartbeat"
"""The entry that an hour leaves in which nothing else may have happened."""

NEARLY_AN_HOUR = timedelta(minutes=55)
"""How long after an hourly checkpoint the next one may be made; several workers may run."""


class SigningStopped(Refused):
    """The log's history may have changed, so nothing is signed; the message says what to do."""


class SigningKeys(Protocol):
    """What the log asks of the keystore."""

    def log_seed(self, log_id: str) -> bytes:
        """Return the 32 bytes that the log's signing key grows from."""

    def signed_head(self, log_id: str) -> tuple[int, bytes, str] | None:
        """Return size, root and note of the last head that was signed and committed."""

    def remember_signed_head(self, log_id: str, size: int, root: bytes, note: str) -> None:
        """Keep size, root and note of a head that was signed and committed."""


def sign_checkpoint(db: Session, keystore: SigningKeys, log_id: str, purpose: str) -> LogCheckpoint:
    """Sign the present head; raise SigningStopped if history may have changed.

    The keystore remembers the head once the transaction is committed.
    """
    head = lock_head(db, log_id)
    problem = _problem(db, keystore, head)
    if problem is not None:
        raise SigningStopped(problem)
    return _sign(db, keystore, head, purpose)


def sign_hour(db: Session, keystore: SigningKeys, log_id: str) -> LogCheckpoint | None:
    """Append the hour's heartbeat and sign the head; None if this hour has been signed already.

    Raises SigningStopped, and leaves no heartbeat, where `sign_checkpoint` would.
    """
    head = lock_head(db, log_id)
    problem = _problem(db, keystore, head)
    if problem is not None:
        raise SigningStopped(problem)
    if _signed_this_hour(db, log_id):
        return None
    append(db, log_id, [Event(type=HEARTBEAT, actor="system", pub={"size": head.next_index()})])
    return _sign(db, keystore, lock_head(db, log_id), HOURLY)


def proof_for(
    db: Session, keystore: SigningKeys, log_id: str, idx: int, purpose: str = "proof"
) -> str:
    """Return the proof that entry *idx* is in the log, under a cosigned checkpoint if one covers it.

    Otherwise a checkpoint is signed now; raises SigningStopped, in either case, as signing does.
    """
    checkpoint = _cosigned(db, keystore, log_id, idx)
    if checkpoint is None:
        checkpoint = sign_checkpoint(db, keystore, log_id, purpose)
    hashes = prove_inclusion(db, log_id, idx, checkpoint.size)
    leaf = hash_leaf(entry_bytes(db, log_id, idx) or b"")
    return Proof(idx, tuple(hashes), checkpoint.note, leaf).text()


def signing_problem(db: Session, keystore: SigningKeys, log_id: str) -> str | None:
    """Return why this log cannot be signed now, in a sentence that says what to do, or None."""
    return _problem(db, keystore, read_head(db, log_id))


def mark_restored(db: Session) -> None:
    """Note in every log that this database came out of a backup."""
    db.connection().execute(update(HEADS).values(restored=True))


def new_origin(db: Session, keystore: SigningKeys, log_id: str) -> LogCheckpoint:
    """Go on under a new origin after a restore, and sign the first checkpoint of it.

    The entry `log.succeeded` pins the last checkpoint that is known to have been signed before.
    """
    head = lock_head(db, log_id)
    origin = _next_origin(head.origin)
    pinned = _last_signed(db, keystore, log_id)
    changed = update(HEADS).where(HEADS.c.log_id == log_id).values(origin=origin, restored=False)
    db.connection().execute(changed)
    facts: dict[str, Pub] = {
        "origin": origin,
        "old_origin": head.origin,
        "old_size": pinned.size if pinned else 0,
        "old_root": pinned.root.hex() if pinned else "",
    }
    append(db, log_id, [Event(type="log.succeeded", actor="system", pub=facts)])
    return _sign(db, keystore, lock_head(db, log_id), "succession")


def verifier_key(db: Session, keystore: SigningKeys, log_id: str) -> str:
    """Return the text of the public key under which this log's checkpoints verify."""
    return str(verifier_key_of(read_head(db, log_id).origin, keystore.log_seed(log_id)))


def _problem(db: Session, keystore: SigningKeys, head: Head) -> str | None:
    if head.restored:
        return (
            f"The log {head.log_id} comes from a backup, and entries made after it may be lost. "
            "Look at what is missing, then run: conductdesk audit new-origin"
        )
    signed = keystore.signed_head(head.log_id)
    if signed is None or _extends(db, head, signed[0], signed[1]):
        return None
    return (
        f"The log {head.log_id} does not contain what was signed before, at {signed[0]} entries. "
        "Find out who changed the database. If it was restored from a backup, run: "
        "conductdesk audit new-origin"
    )


def _cosigned(db: Session, keystore: SigningKeys, log_id: str, idx: int) -> LogCheckpoint | None:
    """Return the newest cosigned checkpoint, if it covers *idx* and has the log's present name."""
    head = read_head(db, log_id)
    kept = cosigned_checkpoint(db, log_id, SENT_OUT)
    if (
        kept is None
        or kept.size <= idx
        or kept.size > head.size
        or _origin(kept.note) != head.origin
    ):
        return None
    problem = _problem(db, keystore, head)
    if problem is not None:
        raise SigningStopped(problem)
    return kept


def _signed_this_hour(db: Session, log_id: str) -> bool:
    hourly = select(LogCheckpoint.size).where(
        LogCheckpoint.log_id == log_id,
        LogCheckpoint.purpose == HOURLY,
        LogCheckpoint.made_at > clock.now() - NEARLY_AN_HOUR,
        LogCheckpoint.made_at <= clock.now(),
    )
    return db.scalar(hourly.limit(1)) is not None


def _extends(db: Session, head: Head, size: int, root: bytes) -> bool:
    if size >= head.size:
        return size == head.size and root == root_of(head.frontier)
    try:
        return root_at(stored_tiles(db, head.log_id), size) == root
    except ProofError:
        return False


def _sign(db: Session, keystore: SigningKeys, head: Head, purpose: str) -> LogCheckpoint:
    kept = db.get(LogCheckpoint, (head.log_id, head.size, purpose))
    if kept is not None:
        return kept
    root = root_of(head.frontier)
    text = Checkpoint(head.origin, head.size, root).text()
    checkpoint = LogCheckpoint(
        log_id=head.log_id,
        size=head.size,
        purpose=purpose,
        note=sign_note(text, head.origin, keystore.log_seed(head.log_id)),
        made_at=clock.now(),
    )
    db.add(checkpoint)
    db.flush()
    _signed_here(db)[head.log_id] = (keystore, head.size, root, checkpoint.note)
    return checkpoint


def _last_signed(db: Session, keystore: SigningKeys, log_id: str) -> Checkpoint | None:
    signed = keystore.signed_head(log_id)
    if signed is not None:
        return parse_checkpoint(signed[2])
    kept = latest_checkpoint(db, log_id)
    return None if kept is None else parse_checkpoint(kept.note)


def _next_origin(origin: str) -> str:
    base, _, last = origin.rpartition("/")
    return f"{base}/{int(last) + 1}" if base and last.isdecimal() else f"{origin}/2"


def _signed_here(db: Session) -> dict[str, tuple[SigningKeys, int, bytes, str]]:
    signed: dict[str, tuple[SigningKeys, int, bytes, str]] = db.info.setdefault("signed_heads", {})
    return signed


@event.listens_for(Session, "after_commit")
def _remember_signed_heads(db: Session) -> None:
    """Tell the keystore only now: a head that was never committed must not stop later signing."""
    if db.in_nested_transaction():
        return
    for log_id, (keystore, size, root, note) in db.info.pop("signed_heads", {}).items():
        kept = keystore.signed_head(log_id)
        if kept is None or kept[0] <= size or _origin(kept[2]) != _origin(note):
            keystore.remember_signed_head(log_id, size, root, note)


@event.listens_for(Session, "after_soft_rollback")
def _forget_signed_heads(db: Session, _previous: object) -> None:
    db.info.pop("signed_heads", None)


def _origin(note: str) -> str:
    return parse_checkpoint(note).origin
