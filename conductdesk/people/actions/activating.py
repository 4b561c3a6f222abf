"""An account begins, or begins again: the link is exchanged for a password and an authenticator.

Hashing the password takes tenths of a second. So everything is drawn up first, in a session that only
reads, and stored afterwards, when the link is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.record import Event, append
from conductdesk.people.models import Account, AccountState, Invitation, SignInState
from conductdesk.people.queries import held_account, held_invitation, open_invitation
from conductdesk.people.rules import code_counter, password_problem
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring, Principal, PrincipalKind
from conductdesk.vault.principals import key_published, new_principal
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

KeyReplaced = Callable[[Account, UUID], None]
"""Told when a reset lost the keys: (account, the id of its old principal). `cases` asks anew."""


class LinkOver(Refused):
    """The activation link cannot be used (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "This link was used already, or has run out. Ask whoever invited you for a new one."
        )


@dataclass(frozen=True)
class Setup:
    """What a person chose at activation."""

    password: str = field(repr=False)
    totp_secret: str = field(repr=False)
    totp_code: str = field(repr=False)
    recovery_code: str = field(default="", repr=False)
    """At a reset: the old printed code, which restores the keys."""


@dataclass(frozen=True)
class AccountDrawnUp:
    """All that an account begins with; nothing of it is stored yet."""

    token: str = field(repr=False)
    account_id: UUID
    had: UUID | None
    """The principal that the account had, or None."""
    keyring: Keyring = field(repr=False)
    published: Principal | None
    """The new principal, in no session yet; None where the keys were restored."""
    lock: PasswordLock = field(repr=False)
    recovery_code: Receipt = field(repr=False)
    recovery_wrapped: bytes = field(repr=False)
    totp_sealed: bytes = field(repr=False)
    totp_step: int


@dataclass(frozen=True)
class Activated:
    """A ready account, its unlocked key, and the printed code that is shown once."""

    account: Account
    keyring: Keyring
    recovery_code: Receipt = field(repr=False)
    replaced: UUID | None
    """The principal whose keys a reset lost, or None."""


def activate(
    db: Session,
    keystore: Keystore,
    token: str,
    setup: Setup,
    *,
    key_replaced: KeyReplaced | None = None,
    cost: Argon2Cost = PRODUCTION_COST,
) -> Activated:
    """Draw an account up and begin it at once; for whoever keeps nobody waiting with *db*."""
    drawn = draw_up_account(db, keystore, token, setup, cost=cost)
    return begin_account(db, drawn, key_replaced=key_replaced)


def draw_up_account(
    looking: Session,
    keystore: Keystore,
    token: str,
    setup: Setup,
    *,
    organisation: str = "",
    cost: Argon2Cost = PRODUCTION_COST,
) -> AccountDrawnUp:
    """Check what somebody chose, and lock their key under it: a new one where there is none.

    *organisation*: names that the password must not consist of.
    """
    invitation = open_invitation(looking, token)
    if invitation is None:
        raise LinkOver
    account, code = invitation.account, Receipt.mint()
    step = _check(account, setup, organisation)
    keyring, published = _keyring(keystore, account, setup)
    return AccountDrawnUp(
        token=token,
        account_id=account.id,
        had=account.principal_id,
        keyring=keyring,
        published=published,
        lock=lock_private_key(keystore, keyring, setup.password, cost=cost),
        recovery_code=code,
        recovery_wrapped=lock_with_recovery_code(keystore, keyring, code),
        totp_sealed=seal_totp(keystore, account.id, setup.totp_secret),
        totp_step=step,
    )


def begin_account(
    db: Session,
    drawn: AccountDrawnUp,
    *,
    key_replaced: KeyReplaced | None = None,
) -> Activated:
    """Use the invitation: store what was drawn up, and publish the key if it is new."""
    invitation = _held_invitation(db, drawn)
    account = invitation.account
    replaced = drawn.had if drawn.published else None
    _keep(db, account, drawn)
    invitation.used_at = clock.now()
    if replaced and key_replaced:
        # Before the entry of this log: whoever writes to several logs locks the schemes' heads
        # first and the installation's last, or two of them wait for each other for ever.
        key_replaced(account, replaced)
    _record_activation(db, invitation, drawn.published)
    return Activated(account, drawn.keyring, drawn.recovery_code, replaced)


def store_lock(account: Account, lock: PasswordLock) -> None:
    """Keep the four values that let a password open the account's private key."""
    account.auth_salt = lock.auth_salt
    account.auth_verifier = lock.auth_verifier
    account.kek_salt = lock.kek_salt
    account.wrapped_private_key = lock.wrapped_private_key


def seal_totp(keystore: Keystore, account_id: UUID, secret: str) -> bytes:
    """Return the secret of an authenticator as the account keeps it."""
    return server_seal(keystore, totp_purpose(account_id), secret.encode())


def totp_purpose(account_id: UUID) -> str:
    """Return what the sealed secret of an authenticator is bound to."""
    return f"totp:{account_id}"


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
    keystore: Keystore, account: Account, setup: Setup
) -> tuple[Keyring, Principal | None]:
    """Return the restored keyring, or a new one and the principal to publish."""
    if setup.recovery_code:
        return _restored(keystore, account, setup.recovery_code), None
    private_key = new_private_key()
    public_key, who = public_key_of(private_key), account.pseudonym
    principal = new_principal(keystore, PrincipalKind.STAFF, public_key, who)
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


def _held_invitation(db: Session, drawn: AccountDrawnUp) -> Invitation:
    """Return the invitation, held until the commit, unless it was used or withdrawn meanwhile.

    The account comes first, as for a reset: whoever locks both does so in this order.
    """
    account = held_account(db, drawn.account_id)
    invitation = held_invitation(db, drawn.token)
    if account is None or account.principal_id != drawn.had or invitation is None:
        raise LinkOver
    return invitation


def _keep(db: Session, account: Account, drawn: AccountDrawnUp) -> None:
    if drawn.published:
        db.add(drawn.published)
    account.principal_id = drawn.keyring.principal_id
    store_lock(account, drawn.lock)
    account.recovery_wrapped = drawn.recovery_wrapped
    account.totp_sealed = drawn.totp_sealed
    db.merge(SignInState(account_id=account.id, totp_last_counter=drawn.totp_step))
    account.state = AccountState.ACTIVE.value


def _record_activation(db: Session, invitation: Invitation, published: Principal | None) -> None:
    """Leave the entries; they name their rows, which a scheme's entry may have covered before."""
    account, keys = invitation.account, "kept" if published is None else "new"
    facts = {"account": account.pseudonym, "keys": keys}
    rows = (("account", account.id), ("invitation", invitation.id))
    events = [Event("account.activated", account.pseudonym, facts, rows=rows)]
    if published:
        events.append(key_published(published, actor=account.pseudonym))
    append(db, INSTALLATION, events)
