"""A person looks after their own password, authenticator and recovery code.

Each asks for the password again. Hashing it takes tenths of a second: it is done in a session that
only reads, and what it was checked against is looked at again when the account is held.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.notice import Notice
from conductdesk.people.actions.activating import seal_totp, store_lock
from conductdesk.people.actions.entries import QueueMail, end_sessions, record
from conductdesk.people.actions.signing_in import KeyLock, lock_of
from conductdesk.people.models import Account, SignInState
from conductdesk.people.queries import account_by_id, held_account
from conductdesk.people.rules import code_counter, password_problem
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.unlocking import (
    PRODUCTION_COST,
    Argon2Cost,
    PasswordLock,
    WrongSecret,
    lock_private_key,
    lock_with_recovery_code,
    unlock_with_password,
)

CHANGED_MEANWHILE = (
    "Your password was changed in the meantime, so nothing was changed here. "
    "Sign in with the new one."
)
OTHER_AUTHENTICATOR = (
    "Another authenticator was set up in the meantime, so nothing was changed here. "
    "Only that one works; ask for a new secret to replace it."
)
OTHER_CODE = (
    "Another recovery code was made in the meantime, so no further one was. "
    "Only that one works; make a new one if you do not have it."
)


class SignedOut(Refused):
    """Whoever asks is not signed in any more, or has no account to sign in to."""

    def __init__(self) -> None:
        super().__init__(
            "Your sign-in ended in the meantime, so nothing was changed here. "
            "Sign in, then begin again."
        )


@dataclass(frozen=True)
class Confirmed:
    """A password that was typed again and is right, and what the account was then."""

    account_id: UUID
    keyring: Keyring = field(repr=False)
    lock: KeyLock = field(repr=False)
    totp_sealed: bytes | None = field(repr=False)
    recovery_wrapped: bytes | None = field(repr=False)


@dataclass(frozen=True)
class NewPassword:
    """A person's key, locked under a new password; nothing of it is stored yet."""

    confirmed: Confirmed
    lock: PasswordLock = field(repr=False)


@dataclass(frozen=True)
class AuthenticatorChange:
    """What a person typed to set a new authenticator up, and its secret."""

    password: str = field(repr=False)
    secret: str = field(repr=False)
    code: str = field(repr=False)


def confirm_password(
    looking: Session, keystore: Keystore, account_id: UUID, password: str
) -> Confirmed:
    """Check a password that somebody typed again, or refuse; *looking* only reads."""
    account = account_by_id(looking, account_id)
    lock = lock_of(account)
    if account is None or lock is None:
        raise SignedOut
    seen = account.totp_sealed, account.recovery_wrapped
    try:
        keyring = unlock_with_password(keystore, lock.principal_id, lock.password, password)
    except WrongSecret as error:
        raise Refused("Your present password is not right. Check it and try again.") from error
    return Confirmed(account_id, keyring, lock, *seen)


def held(db: Session, confirmed: Confirmed) -> Account:
    """Return the account, held until the commit, or refuse where its password is another now."""
    account = held_account(db, confirmed.account_id)
    lock = lock_of(account)
    if account is None or lock is None:
        raise SignedOut
    if lock != confirmed.lock:
        raise Refused(CHANGED_MEANWHILE)
    return account


def draw_up_password(
    looking: Session,
    keystore: Keystore,
    account_id: UUID,
    *,
    old: str,
    new: str,
    cost: Argon2Cost = PRODUCTION_COST,
) -> NewPassword:
    """Check both passwords, and lock the person's key under the new one; *looking* only reads."""
    account = account_by_id(looking, account_id)
    problem = password_problem(new, (account.name, account.email) if account else ())
    if problem:
        raise Refused(problem)
    confirmed = confirm_password(looking, keystore, account_id, old)
    return NewPassword(confirmed, lock_private_key(keystore, confirmed.keyring, new, cost=cost))


def change_password(
    db: Session, drawn: NewPassword, *, queue_mail: QueueMail | None = None
) -> None:
    """Store the new lock of the person's key; every session ends, this one included."""
    account = held(db, drawn.confirmed)
    store_lock(account, drawn.lock)
    end_sessions(db, account)
    if queue_mail:
        queue_mail(db, account.id, Notice.PASSWORD_CHANGED, None)
    record(db, "account.password_changed", account.pseudonym, account)


def change_authenticator(
    db: Session,
    keystore: Keystore,
    confirmed: Confirmed,
    change: AuthenticatorChange,
    *,
    queue_mail: QueueMail | None = None,
) -> None:
    """Replace the secret behind the one-time codes; the code must come from the new one."""
    account = held(db, confirmed)
    if account.totp_sealed != confirmed.totp_sealed:
        raise Refused(OTHER_AUTHENTICATOR)
    step = code_counter(change.secret, change.code, clock.now(), 0)
    if step is None:
        raise Refused("The code from your new authenticator does not fit. Type the next one.")
    account.totp_sealed = seal_totp(keystore, account.id, change.secret)
    db.merge(SignInState(account_id=account.id, totp_last_counter=step))
    if queue_mail:
        queue_mail(db, account.id, Notice.PASSWORD_CHANGED, None)
    record(db, "account.authenticator_changed", account.pseudonym, account)


def renew_recovery_code(db: Session, keystore: Keystore, confirmed: Confirmed) -> Receipt:
    """Return a new printed recovery code, shown once; the old one opens nothing any more."""
    account = held(db, confirmed)
    if account.recovery_wrapped != confirmed.recovery_wrapped:
        raise Refused(OTHER_CODE)
    code = Receipt.mint()
    account.recovery_wrapped = lock_with_recovery_code(keystore, confirmed.keyring, code)
    record(db, "account.recovery_code_renewed", account.pseudonym, account)
    return code
