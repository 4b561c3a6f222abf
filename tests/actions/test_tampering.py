"""The tamper suite: what becomes of the log when somebody with SQL changes what it vouches for.

Each column of each table that the log vouches for is changed in a real database, on both engines;
then come those who know how the log is made. docs/audit-log.md has the table of attacks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Column, Table, delete, insert, select, update
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import sign_checkpoint
from conductdesk.audit.note import sign_note
from conductdesk.audit.record import COUNTERS, ENTRIES, HEADS, TILES, Event, append
from conductdesk.audit.verify import Status
from conductdesk.db import Base, LoggedRow, NewRow, insert_rows
from conductdesk.vault.keystore import Keystore
from tests.actions.audit_checks import changed, check
from tests.actions.audit_rows import (
    ACTOR,
    CASE,
    LOG,
    MOMENT,
    a_principal,
    begin_log,
    fill_log,
    forge_log,
    grant_key,
    lift_triggers,
    other_id,
    word_event,
)

LOG_TABLES = (ENTRIES, TILES, HEADS, COUNTERS, Base.metadata.tables["log_checkpoint"])
CONTENT = b"The ciphertext of the one file that there is."
PROVES_NOTHING = {"restored", "purpose", "made_at"}
"""Columns of the log's own tables that say what to do next."""

pytestmark = pytest.mark.both_backends


def vouched_for() -> list[Table]:
    """Return every table of rows that the log vouches for."""
    mappers = Base.registry.mappers
    tables = {mapper.local_table for mapper in mappers if issubclass(mapper.class_, LoggedRow)}
    return sorted((cast(Table, one) for one in tables), key=lambda table: table.name)


@pytest.fixture
def log(db: Session, keystore: Keystore) -> Session:
    """A log with a full tile, a key grant, one row of every table, and a signed head."""
    begin_log(db)
    grant_key(db)
    fill_log(db, ["word"] * 256)
    without_foreign_keys(db)
    insert_rows(db, [an_invented_row(table) for table in vouched_for()])
    give_content(db)
    append(db, LOG, [Event(type="rows.invented", actor=ACTOR), grant_of_the_invented(db)])
    sign_checkpoint(db, keystore, LOG, "hourly")
    db.flush()
    return db


def without_foreign_keys(db: Session) -> None:
    """Let rows name what is not there: it is the log that is looked at."""
    if db.get_bind().dialect.name == "postgresql":
        db.connection().exec_driver_sql("SET session_replication_role = replica")
    else:
        db.connection().exec_driver_sql("PRAGMA defer_foreign_keys=ON")


def give_content(db: Session) -> None:
    """Store the piece of the invented file whose hash its row has."""
    file = db.connection().execute(select(Base.metadata.tables["sealed_file"])).one()
    piece = {"file_id": file.content_id, "seq": 0, "content": CONTENT}
    db.connection().execute(insert(Base.metadata.tables["sealed_chunk"]), piece)


def an_invented_row(table: Table) -> NewRow:
    """Return a row of *table* with something in every column."""
    return NewRow(table, {column.name: invented(column) for column in table.columns}, logged=True)


def invented(column: Column[Any]) -> object:
    """Return a value that fits into *column*."""
    stored = getattr(column.type, "impl_instance", column.type)
    words = getattr(column.type, "enum_class", None)
    if words is not None:
        return next(iter(words))
    if column.name == "ciphertext_sha256":
        return sha256(CONTENT).hexdigest()
    kind = stored.python_type
    made: dict[type, object] = {
        bool: True,
        int: 7,
        str: "word",
        bytes: bytes(32),
        UUID: uuid4(),
        datetime: MOMENT,
        date: MOMENT.date(),
    }
    return made[kind]


def grant_of_the_invented(db: Session) -> Event:
    """Return the entry that the invented key grant needs."""
    grants = Base.metadata.tables["key_grant"]
    rows = db.connection().execute(select(grants.c.id)).scalars()
    return Event(type="grant.made", actor=ACTOR, rows=tuple(("key_grant", one) for one in rows))


def tampered(db: Session, table: Table, column: Column[Any]) -> Iterator[UUID | None]:
    """Change one value of the last row of *table*, yield the row's id, and take it back."""
    with db.begin_nested() as attempt:
        row = db.connection().execute(select(table)).mappings().all()[-1]
        where = [key == row[key.name] for key in table.primary_key.columns]
        value = changed(row[column.name])
        db.connection().execute(update(table).where(*where).values({column.name: value}))
        yield row.get("id")
        attempt.rollback()


def test_every_column_that_the_log_vouches_for_is_watched(log: Session, keystore: Keystore) -> None:
    assert check(log, keystore).status is Status.UNANCHORED
    assert len(vouched_for()) > 40
    lift_triggers(log)
    passed = []
    for table in vouched_for():
        for column in table.columns:
            for row_id in tampered(log, table, column):
                verdict = check(log, keystore)
                named = {str(row_id), str(other_id(cast(UUID, row_id)))}
                problem = verdict.problem or ""
                if verdict.status is not Status.FAILED or table.name not in problem:
                    passed.append(f"{table.name}.{column.name}: {problem}")
                elif not any(one in problem for one in named):
                    passed.append(f"{table.name}.{column.name} names another row: {problem}")
    assert passed == []


def test_every_column_of_the_log_itself_is_watched(log: Session, keystore: Keystore) -> None:
    lift_triggers(log)
    passed = []
    for table in LOG_TABLES:
        for column in table.columns:
            if column.name in PROVES_NOTHING | {"log_id"}:
                continue
            for _row in tampered(log, table, column):
                if check(log, keystore).status is not Status.FAILED:
                    passed.append(f"{table.name}.{column.name}")
    assert passed == []


Attack = Callable[[Session], None]


def swap_a_key(db: Session) -> None:
    principals = Base.metadata.tables["principal"]
    db.connection().execute(update(principals).values(public_key=bytes(range(32))))


def add_a_grant(db: Session) -> None:
    grants = Base.metadata.tables["key_grant"]
    row = dict(db.connection().execute(select(grants)).mappings().all()[-1])
    principal = a_principal()
    db.add(principal)
    append(db, LOG, [Event(type="key.published", actor=ACTOR)])
    given = {"id": uuid4(), "principal_id": principal.id, "fingerprint": principal.fingerprint}
    db.connection().execute(insert(grants), {**row, **given})


def delete_a_read(db: Session) -> None:
    db.connection().execute(delete(ENTRIES).where(ENTRIES.c.idx == 100))


def exchange_two_entries(db: Session) -> None:
    columns = (ENTRIES.c.entry, ENTRIES.c.leaf_hash)
    rows = [
        db.connection().execute(select(*columns).where(ENTRIES.c.idx == at)).one() for at in (7, 8)
    ]
    for at, row in zip((8, 7), rows, strict=True):
        values = {"entry": row.entry, "leaf_hash": row.leaf_hash}
        db.connection().execute(update(ENTRIES).where(ENTRIES.c.idx == at).values(values))


def cut_off_the_end(db: Session) -> None:
    db.connection().execute(delete(ENTRIES).where(ENTRIES.c.idx > 200))


def change_a_tile(db: Session) -> None:
    db.connection().execute(update(TILES).values(hashes=bytes(8192)))


def remove_a_case(db: Session) -> None:
    db.connection().execute(delete(ENTRIES).where(ENTRIES.c.case_ref == CASE))


CLUMSY: Mapping[str, tuple[Attack, str]] = {
    "a swapped key": (swap_a_key, "principal "),
    "an added grant": (add_a_grant, "no entry of any log names this row"),
    "a deleted read": (delete_a_read, "entry 100 is missing"),
    "two entries in exchanged order": (exchange_two_entries, "entry 7: case"),
    "truncation": (cut_off_the_end, "tile 0/0 is there, but the log does not fill it"),
    "a tile": (change_a_tile, "tile 0/0 and entry 0 do not match"),
    "a removed case with all its entries": (remove_a_case, "entry 0 is missing"),
}
"""What somebody does who does not know how the log is made, and what verification says of it."""


@pytest.mark.parametrize("attack", CLUMSY)
def test_a_clumsy_attack_is_named(log: Session, keystore: Keystore, attack: str) -> None:
    change, words = CLUMSY[attack]
    lift_triggers(log)
    change(log)
    verdict = check(log, keystore)
    assert verdict.status is Status.FAILED
    assert words in (verdict.problem or "")


History = list[tuple[Event, datetime]]


def a_history() -> History:
    """Return what a log said of two cases."""
    words = ["received", "read", "decided", "told", "closed"]
    mine = [(word_event(word), MOMENT + timedelta(hours=at)) for at, word in enumerate(words)]
    other = Event(type="case.read", actor=ACTOR, case="ab" * 16)
    return [mine[0], (other, MOMENT), *mine[1:], (other, MOMENT + timedelta(days=1))]


FORGED: Mapping[str, Callable[[History], History]] = {
    "a rewrite": lambda log: [(word_event("forged"), log[0][1]), *log[1:]],
    "truncation": lambda log: log[:4],
    "a removed case with all its entries": lambda log: [one for one in log if one[0].case == CASE],
    "a backdated entry": lambda log: [*log[:4], (log[4][0], MOMENT), *log[5:]],
    "two entries in exchanged order": lambda log: [*log[:2], log[3], log[2], *log[4:]],
    "an added entry": lambda log: [*log[:3], log[1], *log[3:]],
    "a deleted read": lambda log: [*log[:2], *log[3:]],
}
"""What somebody does who owns the database and the signing key: everything agrees with itself."""


@pytest.mark.parametrize("attack", FORGED)
def test_a_forgery_with_the_real_key_agrees_with_itself_and_not_with_what_others_kept(
    db: Session, keystore: Keystore, attack: str
) -> None:
    begin_log(db)
    forge_log(db, a_history())
    kept = sign_checkpoint(db, keystore, LOG, "hourly").note
    db.connection().execute(delete(LOG_TABLES[-1]))
    head = forge_log(db, FORGED[attack](a_history()))
    signed = sign_note(head.text(), head.origin, keystore.log_seed(LOG))
    assert check(db, keystore).status is Status.UNANCHORED
    assert (
        check(db, keystore, signed).status is Status.VERIFIED
    )  # who keeps only this, sees nothing
    verdict = check(db, keystore, kept)
    assert verdict.status is Status.FAILED
    assert "the outside checkpoint" in (verdict.problem or "")
