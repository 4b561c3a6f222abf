"""Signing in: equal time and equal words, whether or not the account exists."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.notice import Notice
from conductdesk.people.actions.activating import totp_purpose
from conductdesk.people.actions.entries import QueueMail, end_sessions, record
from conductdesk.people.actions.failures import (
    Counts,
    count_failure,
    failed_often,
    find_counts,
    forget_own,
    lock_counts,
    pause_now,
)
from conductdesk.people.models import Account, AccountState, SignInState
from conductdesk.people.queries import account_by_email
from conductdesk.people.rules import (
    LONGEST_PASSWORD,
    code_counter,
)
from conductdesk.policy import SYSTEM
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring, Principal
from conductdesk.vault.principals import check_own_key
from conductdesk.vault.unlocking import (
    PasswordLock,
    WrongSecret,
    server_open,
    spend_as_if,
    unlock_with_password,
)

WRONG = (
    "The e-mail address, the password or the code is not right. Check all three. "
    "A code works once: wait for the next one."
)


@dataclass(frozen=True)
class SignedIn:
    """Somebody proved who they are."""

    account: Account
    keyring: Keyring = field(repr=False)


@dataclass(frozen=True)
class NotSignedIn:
    """Nobody did. The view commits all the same, so that the failure counts, and answers 422."""

    sentence: str


@dataclass(frozen=True)
class Attempt:
    """What somebody typed."""

    email: str
    password: str = field(repr=False)
    code: str = field(repr=False)


def sign_in(
    db: Session, keystore: Keystore, attempt: Attempt, *, queue_mail: QueueMail | None = None
) -> SignedIn | NotSignedIn:
    """Check address, password and one-time code, and unlock the person's key.

    Nothing must be pending in *db*: its transaction ends while the password is hashed, so that no
    other writer waits for that.
    """
    pause = pause_now(find_counts(db, keystore, attempt.email))
    if pause:
        return _wait(pause)
    account = account_by_email(db, attempt.email)
    lock = lock_of(account)
    db.rollback()
    keyring = _unlock(keystore, lock, attempt.password)
    counts = lock_counts(db, keystore, attempt.email)
    pause = pause_now(counts)  # others may have failed in the meantime
    if pause:
        return _wait(pause)
    account = account_by_email(db, attempt.email)
    if (
        account
        and keyring
        and lock_of(account) == lock
        and use_code(db, keystore, account, attempt.code)
    ):
        return _welcome(db, keystore, account, keyring, counts, queue_mail)
    return _refuse(db, counts)


def sign_out_everywhere(db: Session, account: Account) -> None:
    """End every session of *account*, this one included."""
    end_sessions(db, account)
    record(db, "account.signed_out_everywhere", account.pseudonym, account)


@dataclass(frozen=True)
class KeyLock:
    """Whose private key a password opens, and how."""

    principal_id: UUID
    password: PasswordLock


def lock_of(account: Account | None) -> KeyLock | None:
    """Return the account's lock; None when nobody can sign in with it."""
    if account is None or account.state != AccountState.ACTIVE or account.principal_id is None:
        return None
    parts = (
        account.auth_salt,
        account.auth_verifier,
        account.kek_salt,
        account.wrapped_private_key,
    )
    given = [part for part in parts if part is not None]
    return KeyLock(account.principal_id, PasswordLock(*given)) if len(given) == len(parts) else None


def _unlock(keystore: Keystore, lock: KeyLock | None, password: str) -> Keyring | None:
    if lock is None or len(password) > LONGEST_PASSWORD:
        spend_as_if(password[:LONGEST_PASSWORD])
        return None
    try:
        return unlock_with_password(keystore, lock.principal_id, lock.password, password)
    except WrongSecret:
        return None


def use_code(db: Session, keystore: Keystore, account: Account, code: str) -> bool:
    """Say whether a one-time code fits, and use it up; also for steps that ask for one again."""
    used = select(SignInState).where(SignInState.account_id == account.id).with_for_update()
    state = db.scalar(used)
    if state is None or account.totp_sealed is None:
        return False
    secret = server_open(keystore, totp_purpose(account.id), account.totp_sealed).decode()
    step = code_counter(secret, code, clock.now(), state.totp_last_counter)
    if step is None:
        return False
    state.totp_last_counter = step
    return True


def _welcome(
    db: Session,
    keystore: Keystore,
    account: Account,
    keyring: Keyring,
    counts: Counts,
    queue_mail: QueueMail | None,
) -> SignedIn:
    own = check_own_key(db.get_one(Principal, keyring.principal_id), keystore, keyring.private_key)
    if queue_mail and failed_often(counts):
        queue_mail(db, account.id, Notice.NEW_SIGN_IN, None)
    forget_own(counts)
    record(db, "account.signed_in", account.pseudonym, account)
    return SignedIn(account, own)


def _refuse(db: Session, counts: Counts) -> NotSignedIn:
    if count_failure(counts):
        record(db, "sign_in.paused", SYSTEM.pseudonym)
    return NotSignedIn(WRONG)


def _wait(pause: timedelta) -> NotSignedIn:
    seconds = math.ceil(pause.total_seconds())
    unit = "second" if seconds == 1 else "seconds"
    return NotSignedIn(f"There were too many attempts. Wait {seconds} {unit}, then try again.")
