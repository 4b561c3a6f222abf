"""The entries of one case, and the proof that each is in the log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.models import LogEntry
from conductdesk.audit.queries import Entry, entries_of_case, stored_tiles
from conductdesk.audit.record import read_head
from conductdesk.audit.tree import (
    ProofError,
    hash_leaf,
    inclusion_proof,
    root_of,
    verify_inclusion,
)
from conductdesk.cases.models import Case
from conductdesk.people.queries import names_by_pseudonym
from conductdesk.policy import SYSTEM
from conductdesk.refusal import Refused

CHAIN_LIMIT = 10_000
"""More entries than any one case has."""


HELD_BACK = frozenset({"identity.revealed", "receipt.reissued", "conflict.found"})
"""Entries whose words an officer typed about the reporter, or that may name a party's name."""


def entries_shown(
    db: Session, case: Case, *, limit: int = CHAIN_LIMIT, before: int | None = None
) -> list[Entry]:
    """Return the newest entries of *case*, the newest first; refuse where one cannot be read."""
    try:
        return entries_of_case(
            db, case.scheme, case.pseudonym, newest_first=True, limit=limit, before=before
        )
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(
            "An entry of this case was changed and cannot be read. Check the whole log."
        ) from error


def actors_of(db: Session, entries: Sequence[Entry]) -> dict[str, str]:
    """Return who acted in *entries*, by the pseudonym that the log has for them."""
    names = names_by_pseudonym(db, {entry.actor for entry in entries})
    return names | {"reporter": "The reporter", SYSTEM.pseudonym: SYSTEM.name}


def prove_entries(db: Session, log_id: str, indexes: Iterable[int]) -> dict[int, str | None]:
    """Prove that each entry is in the log as it stands now: None, or what is wrong with it."""
    wanted = list(indexes)
    head, tiles = read_head(db, log_id), stored_tiles(db, log_id)
    root = root_of(head.frontier)
    stored = select(LogEntry.idx, LogEntry.entry).where(
        LogEntry.log_id == log_id, LogEntry.idx.in_(wanted)
    )
    problems: dict[int, str | None] = dict.fromkeys(wanted, "the entry is missing")
    for idx, entry in db.execute(stored):
        try:
            proof = inclusion_proof(tiles, idx, head.size)
            verify_inclusion(hash_leaf(entry), idx, head.size, proof, root)
            problems[idx] = None
        except (ProofError, ValueError) as error:
            problems[idx] = str(error)
    return problems
