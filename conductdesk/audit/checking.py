"""Whether a proof that somebody brings is ours, and whether the log still contains what it shows."""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import SigningKeys
from conductdesk.audit.cosignature import WitnessKey, cosigned_at
from conductdesk.audit.head import Head
from conductdesk.audit.note import (
    PROOF_HEADER,
    Checkpoint,
    NoteError,
    Proof,
    VerifierKey,
    open_checkpoint,
    open_proof_of_leaf,
    parse_checkpoint,
    parse_proof,
    verifier_key_of,
)
from conductdesk.audit.queries import entry_bytes, prove_consistency, stored_tiles
from conductdesk.audit.record import read_head
from conductdesk.audit.tree import ProofError, hash_leaf, root_at, root_of, verify_consistency
from conductdesk.refusal import Refused

UNREADABLE = "This is not a proof. Use the whole text of the file, from its first line to its last."
OTHER_LOG = "This proof belongs to another log. It names {origin}, and this page knows {own}."
EMPTY = "This is the head of an empty log. It proves nothing."


@dataclass(frozen=True)
class CheckedProof:
    """What a check made now has found; nothing in it says what the entry is about."""

    signed: bool
    """Whether this log signed it, and the proof leads to what was signed."""
    contained: bool
    """Whether the log as it stands now still contains it, unchanged."""
    size: int
    """How many entries the log had."""
    cosigned: tuple[tuple[str, datetime], ...] = ()
    """Which witnesses have signed it too, and when."""


@dataclass(frozen=True)
class BroughtProof:
    """A proof, or a bare checkpoint, of which only the signatures were checked: that is cheap."""

    head: Head
    """The log as it stands now."""
    size: int
    """How many entries the log had, as the proof says."""
    checkpoint: Checkpoint | None
    """None where this log did not sign it, or the proof does not lead to what was signed."""
    proof: Proof | None = None
    cosigned: tuple[tuple[str, datetime], ...] = ()


def proof_checker() -> bytes:
    """Return the text of the program that checks a proof offline, without us."""
    return (importlib.resources.files("conductdesk.audit.offline") / "proof.py").read_bytes()


def check_signatures(
    db: Session, keys: SigningKeys, log_id: str, text: str, witnesses: Sequence[WitnessKey]
) -> BroughtProof:
    """Read a proof, or a bare checkpoint; raise `Refused` if it is none of this log."""
    head = read_head(db, log_id)
    try:
        proof = parse_proof(text) if text.startswith(PROOF_HEADER) else None
        note = proof.checkpoint if proof else text
        claimed = parse_checkpoint(note)
    except NoteError as error:
        raise Refused(UNREADABLE) from error
    if _line_of(claimed.origin) != _line_of(head.origin):
        raise Refused(OTHER_LOG.format(origin=claimed.origin, own=head.origin))
    if claimed.size == 0:
        raise Refused(EMPTY)
    key = VerifierKey(
        claimed.origin, verifier_key_of(claimed.origin, keys.log_seed(log_id)).public_key
    )
    try:
        checkpoint = open_proof_of_leaf(text, [key]) if proof else open_checkpoint(note, [key])
        cosigned = cosigned_at(note, witnesses)
    except (NoteError, ProofError):
        return BroughtProof(head, claimed.size, None)
    return BroughtProof(head, checkpoint.size, checkpoint, proof, tuple(_dated(cosigned)))


def look_for(db: Session, brought: BroughtProof) -> CheckedProof:
    """Look for what is brought in the log as it stands now."""
    checkpoint = brought.checkpoint
    if checkpoint is None:
        return CheckedProof(signed=False, contained=False, size=brought.size)
    there = _extends(db, brought.head, checkpoint)
    return CheckedProof(
        signed=True,
        contained=there and _is_there(db, brought.head.log_id, brought.proof),
        size=brought.size,
        cosigned=brought.cosigned,
    )


def _dated(cosigned: Mapping[str, int]) -> Iterator[tuple[str, datetime]]:
    """Yield which witnesses signed, and when; a time that no calendar has says nothing."""
    for name, moment in cosigned.items():
        with suppress(ValueError, OverflowError, OSError):
            yield name, datetime.fromtimestamp(moment, UTC)


def _extends(db: Session, head: Head, checkpoint: Checkpoint) -> bool:
    """Answer whether the log of now extends *checkpoint*: by its tiles, and by a proof to its head."""
    if checkpoint.size > head.size:
        return False
    now = (head.size, root_of(head.frontier))
    try:
        if root_at(stored_tiles(db, head.log_id), checkpoint.size) != checkpoint.root:
            return False
        hashes = prove_consistency(db, head.log_id, checkpoint.size, head.size)
        verify_consistency(checkpoint.size, checkpoint.root, *now, hashes)
    except (ProofError, ValueError):  # a tile that cannot be read has been changed as well
        return False
    return True


def _is_there(db: Session, log_id: str, proof: Proof | None) -> bool:
    """Answer whether the bytes of the entry are those that the proof is for."""
    if proof is None:
        return True
    entry = entry_bytes(db, log_id, proof.index)
    return entry is not None and hash_leaf(entry) == proof.leaf


def _line_of(origin: str) -> str:
    """Return an origin without the number that it got after a restore."""
    base, _, last = origin.rpartition("/")
    return base if base and last.isdecimal() else origin
