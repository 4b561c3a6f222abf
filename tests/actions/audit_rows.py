"""Rows and logs that the audit tests share, and ways to tamper with them behind its back."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from conductdesk.audit.note import Checkpoint
from conductdesk.audit.record import (
    COUNTERS,
    ENTRIES,
    HEADS,
    TILES,
    Event,
    append,
    create_log,
    encode,
)
from conductdesk.audit.tree import hash_leaf, push, root_of
from conductdesk.vault.models import Compartment, DataKey, KeyGrant, Principal, PrincipalKind

LOG = "wcc"
ORIGIN = "conduct.example.org/log/wcc"
CASE = "0123456789abcdef0123456789abcdef"
ACTOR = "fedcba9876543210fedcba9876543210"
MOMENT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def begin_log(db: Session, log_id: str = LOG) -> None:
    """An empty log."""
    create_log(db, log_id, f"conduct.example.org/log/{log_id}")


def a_principal() -> Principal:
    """Somebody with a key; every byte of it is made up."""
    return Principal(
        kind=PrincipalKind.STAFF,
        public_key=secrets.token_bytes(32),
        fingerprint=secrets.token_hex(16),
        owner=ACTOR,
        pub_mac=secrets.token_bytes(32),
    )


def publish_key(db: Session, log_id: str = LOG) -> Principal:
    """One change to one row, recorded."""
    principal = a_principal()
    db.add(principal)
    append(db, log_id, [Event(type="key.published", actor=ACTOR)])
    return principal


def grant_key(db: Session, event: str = "grant.made", log_id: str = LOG) -> KeyGrant:
    """A data key and its grant, recorded as one action."""
    principal, case_id = a_principal(), uuid4()
    key = DataKey(
        case_id=case_id,
        compartment=Compartment.INTAKE,
        epoch=1,
        public_key=bytes(32),
        ended_at=None,
    )
    db.add_all([principal, key])
    db.flush()
    grant = KeyGrant(
        data_key_id=key.id,
        principal_id=principal.id,
        fingerprint=principal.fingerprint,
        wrapped=secrets.token_bytes(80),
    )
    db.add(grant)
    db.flush()
    events = [
        Event(type="key.made", actor=ACTOR, case=CASE),
        Event(type=event, actor=ACTOR, case=CASE, rows=(("key_grant", grant.id),)),
    ]
    append(db, log_id, events)
    return grant


def fill_log(db: Session, words: Sequence[str], log_id: str = LOG) -> None:
    """One entry for each word, without any row."""
    append(db, log_id, [word_event(word) for word in words])


def word_event(word: str) -> Event:
    """An event about the case that says nothing but a word."""
    return Event(type="note.made", actor=ACTOR, case=CASE, pub={"word": word})


def lift_triggers(db: Session) -> None:
    """Do what anybody who owns the database can do."""
    postgresql = db.get_bind().dialect.name == "postgresql"
    for table in ("log_entry", "log_tile"):
        for verb in ("update", "delete"):
            where = f" ON {table}" if postgresql else ""
            db.connection().exec_driver_sql(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{where}")


def rewrite_log(db: Session, words: Sequence[str], log_id: str = LOG) -> None:
    """Forge the whole log, consistently: entries, leaf hashes, tiles, counter and head."""
    forge_log(db, [(word_event(word), MOMENT) for word in words], log_id)


def forge_log(
    db: Session, entries: Sequence[tuple[Event, datetime]], log_id: str = LOG
) -> Checkpoint:
    """Put *entries* in the place of the whole log, and return the head that it has now.

    Below 256 entries there are no tiles to forge.
    """
    lift_triggers(db)
    for table in (TILES, ENTRIES, COUNTERS):
        db.connection().execute(delete(table).where(table.c.log_id == log_id))
    frontier: list[bytes] = []
    counts: Counter[str] = Counter()
    for idx, (event, moment) in enumerate(entries):
        counts[event.case or ""] += 1
        entry = encode(event, moment, counts[event.case or ""], ())
        leaf = hash_leaf(entry)
        row = {"log_id": log_id, "idx": idx, "case_ref": event.case, "entry": entry}
        db.connection().execute(insert(ENTRIES), {**row, "leaf_hash": leaf})
        push(frontier, idx, leaf)
    for case, count in counts.items():
        counter = {"log_id": log_id, "case_ref": case, "next_n": count + 1}
        db.connection().execute(insert(COUNTERS), counter)
    newest = entries[-1][1] if entries else None
    head = {"size": len(entries), "frontier": b"".join(frontier), "newest": newest}
    db.connection().execute(update(HEADS).where(HEADS.c.log_id == log_id), head)
    return Checkpoint(f"conduct.example.org/log/{log_id}", len(entries), root_of(frontier))


def other_id(row_id: UUID) -> UUID:
    """An id that is not *row_id*."""
    return UUID(int=row_id.int ^ 1)
