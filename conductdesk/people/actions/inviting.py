"""Accounts begin: an invitation, its activation, a reset; and custodians, who never sign in."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.record import Event, append
from conductdesk.people.actions.entries import (
    Post,
    end_sessions,
    record,
    withdraw_invitations,
)
from conductdesk.people.models import Account, AccountState, Invitation, SignInState
from conductdesk.people.queries import account_by_email, open_invitation, token_hash
from conductdesk.people.rules import (
    INVITATION_LIFE,
    NewPerson,
    code_counter,
    password_problem,
    tidy_email,
)
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring, Principal, PrincipalKind
from conductdesk.vault.principals import key_published, publish_key
from conductdesk.vault.receipts import Receipt
from conductdesk.vault.seal import new_private_key, public_key_of
from conductdesk.vault.unlocking import (
    PRODUCTION_COST,
    Argon2Cost,
    PasswordLock,
    WrongSecret,
    lock_private_key,
    lock_with_recovery_code,
    server_seal,
    unlock_with_recovery_code,
)

TOKEN_LENGTH = 16
"""Bytes: 128 bits."""

KeyReplaced = Callable[[Account, UUID], None]
"""Told when a reset lost the keys: (account, the id of its old principal). `cases` asks anew."""


class LinkOver(Refused):
    """The activation link cannot be used (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "This link was used already, or has run out. Ask whoever invited you for a new one."
        )


@dataclass(frozen=True)
class Invited:
    """A new account, and the token that activates it: shown or mailed once, never stored."""

    account: Account
    token: str = field(repr=False)


@dataclass(frozen=True)
class Setup:
    """What a person chose at activation."""

    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_code: str = field(repr=False)
    recovery_code: str = field(default="", repr=False)
    """At a reset: the old printed code, which restores the keys."""


@dataclass(frozen=True)
class Activated:
    """A ready account, its unlocked key, and the printed code that is shown once."""

    account: Account
    keyring: Keyring
    recovery_code: Receipt = field(repr=False)
    replaced: UUID | None
    """The principal whose keys a reset lost, or None."""


def invite(db: Session, person: NewPerson, *, actor: str, post: Post | None = None) -> Invited:
    """Make an account, and queue the mail with its activation link when *post* is given."""
    account = _new_account(db, person, AccountState.INVITED)
    token = _new_invitation(db, account, post)
    record(db, "account.invited", actor, account, {"administrator": person.administrator})
    return Invited(account, token)


def add_custodian(db: Session, person: NewPerson, *, actor: str) -> Account:
    """Make the account of a custodian of the recovery key: mail reaches it, nobody signs in."""
    if person.administrator:
        raise Refused("A custodian never signs in, so they cannot administer. Add two people.")
    account = _new_account(db, person, AccountState.ACTIVE)
    account.custodian = True
    record(db, "custodian.added", actor, account)
    return account


def reset(db: Session, account: Account, *, actor: str, post: Post | None = None) -> Invited:
    """Send a new activation link; sign-in stops until it is used, and open sessions end.

    The link alone restores sign-in, not keys: the printed recovery code does.
    """
    if account.state == AccountState.ENDED:
        raise Refused("This account has ended. Invite the person with another address.")
    if account.custodian:
        raise Refused("A custodian has no sign-in to reset.")
    account.state = AccountState.INVITED.value
    end_sessions(db, account)
    token = _new_invitation(db, account, post)
    record(db, "account.reset", actor, account)
    return Invited(account, token)


def activate(
    db: Session,
    keystore: Keystore,
    token: str,
    setup: Setup,
    *,
    organisation: str = "",
    key_replaced: KeyReplaced | None = None,
    cost: Argon2Cost = PRODUCTION_COST,
) -> Activated:
    """Use an invitation: set password and authenticator, and publish a key where there is none.

    *organisation*: names that the password must not consist of.
    """
    invitation = open_invitation(db, token)
    if invitation is None:
        raise LinkOver
    db.refresh(invitation, with_for_update=True)
    if invitation.used_at is not None:  # by somebody who used the link at the same time
        raise LinkOver
    account = invitation.account
    step = _check(account, setup, organisation)
    replaced = None if setup.recovery_code else account.principal_id
    keyring, published = _keyring(db, keystore, account, setup)
    code = Receipt.mint()
    store_lock(account, lock_private_key(keystore, keyring, setup.password, cost=cost))
    account.recovery_wrapped = lock_with_recovery_code(keystore, keyring, code)
    account.totp_sealed = seal_totp(keystore, account, setup.totp_secret)
    db.merge(SignInState(account_id=account.id, totp_last_counter=step))
    account.state = AccountState.ACTIVE.value
    invitation.used_at = clock.now()
    if replaced and key_replaced:
        # Before the entry of this log: whoever writes to several logs locks the schemes' heads
        # first and the installation's last, or two of them wait for each other for ever.
        key_replaced(account, replaced)
    _record_activation(db, invitation, published)
    return Activated(account, keyring, code, replaced)


def store_lock(account: Account, lock: PasswordLock) -> None:
    """Keep the four values that let a password open the account's private key."""
    account.auth_salt = lock.auth_salt
    account.auth_verifier = lock.auth_verifier
    account.kek_salt = lock.kek_salt
    account.wrapped_private_key = lock.wrapped_private_key


def seal_totp(keystore: Keystore, account: Account, secret: str) -> bytes:
    """Return the secret of an authenticator as the account keeps it."""
    return server_seal(keystore, totp_purpose(account), secret.encode())


def totp_purpose(account: Account) -> str:
    """Return what the sealed secret of an authenticator is bound to."""
    return f"totp:{account.id}"


def _new_account(db: Session, person: NewPerson, state: AccountState) -> Account:
    problem = person.problem()
    if problem:
        raise Refused(problem)
    if account_by_email(db, person.email):
        raise Refused("Somebody with this e-mail address has an account already.")
    account = Account(
        id=uuid4(),
        email=tidy_email(person.email),
        name=person.name.strip(),
        pseudonym=secrets.token_hex(16),
        state=state.value,
        administrator=person.administrator,
        custodian=False,
    )
    db.add(account)
    db.flush()
    return account


def _new_invitation(db: Session, account: Account, post: Post | None) -> str:
    withdraw_invitations(db, account)
    token = secrets.token_hex(TOKEN_LENGTH)
    expires = clock.now() + INVITATION_LIFE
    db.add(Invitation(token_hash=token_hash(token), account_id=account.id, expires=expires))
    if post:
        post(db, account.id, "activation", token)
    return token


def _check(account: Account, setup: Setup, organisation: str) -> int:
    """Return the time step of the one-time code, or refuse."""
    problem = password_problem(setup.password, (account.name, account.email, organisation))
    if problem:
        raise Refused(problem)
    step = code_counter(setup.totp_secret, setup.totp_code, clock.now(), 0)
    if step is None:
        raise Refused(
            "The code from your authenticator does not fit. Wait for the next one and type it; "
            "check that the clock of your device is right."
        )
    return step


def _keyring(
    db: Session, keystore: Keystore, account: Account, setup: Setup
) -> tuple[Keyring, Principal | None]:
    """Return the restored keyring, or a new one and its published principal."""
    if setup.recovery_code:
        return _restored(keystore, account, setup.recovery_code), None
    private_key = new_private_key()
    public_key, who = public_key_of(private_key), account.pseudonym
    principal = publish_key(db, keystore, PrincipalKind.STAFF, public_key, who)
    db.flush()
    account.principal_id = principal.id
    return Keyring(principal.id, private_key), principal


def _restored(keystore: Keystore, account: Account, typed: str) -> Keyring:
    if account.principal_id is None or account.recovery_wrapped is None:
        raise Refused("This account has no recovery code yet. Leave the field empty.")
    try:
        return unlock_with_recovery_code(
            keystore, account.principal_id, account.recovery_wrapped, typed
        )
    except WrongSecret as error:
        raise Refused(
            "This recovery code is not right. Check it, or leave the field empty: "
            "you can then sign in, but others must give you your cases anew."
        ) from error


def _record_activation(db: Session, invitation: Invitation, published: Principal | None) -> None:
    """Leave the entries; they name their rows, which a scheme's entry may have covered before."""
    account, keys = invitation.account, "kept" if published is None else "new"
    facts = {"account": account.pseudonym, "keys": keys}
    rows = (("account", account.id), ("invitation", invitation.id))
    events = [Event("account.activated", account.pseudonym, facts, rows=rows)]
    if published:
        events.append(key_published(published, actor=account.pseudonym))
    append(db, INSTALLATION, events)
