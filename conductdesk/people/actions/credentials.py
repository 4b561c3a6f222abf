"""A person looks after their own password, authenticator and recovery code."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.people.actions.entries import Post, end_sessions, record
from conductdesk.people.actions.inviting import seal_totp, store_lock
from conductdesk.people.actions.signing_in import lock_of
from conductdesk.people.models import Account, SignInState
from conductdesk.people.rules import code_counter, password_problem
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.unlocking import (
    PRODUCTION_COST,
    Argon2Cost,
    WrongSecret,
    lock_private_key,
    lock_with_recovery_code,
    unlock_with_password,
)


@dataclass(frozen=True)
class AuthenticatorChange:
    """What a person typed to set a new authenticator up, and its secret."""

    password: str = field(repr=False)
    secret: str = field(repr=False)
    code: str = field(repr=False)


def change_password(
    db: Session,
    keystore: Keystore,
    account: Account,
    *,
    old: str,
    new: str,
    post: Post | None = None,
    cost: Argon2Cost = PRODUCTION_COST,
) -> None:
    """Lock the person's key under a new password; every session ends, this one included."""
    problem = password_problem(new, (account.name, account.email))
    if problem:
        raise Refused(problem)
    keyring = confirm_password(keystore, account, old)
    store_lock(account, lock_private_key(keystore, keyring, new, cost=cost))
    end_sessions(db, account)
    if post:
        post(db, account.id, "password_changed", None)
    record(db, "account.password_changed", account.pseudonym, account)


def change_authenticator(
    db: Session,
    keystore: Keystore,
    account: Account,
    change: AuthenticatorChange,
    *,
    post: Post | None = None,
) -> None:
    """Replace the secret behind the one-time codes; the code must come from the new one."""
    confirm_password(keystore, account, change.password)
    step = code_counter(change.secret, change.code, clock.now(), 0)
    if step is None:
        raise Refused("The code from your new authenticator does not fit. Type the next one.")
    account.totp_sealed = seal_totp(keystore, account, change.secret)
    db.merge(SignInState(account_id=account.id, totp_last_counter=step))
    if post:
        post(db, account.id, "password_changed", None)
    record(db, "account.authenticator_changed", account.pseudonym, account)


def renew_recovery_code(
    db: Session, keystore: Keystore, account: Account, keyring: Keyring
) -> Receipt:
    """Return a new printed recovery code, shown once; the old one opens nothing any more."""
    code = Receipt.mint()
    account.recovery_wrapped = lock_with_recovery_code(keystore, keyring, code)
    record(db, "account.recovery_code_renewed", account.pseudonym, account)
    return code


def confirm_password(keystore: Keystore, account: Account, password: str) -> Keyring:
    """Return the person's keyring, or refuse: for steps that ask for the password again."""
    lock = lock_of(account)
    if lock is None:
        raise Refused("This account has no password yet.")
    try:
        return unlock_with_password(keystore, lock.principal_id, lock.password, password)
    except WrongSecret as error:
        raise Refused("Your present password is not right. Check it and try again.") from error
