"""Accounts are made: an invitation, a reset; and custodians, who never sign in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from uuid import uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.notice import Notice
from conductdesk.people.actions.entries import (
    QueueMail,
    end_sessions,
    record,
    withdraw_invitations,
)
from conductdesk.people.models import Account, AccountState, Invitation
from conductdesk.people.queries import account_by_email, token_hash
from conductdesk.people.rules import (
    INVITATION_LIFE,
    NewPerson,
    tidy_email,
)
from conductdesk.refusal import Refused

TOKEN_LENGTH = 16
"""Bytes: 128 bits."""


@dataclass(frozen=True)
class Invited:
    """A new account, and the token that activates it: shown or mailed once, never stored."""

    account: Account
    token: str = field(repr=False)


def invite(
    db: Session, person: NewPerson, *, actor: str, queue_mail: QueueMail | None = None
) -> Invited:
    """Make an account, and queue the mail with its activation link when *queue_mail* is given."""
    account = _new_account(db, person, AccountState.INVITED)
    token = _new_invitation(db, account, queue_mail)
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


def reset(
    db: Session, account: Account, *, actor: str, queue_mail: QueueMail | None = None
) -> Invited:
    """Send a new activation link; sign-in stops until it is used, and open sessions end.

    The link alone restores sign-in, not keys: the printed recovery code does.
    """
    if account.state == AccountState.ENDED:
        raise Refused("This account has ended. Invite the person with another address.")
    if account.custodian:
        raise Refused("A custodian has no sign-in to reset.")
    account.state = AccountState.INVITED.value
    end_sessions(db, account)
    token = _new_invitation(db, account, queue_mail)
    record(db, "account.reset", actor, account)
    return Invited(account, token)


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


def _new_invitation(db: Session, account: Account, queue_mail: QueueMail | None) -> str:
    withdraw_invitations(db, account)
    token = secrets.token_hex(TOKEN_LENGTH)
    expires = clock.now() + INVITATION_LIFE
    db.add(Invitation(token_hash=token_hash(token), account_id=account.id, expires=expires))
    if queue_mail:
        queue_mail(db, account.id, Notice.ACTIVATION, token)
    return token
