"""Appending to the log: what an entry holds, and what it covers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Table, delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.note import NoteError
from conductdesk.audit.queries import (
    entries_of_case,
    entry_bytes,
    prove_consistency,
    prove_inclusion,
    stored_tiles,
)
from conductdesk.audit.record import (
    DETAILS,
    ENTRIES,
    ENTRY_LIMIT,
    TILES,
    Event,
    SealedDetail,
    append,
    create_log,
    encode,
    lock_head,
)
from conductdesk.audit.rows import row_mac
from conductdesk.audit.tree import hash_leaf, root_at, root_of, verify_consistency, verify_inclusion
from conductdesk.db import Base, Database, UnrecordedChangeError, changed_rows
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Principal
from tests.actions.audit_checks import assert_verifies
from tests.actions.audit_rows import (
    ACTOR,
    CASE,
    LOG,
    MOMENT,
    a_principal,
    begin_log,
    fill_log,
    publish_key,
)
from tests.log_reading import entry_at


@pytest.fixture
def log(db: Session) -> Session:
    begin_log(db)
    return db


def body_of(db: Session, idx: int) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(entry_bytes(db, LOG, idx) or b"")
    return body


def test_an_entry_is_canonical_json_in_a_fixed_order() -> None:
    detail = SealedDetail(commit="ab" * 32, case_id=uuid4(), sealed=b"")
    event = Event("case.decided", ACTOR, {"to": "é", "from": 1, "by": ["a", "b"]}, CASE, detail)
    moment = datetime(2026, 11, 22, 10, 0, 0, 999, tzinfo=UTC)
    assert encode(event, moment, 3, [("case", "00" * 16, "11" * 32)]) == (
        b'{"v":1,"t":"2026-11-22T10:00:00Z","type":"case.decided",'
        b'"case":"0123456789abcdef0123456789abcdef","n":3,'
        b'"actor":"fedcba9876543210fedcba9876543210",'
        b'"pub":{"by":["a","b"],"from":1,"to":"\\u00e9"},'
        b'"rows":[["case","' + b"00" * 16 + b'","' + b"11" * 32 + b'"]],'
        b'"commit":"' + b"ab" * 32 + b'"}'
    )


def test_absent_keys_are_left_out() -> None:
    moment = datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert encode(Event("log.begun", "system"), moment, None, ()) == (
        b'{"v":1,"t":"2026-11-22T10:00:00Z","type":"log.begun","actor":"system"}'
    )


def test_a_public_fact_that_is_not_a_plain_value_is_refused(log: Session) -> None:
    with pytest.raises(TypeError, match="public fact"):
        append(log, LOG, [Event("x.happened", ACTOR, {"score": 0.5})])  # type: ignore[dict-item]  # the mistake that is tried
    with pytest.raises(TypeError, match="public fact"):
        append(log, LOG, [Event("x.happened", ACTOR, {"deep": [["a"]]})])  # type: ignore[list-item]  # the mistake that is tried


def test_facts_longer_than_an_entry_are_refused(log: Session) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        append(log, LOG, [Event("x.happened", ACTOR, {"text": "a" * ENTRY_LIMIT})])


def test_a_log_with_an_unwritable_name_is_refused(db: Session) -> None:
    with pytest.raises(NoteError):
        create_log(db, LOG, "two words")


def test_appending_to_a_log_that_does_not_exist_says_so(db: Session) -> None:
    with pytest.raises(LookupError, match="no log named wcc"):
        append(db, LOG, [Event("x.happened", ACTOR)])


@pytest.mark.both_backends
def test_a_batch_gets_indexes_in_a_row_and_numbers_within_its_case(log: Session) -> None:
    about = [Event("a.happened", ACTOR, case=CASE), Event("b.happened", ACTOR)]
    assert append(log, LOG, [*about, Event("c.happened", ACTOR, case=CASE)]) == [0, 1, 2]
    assert append(log, LOG, about) == [3, 4]
    numbers = [body_of(log, idx).get("n") for idx in range(5)]
    assert numbers == [1, None, 2, 3, None]


@pytest.mark.both_backends
def test_each_changed_row_is_covered_by_the_event_that_names_it_or_by_the_first(
    log: Session,
) -> None:
    named, other = a_principal(), a_principal()
    log.add_all([named, other])
    log.flush()
    covers = (("principal", named.id),)
    append(log, LOG, [Event("a.happened", ACTOR), Event("b.happened", ACTOR, rows=covers)])
    log.commit()
    for idx, row in enumerate((other, named)):
        table = Base.metadata.tables["principal"]
        stored = log.connection().execute(select(table).where(table.c.id == row.id)).mappings()
        code = row_mac(table, dict(stored.one())).hex()
        assert body_of(log, idx)["rows"] == [["principal", row.id.hex, code]]


@pytest.mark.both_backends
def test_a_deleted_row_is_recorded_with_an_empty_code(log: Session) -> None:
    row = publish_key(log)
    log.delete(row)
    append(log, LOG, [Event("key.removed", ACTOR)])
    log.commit()
    assert body_of(log, 1)["rows"] == [["principal", row.id.hex, ""]]


def test_a_row_named_though_unchanged_is_recorded_as_it_stands(log: Session) -> None:
    row = publish_key(log)
    append(log, LOG, [Event("key.seen", ACTOR, rows=(("principal", row.id),))])
    assert body_of(log, 1)["rows"] == body_of(log, 0)["rows"]


def test_a_change_after_the_append_cannot_be_committed_without_another(log: Session) -> None:
    row = publish_key(log)
    row.pub_mac = bytes(32)
    with pytest.raises(UnrecordedChangeError):
        log.commit()


def test_rows_that_do_not_fit_into_one_entry_get_entries_of_their_own(log: Session) -> None:
    log.add_all([a_principal() for _ in range(300)])
    assert append(log, LOG, [Event("a.happened", ACTOR), Event("b.happened", ACTOR)]) == [0, 3]
    bodies = [body_of(log, idx) for idx in range(4)]
    types = [body["type"] for body in bodies]
    assert types == ["a.happened", "rows.recorded", "rows.recorded", "b.happened"]
    assert sum(len(body.get("rows", ())) for body in bodies) == 300
    assert all(len(entry_bytes(log, LOG, idx) or b"") <= ENTRY_LIMIT for idx in range(4))


def test_recorded_rows_are_forgotten_and_rolled_back_ones_too(log: Session) -> None:
    publish_key(log)
    assert not changed_rows(log)
    log.commit()
    log.add(a_principal())
    log.flush()
    log.rollback()
    assert not changed_rows(log)
    assert lock_head(log, LOG).size == 1


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_row_that_somebody_else_changed_meanwhile_is_recorded_as_it_stands(
    log: Session, database: Database, keystore: Keystore
) -> None:
    row = publish_key(log)
    log.commit()
    assert row.pub_mac != bytes(32)
    with database.writing() as other:
        same = other.get_one(Principal, row.id)
        same.pub_mac = bytes(32)
        append(other, LOG, [Event("key.changed", ACTOR)])
        other.commit()
    row.public_key = bytes(32)
    append(log, LOG, [Event("key.changed", ACTOR)])
    log.commit()
    assert_verifies(database, keystore)


@pytest.mark.both_backends
def test_details_lie_beside_the_entry_and_their_erasure_leaves_it_whole(
    log: Session, database: Database, keystore: Keystore
) -> None:
    detail = SealedDetail(commit="cd" * 32, case_id=uuid4(), sealed=b"sealed words")
    append(log, LOG, [Event("case.noted", ACTOR, case=CASE, detail=detail)])
    log.commit()
    entry = entry_at(log, LOG, 0)
    assert entry is not None
    assert (entry.commit, entry.sealed) == (detail.commit, detail.sealed)
    log.connection().execute(delete(DETAILS).where(DETAILS.c.case_id == detail.case_id))
    log.commit()
    bare = entry_at(log, LOG, 0)
    assert bare is not None
    assert (bare.commit, bare.sealed) == (detail.commit, None)
    append(log, LOG, [Event("case.destroyed", ACTOR, case=CASE)])
    log.commit()
    assert_verifies(database, keystore)


@pytest.mark.both_backends
def test_a_case_finds_its_entries_page_by_page_in_both_orders(log: Session) -> None:
    fill_log(log, ["a", "b"])
    append(log, LOG, [Event("x.happened", ACTOR, case="ff" * 16), Event("y.happened", ACTOR)])
    fill_log(log, ["c"])

    def words(*, newest_first: bool, before: int | None = None) -> list[object]:
        found = entries_of_case(log, LOG, CASE, newest_first=newest_first, limit=2, before=before)
        return [entry.pub["word"] for entry in found]

    assert words(newest_first=False) == ["a", "b"]
    assert words(newest_first=False, before=1) == ["c"]
    assert words(newest_first=True) == ["c", "b"]
    assert words(newest_first=True, before=1) == ["a"]


@pytest.mark.both_backends
@pytest.mark.parametrize("table", [ENTRIES, TILES])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_or_remove_what_the_log_holds(
    log: Session, table: Table, verb: str
) -> None:
    fill_log(log, ["word"] * 256)
    log.commit()
    statement = update(table).values(idx=table.c.idx + 1) if verb == "update" else delete(table)
    with pytest.raises(DBAPIError, match="only grows"):
        log.connection().execute(statement)


def test_tiles_of_two_levels_serve_every_proof_and_the_whole_log_verifies(
    log: Session, database: Database, keystore: Keystore
) -> None:
    size = 256 * 256 + 300
    append(log, LOG, [Event("x.happened", ACTOR)] * size)
    log.commit()
    tiles = log.execute(select(TILES.c.level, func.count()).group_by(TILES.c.level)).all()
    assert [tuple(row) for row in tiles] == [(0, 257), (1, 1)]
    root = root_of(lock_head(log, LOG).frontier)
    for index in (0, 255, 65_535, 65_536, size - 1):
        leaf = hash_leaf(entry_bytes(log, LOG, index) or b"")
        verify_inclusion(leaf, index, size, prove_inclusion(log, LOG, index, size), root)
    for earlier in (1, 256, 300, 65_536, 65_537, size):
        old_root = root_at(stored_tiles(log, LOG), earlier)
        proof = prove_consistency(log, LOG, earlier, size)
        verify_consistency(earlier, old_root, size, root, proof)
    assert_verifies(database, keystore)


def test_a_clock_that_was_put_back_is_told_once(db: Session) -> None:
    begin_log(db)
    for moment in (MOMENT, MOMENT - timedelta(seconds=299), MOMENT - timedelta(hours=1)):
        with clock.at(moment):
            fill_log(db, ["word"])
    entries = [
        json.loads(entry) for entry in db.scalars(select(ENTRIES.c.entry).order_by(ENTRIES.c.idx))
    ]
    assert [one["type"] for one in entries] == [
        "note.made",
        "note.made",
        "clock.set_back",
        "note.made",
    ]
    assert entries[2]["pub"] == {"seconds": 3600}
