"""Signing: what a checkpoint proves, and when the log refuses to sign."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import (
    SigningStopped,
    mark_restored,
    new_origin,
    proof_for,
    sign_checkpoint,
    sign_hour,
    signing_problem,
    verifier_key,
)
from conductdesk.audit.models import LogCheckpoint
from conductdesk.audit.note import VerifierKey, open_checkpoint, parse_checkpoint
from conductdesk.audit.queries import entry_bytes, latest_checkpoint, log_ids, prove_consistency
from conductdesk.audit.record import read_head
from conductdesk.audit.tree import ProofError, verify_consistency
from conductdesk.audit.verify import Status, verify_log
from conductdesk.vault.keystore import Keystore
from tests.actions.audit_rows import LOG, ORIGIN, begin_log, fill_log, publish_key, rewrite_log
from tests.log_reading import entry_at, open_proof


@pytest.fixture
def log(db: Session) -> Session:
    begin_log(db)
    fill_log(db, ["a", "b", "c"])
    db.commit()
    return db


def key_of(db: Session, keystore: Keystore) -> VerifierKey:
    return VerifierKey.parse(verifier_key(db, keystore, LOG))


def signed(db: Session, keystore: Keystore, purpose: str = "hourly") -> str:
    note = sign_checkpoint(db, keystore, LOG, purpose).note
    db.commit()
    return note


@pytest.mark.both_backends
def test_a_checkpoint_carries_origin_size_and_root_under_the_logs_key(
    log: Session, keystore: Keystore
) -> None:
    checkpoint = open_checkpoint(signed(log, keystore), [key_of(log, keystore)])
    assert (checkpoint.origin, checkpoint.size) == (ORIGIN, 3)
    kept = latest_checkpoint(log, LOG)
    assert kept is not None
    assert (kept.size, kept.purpose) == (3, "hourly")


@pytest.mark.both_backends
def test_signing_an_unchanged_log_again_gives_the_same_checkpoint(
    log: Session, keystore: Keystore
) -> None:
    assert signed(log, keystore) == signed(log, keystore)
    assert signed(log, keystore, "closure") == signed(log, keystore)
    assert log.scalar(select(func.count()).select_from(LogCheckpoint)) == 2


@pytest.mark.both_backends
def test_an_hour_leaves_a_heartbeat_under_a_checkpoint_and_not_where_signing_is_stopped(
    log: Session, keystore: Keystore
) -> None:
    checkpoint = sign_hour(log, keystore, LOG)
    log.commit()
    assert checkpoint is not None
    assert (checkpoint.size, checkpoint.purpose) == (4, "hourly")
    beat = entry_at(log, LOG, 3)
    assert beat is not None
    assert (beat.type, beat.actor, beat.pub) == ("log.heartbeat", "system", {"size": 3})
    assert sign_hour(log, keystore, LOG) is None
    with clock.at(clock.now() + timedelta(hours=1)):
        assert sign_hour(log, keystore, LOG) is not None
        log.commit()
        mark_restored(log)
        with pytest.raises(SigningStopped):
            sign_hour(log, keystore, LOG)
    assert read_head(log, LOG).size == 5


def test_an_empty_log_can_be_signed(db: Session, keystore: Keystore) -> None:
    begin_log(db)
    assert parse_checkpoint(signed(db, keystore)).size == 0
    fill_log(db, ["a"])
    assert parse_checkpoint(signed(db, keystore)).size == 1
    assert verify_log(db, LOG, verifier_key(db, keystore, LOG)).problem is None


@pytest.mark.both_backends
def test_a_proof_shows_an_entry_to_whoever_holds_its_bytes(
    log: Session, keystore: Keystore
) -> None:
    keys = [key_of(log, keystore)]
    text = proof_for(log, keystore, LOG, 1)
    assert open_proof(text, entry_bytes(log, LOG, 1) or b"", keys).size == 3
    with pytest.raises(ProofError):
        open_proof(text, entry_bytes(log, LOG, 2) or b"", keys)


def test_a_later_checkpoint_is_provably_an_extension_of_an_earlier_one(
    log: Session, keystore: Keystore
) -> None:
    first = parse_checkpoint(signed(log, keystore))
    fill_log(log, ["d", "e", "f", "g"])
    second = parse_checkpoint(signed(log, keystore))
    proof = prove_consistency(log, LOG, first.size, second.size)
    verify_consistency(first.size, first.root, second.size, second.root, proof)


@pytest.mark.both_backends
def test_the_keystore_remembers_a_head_only_once_it_is_committed(
    log: Session, keystore: Keystore
) -> None:
    fill_log(log, ["d"])
    sign_checkpoint(log, keystore, LOG, "receipt")
    assert keystore.signed_head(LOG) is None
    log.rollback()
    log.commit()
    assert keystore.signed_head(LOG) is None
    note = signed(log, keystore)
    head = keystore.signed_head(LOG)
    assert head is not None
    assert tuple(head) == (3, parse_checkpoint(note).root, note)


def test_a_head_that_was_signed_earlier_but_committed_later_does_not_replace_a_newer_one(
    log: Session, keystore: Keystore
) -> None:
    signed(log, keystore)
    fill_log(log, ["d"])
    newer = signed(log, keystore)
    first = log.get(LogCheckpoint, (LOG, 3, "hourly"))
    assert first is not None
    log.info["signed_heads"] = {LOG: (keystore, 3, parse_checkpoint(first.note).root, first.note)}
    log.commit()
    head = keystore.signed_head(LOG)
    assert head is not None
    assert head[2] == newer


@pytest.mark.both_backends
@pytest.mark.parametrize("words", [["a", "b"], ["a", "b", "x"], ["a", "x", "c", "d"], []])
def test_a_log_that_lost_what_was_signed_is_not_signed_again(
    log: Session, keystore: Keystore, words: list[str]
) -> None:
    signed(log, keystore)
    rewrite_log(log, words)
    with pytest.raises(SigningStopped, match="does not contain what was signed"):
        sign_checkpoint(log, keystore, LOG, "hourly")
    with pytest.raises(SigningStopped):
        proof_for(log, keystore, LOG, 0)


def test_a_log_without_anything_signed_or_changed_has_no_problem(
    log: Session, keystore: Keystore
) -> None:
    assert signing_problem(log, keystore, LOG) is None
    signed(log, keystore)
    fill_log(log, ["d"])
    assert signing_problem(log, keystore, LOG) is None
    assert log_ids(log) == [LOG]


@pytest.mark.both_backends
def test_a_restored_database_signs_only_under_a_new_origin(
    log: Session, keystore: Keystore
) -> None:
    old = parse_checkpoint(signed(log, keystore))
    mark_restored(log)
    with pytest.raises(SigningStopped, match="comes from a backup"):
        sign_checkpoint(log, keystore, LOG, "hourly")
    checkpoint = parse_checkpoint(new_origin(log, keystore, LOG).note)
    log.commit()
    entry = entry_at(log, LOG, 3)
    assert entry is not None
    assert entry.type == "log.succeeded"
    assert entry.pub == {
        "origin": f"{ORIGIN}/2",
        "old_origin": ORIGIN,
        "old_size": 3,
        "old_root": old.root.hex(),
    }
    assert (checkpoint.origin, checkpoint.size) == (f"{ORIGIN}/2", 4)
    assert parse_checkpoint(signed(log, keystore)).origin == f"{ORIGIN}/2"


@pytest.mark.both_backends
def test_a_rolled_back_log_goes_on_and_pins_the_checkpoint_it_no_longer_contains(
    log: Session, keystore: Keystore
) -> None:
    kept = signed(log, keystore)
    fill_log(log, ["d", "e"])
    lost = signed(log, keystore)
    rewrite_log(log, ["a", "b", "c"])
    log.query(LogCheckpoint).delete()
    log.commit()
    new_origin(log, keystore, LOG)
    log.commit()
    entry = entry_at(log, LOG, 3)
    assert entry is not None
    assert (entry.pub["old_size"], entry.pub["old_root"]) == (5, parse_checkpoint(lost).root.hex())
    fill_log(log, ["f"])
    signed(log, keystore)
    key = verifier_key(log, keystore, LOG)
    assert verify_log(log, LOG, key).status is Status.UNANCHORED
    verdict = verify_log(log, LOG, key, outside=[lost])
    assert verdict.status is Status.FAILED
    assert verdict.problem is not None
    assert "under this name the log ends at 3" in verdict.problem
    assert "does not match" in (verify_log(log, LOG, key, outside=[kept]).problem or "")


def test_a_checkpoint_from_before_the_restore_still_anchors_the_log(
    log: Session, keystore: Keystore
) -> None:
    kept = signed(log, keystore)
    mark_restored(log)
    new_origin(log, keystore, LOG)
    publish_key(log)
    new_origin(log, keystore, LOG)
    log.commit()
    key = verifier_key(log, keystore, LOG)
    assert key.startswith(f"{ORIGIN}/3+")
    assert verify_log(log, LOG, key, outside=[kept]).status is Status.VERIFIED
