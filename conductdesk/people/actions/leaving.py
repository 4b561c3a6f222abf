"""An account ends."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.people.actions.entries import (
    Blockers,
    Departed,
    end_sessions,
    no_blockers,
    no_departure,
    record,
    withdraw_invitations,
)
from conductdesk.people.actions.offices import refuse_while_needed
from conductdesk.people.models import Account, AccountState
from conductdesk.people.queries import administrators, audits_of, offices_of
from conductdesk.refusal import Refused


def end_account(
    db: Session,
    account: Account,
    *,
    actor: str,
    blockers: Blockers = no_blockers,
    departed: Departed = no_departure,
) -> None:
    """End an account, its offices, its seats and its sign-in; its keys open nothing any more."""
    if account.state == AccountState.ENDED:
        raise Refused("This account has ended already.")
    if administrators(db) == [account]:
        raise Refused("This is the last administrator. Invite another one first.")
    refuse_while_needed(account, blockers)
    for held in offices_of(db, account):
        held.until = clock.now()
    for appointed in audits_of(db, account):
        appointed.until = clock.now()
    _forget_secrets(account)
    account.state = AccountState.ENDED.value
    db.flush()  # the account comes before its links and sign-ins, as for whoever changes a password
    withdraw_invitations(db, account)
    end_sessions(db, account)
    departed(account.id)
    record(db, "account.ended", actor, account)


def _forget_secrets(account: Account) -> None:
    account.auth_salt = account.auth_verifier = account.kek_salt = None
    account.wrapped_private_key = account.recovery_wrapped = account.totp_sealed = None
