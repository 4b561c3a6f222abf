"""Verification: every tampering is found and named."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import proof_for, sign_checkpoint, verifier_key
from conductdesk.audit.record import COUNTERS, ENTRIES, HEADS, TILES, Event, append
from conductdesk.audit.tree import hash_leaf
from conductdesk.audit.verify import Status, verify_log
from conductdesk.db import Base, changed_rows
from conductdesk.vault.keystore import Keystore
from tests.actions.audit_checks import check, tamper
from tests.actions.audit_rows import (
    ACTOR,
    CASE,
    LOG,
    a_principal,
    begin_log,
    fill_log,
    grant_key,
    lift_triggers,
    publish_key,
)

WORDS = ["a", "b", "c", "d", "e", "f", "g"]
CHECKPOINTS = Base.metadata.tables["log_checkpoint"]
PRINCIPALS = Base.metadata.tables["principal"]

TAMPERED = [
    (table.name, column.name)
    for table in (ENTRIES, TILES, HEADS, CHECKPOINTS, COUNTERS)
    for column in table.columns
    if column.name not in {"log_id", "restored", "purpose", "made_at"}
] + [
    (name, column.name)
    for name in ("principal", "data_key", "key_grant")
    for column in Base.metadata.tables[name].columns
]
"""Every column that the log vouches for; the rest says what to do next, and proves nothing."""


@pytest.fixture
def log(db: Session, keystore: Keystore) -> Session:
    """A log with rows, a grant, a full tile and a checkpoint."""
    begin_log(db)
    publish_key(db)
    grant_key(db)
    fill_log(db, ["word"] * 260)
    sign_checkpoint(db, keystore, LOG, "hourly")
    db.commit()
    return db


@pytest.mark.both_backends
def test_an_untouched_log_is_verified_but_unanchored(log: Session, keystore: Keystore) -> None:
    verdict = check(log, keystore)
    assert (verdict.status, verdict.size, verdict.problem) == (Status.UNANCHORED, 263, None)


@pytest.mark.both_backends
def test_a_checkpoint_or_a_proof_from_outside_anchors_it(log: Session, keystore: Keystore) -> None:
    note = sign_checkpoint(log, keystore, LOG, "hourly").note
    proof = proof_for(log, keystore, LOG, 2)
    fill_log(log, ["more"])
    assert check(log, keystore, note).status is Status.VERIFIED
    assert check(log, keystore, proof).status is Status.VERIFIED


def test_a_checkpoint_of_the_empty_log_anchors_nothing(db: Session, keystore: Keystore) -> None:
    begin_log(db)
    note = sign_checkpoint(db, keystore, LOG, "hourly").note
    fill_log(db, WORDS)
    assert check(db, keystore, note).status is Status.UNANCHORED


@pytest.mark.parametrize("text", ["", "nonsense", "c2sp.org/tlog-proof@v1\nindex 1\n"])
def test_something_from_outside_that_cannot_be_read_fails(
    log: Session, keystore: Keystore, text: str
) -> None:
    assert check(log, keystore, text).status is Status.FAILED


def test_a_checkpoint_of_another_log_fails(log: Session, keystore: Keystore) -> None:
    begin_log(log, "bes")
    fill_log(log, ["a"], "bes")
    other = sign_checkpoint(log, keystore, "bes", "hourly").note
    assert check(log, keystore, other).status is Status.FAILED


@pytest.mark.parametrize(("table", "column"), TAMPERED)
def test_no_value_that_the_log_vouches_for_can_be_changed(
    log: Session, keystore: Keystore, table: str, column: str
) -> None:
    place = Base.metadata.tables[table]
    key = verifier_key(log, keystore, LOG)
    tamper(log, place, place.columns[column])
    verdict = verify_log(log, LOG, key)
    assert verdict.status is Status.FAILED
    assert verdict.problem


def test_a_changed_entry_is_named(log: Session, keystore: Keystore) -> None:
    lift_triggers(log)
    here = ENTRIES.c.idx == 41
    log.connection().execute(update(ENTRIES).where(here).values(entry=b"{}"))
    assert check(log, keystore).problem == "entry 41: its bytes do not match its leaf hash"


def test_an_entry_changed_together_with_its_leaf_hash_is_named(
    log: Session, keystore: Keystore
) -> None:
    lift_triggers(log)
    entry = b'{"v":1,"t":"2026-11-22T10:00:00Z","type":"x","actor":"system"}'
    values = {"entry": entry, "case_ref": None, "leaf_hash": hash_leaf(entry)}
    log.connection().execute(update(ENTRIES).where(ENTRIES.c.idx == 0).values(values))
    assert check(log, keystore).problem == "tile 0/0 and entry 0 do not match"


@pytest.mark.both_backends
def test_a_changed_tile_is_named(log: Session, keystore: Keystore) -> None:
    lift_triggers(log)
    stored = log.connection().execute(select(TILES.c.hashes)).scalar_one()
    forged = stored[:320] + bytes(32) + stored[352:]
    log.connection().execute(update(TILES).values(hashes=forged))
    assert check(log, keystore).problem == "tile 0/0 and entry 10 do not match"


def test_bytes_left_as_text_by_a_shell_are_named_all_the_same(
    log: Session, keystore: Keystore
) -> None:
    lift_triggers(log)
    shell = log.connection().exec_driver_sql
    shell("SAVEPOINT before")
    shell("UPDATE log_entry SET entry = replace(entry, 'word', 'w0rd') WHERE idx = 41")
    assert check(log, keystore).problem == "entry 41: its bytes do not match its leaf hash"
    shell("ROLLBACK TO before")
    shell("UPDATE log_tile SET hashes = X'00' || substr(hashes, 2)")
    assert (check(log, keystore).problem or "").startswith("tile 0/0 ")
    shell("ROLLBACK TO before")
    row_id = publish_key(log).id
    shell("UPDATE principal SET public_key = 'text' WHERE id = ?", (row_id.hex,))
    assert check(log, keystore).problem == f"principal {row_id}: the row differs from entry 263"
    shell("UPDATE principal SET kind = 'nonsense' WHERE id = ?", (row_id.hex,))
    assert check(log, keystore).problem == f"principal {row_id}: the row cannot be read"


def test_a_missing_entry_and_a_missing_tile_are_named(log: Session, keystore: Keystore) -> None:
    lift_triggers(log)
    log.connection().execute(delete(TILES))
    assert check(log, keystore).problem == "tile 0/0 is missing"
    log.connection().execute(delete(ENTRIES).where(ENTRIES.c.idx == 100))
    assert check(log, keystore).problem == "entry 100 is missing"
    log.connection().execute(delete(ENTRIES).where(ENTRIES.c.idx >= 100))
    problem = "the head stands at 263 entries, and there are 100"
    assert check(log, keystore).problem == problem


def test_a_differing_row_is_named_with_its_entry(log: Session, keystore: Keystore) -> None:
    row = publish_key(log)
    tamper_one(log, row.id, pub_mac=bytes(32))
    problem = f"principal {row.id}: the row differs from entry 263"
    assert check(log, keystore).problem == problem


def tamper_one(db: Session, row_id: UUID, **values: object) -> None:
    db.connection().execute(update(PRINCIPALS).where(PRINCIPALS.c.id == row_id).values(values))


@pytest.mark.both_backends
def test_a_row_taken_away_behind_the_logs_back_is_named(log: Session, keystore: Keystore) -> None:
    row = publish_key(log)
    log.connection().execute(delete(PRINCIPALS).where(PRINCIPALS.c.id == row.id))
    problem = check(log, keystore).problem
    assert problem == f"principal {row.id}: the row named by entry 263 is missing"


@pytest.mark.both_backends
def test_a_row_added_behind_the_logs_back_is_named(log: Session, keystore: Keystore) -> None:
    row = a_principal()
    log.add(row)
    log.flush()
    changed_rows(log).clear()
    log.commit()
    assert check(log, keystore).problem == f"principal {row.id}: no entry of any log names this row"


def test_a_row_that_came_back_after_its_deletion_is_named(log: Session, keystore: Keystore) -> None:
    row = publish_key(log)
    stored = select(PRINCIPALS).where(PRINCIPALS.c.id == row.id)
    values = dict(log.connection().execute(stored).mappings().one())
    log.delete(row)
    append(log, LOG, [Event("key.removed", ACTOR)])
    log.connection().execute(insert(PRINCIPALS), values)
    problem = f"principal {row.id}: the row is still there after its deletion in entry 264"
    assert check(log, keystore).problem == problem


def test_an_older_state_of_a_row_does_not_pass_for_the_newest(
    log: Session, keystore: Keystore
) -> None:
    row = publish_key(log)
    old = row.pub_mac
    row.pub_mac = bytes(32)
    append(log, LOG, [Event("key.changed", ACTOR)])
    assert check(log, keystore).problem is None
    tamper_one(log, row.id, pub_mac=old)
    assert check(log, keystore).problem == f"principal {row.id}: the row differs from entry 264"


@pytest.mark.both_backends
def test_a_row_that_two_logs_name_is_held_to_the_one_that_spoke_last(
    log: Session, keystore: Keystore, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_log(log, "installation")
    row = publish_key(log, "installation")
    first = row.pub_mac
    later = clock.now() + timedelta(seconds=5)
    monkeypatch.setattr(clock, "now", lambda: later)
    row.pub_mac = bytes(32)
    append(log, LOG, [Event("key.changed", ACTOR)])
    assert check(log, keystore).problem is None
    assert check(log, keystore, log_id="installation").problem is None
    tamper_one(log, row.id, pub_mac=first)
    assert check(log, keystore).problem == f"principal {row.id}: the row differs from entry 263"
    assert check(log, keystore, log_id="installation").problem is None
    log.connection().execute(delete(PRINCIPALS).where(PRINCIPALS.c.id == row.id))
    assert "is missing" in (check(log, keystore).problem or "")
    assert check(log, keystore, log_id="installation").problem is None


def test_a_key_grant_that_was_only_swept_up_by_another_entry_is_named(
    log: Session, keystore: Keystore
) -> None:
    grant = grant_key(log, event="case.noted")
    problem = f"key_grant {grant.id}: no grant.made entry names this grant"
    assert check(log, keystore).problem == problem


def test_a_grant_entry_without_its_row_is_named(log: Session, keystore: Keystore) -> None:
    append(log, LOG, [Event("grant.made", ACTOR, case=CASE)])
    assert check(log, keystore).problem == "entry 263 (grant.made) names no key grant"


def test_a_grant_taken_away_with_its_entry_is_well(log: Session, keystore: Keystore) -> None:
    grant = grant_key(log)
    covers = (("key_grant", grant.id),)
    log.delete(grant)
    append(log, LOG, [Event("grant.ended", ACTOR, case=CASE, rows=covers)])
    assert check(log, keystore).problem is None


def test_a_grant_taken_away_without_an_entry_is_named(log: Session, keystore: Keystore) -> None:
    grant = grant_key(log)
    grants = Base.metadata.tables["key_grant"]
    log.connection().execute(delete(grants).where(grants.c.id == grant.id))
    problem = check(log, keystore).problem
    assert problem == f"key_grant {grant.id}: the row named by entry 264 is missing"


def test_an_entry_filed_under_another_case_is_named(log: Session, keystore: Keystore) -> None:
    lift_triggers(log)
    log.connection().execute(update(ENTRIES).where(ENTRIES.c.idx == 5).values(case_ref="ff" * 16))
    assert check(log, keystore).problem == "entry 5 is filed under another case than it names"


def test_a_log_under_another_key_or_name_fails(log: Session, keystore: Keystore) -> None:
    begin_log(log, "bes")
    other = verifier_key(log, keystore, "bes")
    assert verify_log(log, LOG, other).status is Status.FAILED
    assert verify_log(log, LOG, "nonsense").status is Status.FAILED
    assert verify_log(log, "nobody", other).problem == "there is no log named nobody"
