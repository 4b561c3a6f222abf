"""The logs are cosigned by witnesses over HTTP, and a witness notices what we cannot see ourselves."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit import witnessing
from conductdesk.audit.checkpoints import (
    new_origin,
    proof_for,
    sign_checkpoint,
    sign_hour,
    verifier_key,
)
from conductdesk.audit.cosignature import cosigned_at, witness_key_of
from conductdesk.audit.jobs import ask_witnesses
from conductdesk.audit.models import LogCheckpoint, WitnessState
from conductdesk.audit.note import VerifierKey, parse_checkpoint, parse_proof
from conductdesk.audit.queries import entry_bytes, newest_checkpoint, witness_problems
from conductdesk.audit.verify import Status, verify_log
from conductdesk.db import Database
from conductdesk.vault.keystore import Keystore
from tests.actions.audit_rows import LOG, begin_log, fill_log
from tests.actions.witness_nearby import CONTACT, Nearby, nearby
from tests.log_reading import open_proof
from tests.postgres import PostgresServer
from tests.trickling import trickling

HOUR = timedelta(hours=1)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Nearby]:
    with nearby(tmp_path / "witness") as found:
        yield found


@pytest.fixture
def log(db: Session, keystore: Keystore, witness: Nearby) -> Session:
    """A log of three entries that the witness knows."""
    begin_log(db)
    fill_log(db, ["a", "b", "c"])
    db.commit()
    witness.trust(db, keystore, LOG)
    db.rollback()
    return db


@pytest.fixture
def copy_of(
    backend: str, request: pytest.FixtureRequest
) -> Iterator[Callable[[Database], Database]]:
    """Copy a database that nobody uses at the moment."""
    made: list[tuple[Database, str]] = []

    def copy(database: Database) -> Database:
        database.engine.dispose()
        url = database.engine.url.render_as_string(hide_password=False)
        if backend == "sqlite":
            file = url.removeprefix("sqlite:///")
            copied = f"sqlite:///{file}.copy{len(made)}"
            with closing(sqlite3.connect(file)) as old:
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copy(file, copied.removeprefix("sqlite:///"))
        else:
            server: PostgresServer = request.getfixturevalue("postgres")
            copied = server.copy_of(url)
        made.append((Database(copied), copied))
        return made[-1][0]

    yield copy
    for database, url in made:
        database.engine.dispose()
        if backend != "sqlite":
            request.getfixturevalue("postgres").drop(url)


def signed(db: Session, keystore: Keystore, *words: str) -> None:
    """Let something happen, and an hour end."""
    if words:
        fill_log(db, words)
    sign_hour(db, keystore, LOG)
    db.commit()


def problems(db: Session) -> list[str]:
    db.rollback()
    found = witness_problems(db)
    db.rollback()  # a writing session keeps the others waiting
    return found


@pytest.mark.both_backends
def test_each_hour_is_cosigned_and_a_proof_carries_it(
    log: Session, keystore: Keystore, witness: Nearby, database: Database
) -> None:
    moment = clock.now()
    for hours in (0, 1):
        with clock.at(moment + hours * HOUR):
            signed(log, keystore, f"in hour {hours}")
            ask_witnesses(database, witness.settings)
    kept = log.scalars(select(LogCheckpoint).order_by(LogCheckpoint.size)).all()
    assert [len(cosigned_at(each.note, [witness.key])) for each in kept] == [1, 1]
    assert problems(log) == []
    with clock.at(moment + HOUR):
        fill_log(log, ["later"])
    text = proof_for(log, keystore, LOG, 1, "receipt")
    assert witness.key.name in cosigned_at(parse_proof(text).checkpoint, [witness.key])
    key = verifier_key(log, keystore, LOG)
    assert open_proof(text, entry_bytes(log, LOG, 1) or b"", [VerifierKey.parse(key)]).size == 7
    fresh = parse_checkpoint(parse_proof(proof_for(log, keystore, LOG, 7)).checkpoint)
    assert fresh.size == 8  # no cosigned checkpoint covers it yet
    log.commit()
    assert verify_log(log, LOG, key, outside=[text]).status is Status.VERIFIED


def test_what_was_signed_for_one_reporter_never_goes_to_a_witness(
    log: Session, keystore: Keystore, witness: Nearby, database: Database
) -> None:
    for purpose in ("receipt", "proof", "asked"):
        sign_checkpoint(log, keystore, LOG, purpose)
    log.commit()
    ask_witnesses(database, witness.settings)
    assert log.get(WitnessState, (LOG, witness.key.name)) is None
    log.rollback()
    sign_checkpoint(log, keystore, LOG, "closure")
    log.commit()
    ask_witnesses(database, witness.settings)
    kept = newest_checkpoint(log, LOG, ["closure"])
    assert kept is not None
    assert cosigned_at(kept.note, [witness.key])


def test_a_witness_that_is_away_is_asked_again_and_said_to_be(
    log: Session, keystore: Keystore, witness: Nearby, database: Database
) -> None:
    signed(log, keystore)
    away = (("http://127.0.0.1:1", str(witness.key)),)
    ask_witnesses(database, away)
    (problem,) = problems(log)
    assert "cannot be reached" in problem
    ask_witnesses(database, witness.settings)
    assert problems(log) == []
    ask_witnesses(database, away)  # cosigned already: nobody is asked
    assert problems(log) == []
    ask_witnesses(database, ())  # no longer in use
    assert log.scalars(select(WitnessState)).all() == []


def test_a_witness_that_does_not_know_the_log_or_has_another_key_is_named(
    db: Session, keystore: Keystore, witness: Nearby, database: Database, tmp_path: Path
) -> None:
    begin_log(db)
    db.commit()
    signed(db, keystore, "a")
    ask_witnesses(database, witness.settings)
    (problem,) = problems(db)
    assert "answers 404" in problem
    witness.trust(db, keystore, LOG)
    db.rollback()
    with nearby(tmp_path / "other") as other:
        ask_witnesses(database, ((witness.settings[0][0], str(other.key)),))
    (problem,) = problems(db)
    assert "not signed with the key" in problem


def test_a_witness_that_trickles_takes_no_time_from_the_others(
    log: Session,
    keystore: Keystore,
    witness: Nearby,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(witnessing, "TURN", 0.6)
    begin_log(log, "second")
    for log_id in (LOG, "second"):
        sign_hour(log, keystore, log_id)
    log.commit()
    witness.trust(log, keystore, "second")
    log.rollback()
    slow = witness_key_of("slow.example.net", bytes(32))
    began = time.monotonic()
    with trickling(b"HTTP/1.1 200 OK\r\nContent-Length: 9000\r\n\r\n", b"x") as url:
        ask_witnesses(database, ((url, str(slow)), *witness.settings))
    assert time.monotonic() - began < 2
    states = log.scalars(select(WitnessState).where(WitnessState.witness == witness.key.name))
    assert [state.problem for state in states] == [None, None]
    reached, unasked = sorted(problems(log))
    assert "cannot be reached for the log" in reached
    assert "was not asked about the log" in unasked


@pytest.mark.both_backends
def test_a_database_and_keystore_that_were_rolled_back_together_are_noticed_by_the_witness(
    log: Session,
    keystore: Keystore,
    witness: Nearby,
    database: Database,
    copy_of: Callable[[Database], Database],
) -> None:
    signed(log, keystore)
    log.close()
    yesterday, yesterdays_keys = copy_of(database), keystore_in(copy_of(keystore._database))
    moment = clock.now()
    with clock.at(moment + HOUR), database.writing() as db:
        signed(db, keystore, "d", "e")
        ask_witnesses(database, witness.settings)
    with clock.at(moment + 2 * HOUR), yesterday.writing() as db:
        signed(db, yesterdays_keys)  # nothing here remembers what was lost
        ask_witnesses(yesterday, witness.settings)
        (problem,) = problems(db)
    assert "has seen 7 entries" in problem
    assert "here are 5" in problem
    yesterdays_keys.close()


@pytest.mark.both_backends
def test_two_servers_on_copies_of_one_database_are_noticed_by_the_witness(
    log: Session,
    keystore: Keystore,
    witness: Nearby,
    database: Database,
    copy_of: Callable[[Database], Database],
) -> None:
    signed(log, keystore)
    ask_witnesses(database, witness.settings)
    log.close()
    twin, twin_keys = copy_of(database), keystore_in(copy_of(keystore._database))
    moment = clock.now()
    with clock.at(moment + HOUR), database.writing() as here, twin.writing() as there:
        signed(here, keystore, "one thing")
        signed(there, twin_keys, "another", "and more")  # neither can know of the other
        ask_witnesses(database, witness.settings)
        ask_witnesses(twin, witness.settings)
        assert problems(here) == []
        (problem,) = problems(there)
        assert "two servers run on copies" in problem
        assert CONTACT in problem
        (kept,) = witness.evidence()
        assert newest_note(there) in kept
    with clock.at(moment + 2 * HOUR), database.writing() as here:
        signed(here, keystore, "on and on", "and on")
        ask_witnesses(database, witness.settings)
        assert problems(here) == []
    twin_keys.close()


def test_after_a_new_origin_the_witness_is_told_by_a_person(
    log: Session, keystore: Keystore, witness: Nearby, database: Database
) -> None:
    signed(log, keystore)
    ask_witnesses(database, witness.settings)
    new_origin(log, keystore, LOG)
    log.commit()
    with clock.at(clock.now() + HOUR):
        signed(log, keystore)
        ask_witnesses(database, witness.settings)
        assert "answers 404" in problems(log)[0]
        witness.trust(log, keystore, LOG)
        log.rollback()
        ask_witnesses(database, witness.settings)
        assert problems(log) == []


def test_a_head_that_was_signed_under_the_old_origin_goes_to_no_witness_any_more(
    log: Session, keystore: Keystore, witness: Nearby, database: Database
) -> None:
    signed(log, keystore)
    new_origin(log, keystore, LOG)
    log.commit()
    ask_witnesses(database, witness.settings)
    assert problems(log) == []
    assert not cosigned_at(newest_note(log), [witness.key])


def keystore_in(database: Database) -> Keystore:
    return Keystore(database.engine.url.render_as_string(hide_password=False))


def newest_note(db: Session) -> str:
    kept = newest_checkpoint(db, LOG, ["hourly"])
    assert kept is not None
    return kept.note
