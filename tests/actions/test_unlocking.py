"""A private key opens with its password, its code or its token, each with the pepper, or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import process_time
from uuid import UUID, uuid4

import pytest

from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.seal import SealBrokenError, new_private_key
from conductdesk.vault.unlocking import (
    PRODUCTION_COST,
    Argon2Cost,
    PasswordLock,
    WrongSecret,
    lock_private_key,
    lock_with_recovery_code,
    new_unlock,
    open_unlock,
    server_open,
    server_seal,
    spend_as_if,
    unlock_with_password,
    unlock_with_recovery_code,
)

CHEAP = Argon2Cost(memory_kib=64, passes=1)
PASSWORD = "a long walk by the river"


@pytest.fixture
def keyring() -> Keyring:
    """Somebody's private key."""
    return Keyring(uuid4(), new_private_key())


@pytest.fixture
def lock(keystore: Keystore, keyring: Keyring) -> PasswordLock:
    """The same, locked under `PASSWORD`."""
    return lock_private_key(keystore, keyring, PASSWORD, cost=CHEAP)


@pytest.fixture
def other_keystore(tmp_path: Path) -> Keystore:
    """A keystore with another pepper."""
    keystore = Keystore(f"sqlite:///{tmp_path / 'other.db'}")
    keystore.create()
    return keystore


def test_the_password_opens_the_key(
    keystore: Keystore, keyring: Keyring, lock: PasswordLock
) -> None:
    opened = unlock_with_password(keystore, keyring.principal_id, lock, PASSWORD)
    assert opened == keyring


@pytest.mark.parametrize("wrong", ["", "A long walk by the river", PASSWORD + " "])
def test_another_password_is_refused(
    keystore: Keystore, keyring: Keyring, lock: PasswordLock, wrong: str
) -> None:
    with pytest.raises(WrongSecret):
        unlock_with_password(keystore, keyring.principal_id, lock, wrong)


def test_the_same_password_typed_on_another_keyboard_opens_it(
    keystore: Keystore, keyring: Keyring
) -> None:
    lock = lock_private_key(keystore, keyring, "caf\N{LATIN SMALL LETTER E WITH ACUTE}", cost=CHEAP)
    typed = "cafe\N{COMBINING ACUTE ACCENT}"
    assert unlock_with_password(keystore, keyring.principal_id, lock, typed) == keyring


def test_without_the_pepper_the_password_opens_nothing(
    other_keystore: Keystore, keyring: Keyring, lock: PasswordLock
) -> None:
    with pytest.raises(WrongSecret):
        unlock_with_password(other_keystore, keyring.principal_id, lock, PASSWORD)


def test_the_lock_of_one_account_does_not_open_as_another(
    keystore: Keystore, lock: PasswordLock
) -> None:
    with pytest.raises(WrongSecret):
        unlock_with_password(keystore, uuid4(), lock, PASSWORD)


def test_a_lock_made_at_an_older_cost_still_opens(keystore: Keystore, keyring: Keyring) -> None:
    for cost in (CHEAP, Argon2Cost(memory_kib=128, passes=2)):
        lock = lock_private_key(keystore, keyring, PASSWORD, cost=cost)
        assert unlock_with_password(keystore, keyring.principal_id, lock, PASSWORD) == keyring


def test_nothing_stored_holds_the_key(keyring: Keyring, lock: PasswordLock) -> None:
    stored = lock.auth_salt + lock.auth_verifier + lock.kek_salt + lock.wrapped_private_key
    assert keyring.private_key not in stored


def test_the_production_cost_is_64_mebibytes_and_three_passes() -> None:
    assert Argon2Cost(memory_kib=65536, passes=3, lanes=1) == PRODUCTION_COST


def test_an_unknown_account_costs_as_much_as_a_known_one(
    keystore: Keystore, keyring: Keyring
) -> None:
    cost = Argon2Cost(memory_kib=16 * 1024, passes=3)
    lock = lock_private_key(keystore, keyring, PASSWORD, cost=cost)

    def known() -> None:
        with pytest.raises(WrongSecret):
            unlock_with_password(keystore, keyring.principal_id, lock, "wrong")

    def unknown() -> None:
        spend_as_if("wrong", cost=cost)

    assert 0.5 < _quickest(known) / _quickest(unknown) < 2


def _quickest(work: Callable[[], None]) -> float:
    times = []
    for _time in range(3):
        began = process_time()
        work()
        times.append(process_time() - began)
    return min(times)


def test_the_printed_code_opens_the_key_however_it_is_typed(
    keystore: Keystore, keyring: Keyring
) -> None:
    code = Receipt.mint()
    wrapped = lock_with_recovery_code(keystore, keyring, code)
    for typed in (code.code, code.code.lower().replace(" ", ""), " ".join(code.words)):
        opened = unlock_with_recovery_code(keystore, keyring.principal_id, wrapped, typed)
        assert opened == keyring


@pytest.mark.parametrize("typed", ["", "no code at all", "8QW1 299J 297M 567J 7YSM CKR9 2"])
def test_another_code_is_refused(keystore: Keystore, keyring: Keyring, typed: str) -> None:
    wrapped = lock_with_recovery_code(keystore, keyring, Receipt.mint())
    with pytest.raises(WrongSecret):
        unlock_with_recovery_code(keystore, keyring.principal_id, wrapped, typed)


def test_a_session_opens_with_its_token(keystore: Keystore, keyring: Keyring) -> None:
    token, blob = new_unlock(keystore, keyring)
    assert len(token) == 32
    assert open_unlock(keystore, token, blob) == keyring
    assert keyring.private_key not in blob
    assert token not in blob


def test_a_session_opens_in_another_process(
    keystore: Keystore, keystore_url: str, keyring: Keyring
) -> None:
    token, blob = new_unlock(keystore, keyring)
    assert open_unlock(Keystore(keystore_url), token, blob) == keyring


def test_a_session_opens_neither_with_another_token_nor_without_the_pepper(
    keystore: Keystore, other_keystore: Keystore, keyring: Keyring
) -> None:
    token, blob = new_unlock(keystore, keyring)
    other_token, _blob = new_unlock(keystore, keyring)
    with pytest.raises(SealBrokenError):
        open_unlock(keystore, other_token, blob)
    with pytest.raises(SealBrokenError):
        open_unlock(other_keystore, token, blob)


def test_unlocking_a_request_takes_less_than_a_tenth_of_a_millisecond(
    keystore: Keystore, keyring: Keyring
) -> None:
    token, blob = new_unlock(keystore, keyring)
    began = process_time()
    for _time in range(200):
        open_unlock(keystore, token, blob)
    assert (process_time() - began) / 200 < 0.0001


def test_what_the_server_seals_opens_for_its_purpose_alone(
    keystore: Keystore, other_keystore: Keystore
) -> None:
    blob = server_seal(keystore, "totp:1", b"JBSWY3DP")
    assert server_open(keystore, "totp:1", blob) == b"JBSWY3DP"
    for store, purpose in ((keystore, "totp:2"), (other_keystore, "totp:1")):
        with pytest.raises(SealBrokenError):
            server_open(store, purpose, blob)


def test_a_keyring_does_not_show_its_key_in_a_traceback() -> None:
    assert repr(Keyring(UUID(int=1), b"k" * 32)) == f"Keyring(principal_id={UUID(int=1)!r})"
