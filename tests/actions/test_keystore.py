"""A destroyed shred key is gone from every file, and everything else is kept."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import text

from conductdesk.db import Database
from conductdesk.vault.keystore import Keystore, KeystoreError, Shredded


def bytes_of(folder: Path) -> bytes:
    """Return everything that the keystore's files hold."""
    return b"".join(path.read_bytes() for path in folder.glob("keystore.db*"))


@pytest.mark.both_backends
def test_a_shred_key_is_found_until_it_is_destroyed(keystore: Keystore) -> None:
    case_id = uuid4()
    key = keystore.make_shred_key(case_id)
    assert keystore.shred_key(case_id) == key
    keystore.destroy(case_id)
    with pytest.raises(Shredded, match="was destroyed"):
        keystore.shred_key(case_id)


def test_the_bytes_of_a_destroyed_key_are_in_no_file(keystore: Keystore, tmp_path: Path) -> None:
    kept, gone = uuid4(), uuid4()
    kept_key, gone_key = keystore.make_shred_key(kept), keystore.make_shred_key(gone)
    assert gone_key in bytes_of(tmp_path)  # or the test would prove nothing
    keystore.destroy(gone)
    assert gone_key not in bytes_of(tmp_path)
    assert keystore.shred_key(kept) == kept_key


def test_keys_that_overflowed_into_many_pages_are_gone_too(
    keystore: Keystore, tmp_path: Path
) -> None:
    keys = {case_id: keystore.make_shred_key(case_id) for case_id in (uuid4() for _ in range(300))}
    for case_id in keys:
        keystore.destroy(case_id)
    left = bytes_of(tmp_path)
    assert not [key for key in keys.values() if key in left]


def test_destroying_can_be_repeated(keystore: Keystore) -> None:
    case_id = uuid4()
    keystore.make_shred_key(case_id)
    keystore.destroy(case_id)
    keystore.destroy(case_id)
    with pytest.raises(Shredded):
        keystore.shred_key(case_id)


def test_a_reader_in_the_way_makes_destroying_fail_aloud(
    keystore: Keystore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conductdesk.db.SQLITE_PRAGMAS", ("busy_timeout=1", "secure_delete=ON"))
    impatient = Keystore(f"sqlite:///{tmp_path / 'keystore.db'}")
    case_id = uuid4()
    key = keystore.make_shred_key(case_id)
    with Database(f"sqlite:///{tmp_path / 'keystore.db'}").reading() as reader:
        reader.execute(text("SELECT * FROM shred_key")).all()
        with pytest.raises(KeystoreError, match="repeat"):
            impatient.destroy(case_id)
    impatient.destroy(case_id)
    assert key not in bytes_of(tmp_path)
    impatient.close()


def test_several_shred_keys_are_read_at_once_and_missing_ones_left_out(keystore: Keystore) -> None:
    keys = {case_id: keystore.make_shred_key(case_id) for case_id in (uuid4(), uuid4())}
    assert keystore.shred_keys([*keys, uuid4()]) == keys


@pytest.mark.both_backends
def test_secrets_are_made_once_and_stay(keystore: Keystore, keystore_url: str) -> None:
    again = Keystore(keystore_url)
    again.create()
    assert again.pepper() == keystore.pepper()
    assert again.routing_key() == keystore.routing_key()
    assert again.log_seed("wcc") == keystore.log_seed("wcc")
    again.close()


def test_every_secret_is_another_one(keystore: Keystore) -> None:
    secrets = {
        keystore.pepper(),
        keystore.routing_key(),
        keystore.log_seed("wcc"),
        keystore.log_seed("installation"),
    }
    assert len(secrets) == 4


def test_two_processes_that_make_a_seed_at_once_agree(keystore_url: str) -> None:
    stores = [Keystore(keystore_url) for _process in range(4)]
    stores[0].create()
    seeds: set[bytes] = set()
    threads = [Thread(target=lambda s=s: seeds.add(s.log_seed("bes"))) for s in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seeds) == 1
    for store in stores:
        store.close()


def test_an_empty_keystore_says_what_to_do(keystore: Keystore, keystore_url: str) -> None:
    with Database(keystore_url).writing() as db:
        db.execute(text("DELETE FROM secret"))
        db.commit()
    with pytest.raises(KeystoreError, match="conductdesk init"):
        Keystore(keystore_url).pepper()


def test_the_last_signed_head_is_remembered(keystore: Keystore) -> None:
    assert keystore.signed_head("wcc") is None
    keystore.remember_signed_head("wcc", 3, b"r" * 32, "note\n")
    keystore.remember_signed_head("wcc", 5, b"s" * 32, "later\n")
    assert keystore.signed_head("wcc") == (5, b"s" * 32, "later\n")
