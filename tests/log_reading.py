"""Reading one entry of a log, and a proof beside the entry that it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from conductdesk.audit.note import Checkpoint, VerifierKey, open_proof_of_leaf, parse_proof
from conductdesk.audit.queries import Entry, _entries, _entry
from conductdesk.audit.record import ENTRIES
from conductdesk.audit.tree import ProofError, hash_leaf


def entry_at(db: Session, log_id: str, idx: int) -> Entry | None:
    """Return one entry, or None past the end."""
    row = db.connection().execute(_entries(log_id).where(ENTRIES.c.idx == idx)).one_or_none()
    return None if row is None else _entry(row)


def open_proof(text: str, entry: bytes, keys: Sequence[VerifierKey]) -> Checkpoint:
    """Return the checkpoint under which *text* proves *entry*; raise NoteError or ProofError."""
    proof, leaf = parse_proof(text), hash_leaf(entry)
    if proof.leaf not in (b"", leaf):
        raise ProofError("the proof is for another entry")
    return open_proof_of_leaf(replace(proof, leaf=leaf).text(), keys)
