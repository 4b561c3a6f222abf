"""Declare an interest, and take it back: what officers say of themselves."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.record import Event, append
from conductdesk.participants.actions.recording import write_index
from conductdesk.participants.index import declared_rows, drop_declared_rows
from conductdesk.participants.interests import Declared
from conductdesk.participants.models import Interest
from conductdesk.participants.rules import name_keys
from conductdesk.people.models import Account, AccountState, NewTie
from conductdesk.people.queries import principal_of
from conductdesk.policy import Permission, Viewer, may_enter
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import local_day
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.personal import seal_for_one


def declare(db: Session, keystore: Keystore, *, actor: Viewer, declared: Declared) -> UUID:
    """Keep *actor* away from every concern to come that names whom they are tied to.

    What they say is sealed to them alone. The index knows the name, and nobody can read it there.
    Return the id under which the tie is new to the closed cases.
    """
    check_declared(db, actor, declared)
    account = db.get_one(Account, actor.account_id)
    principal = principal_of(db, account)
    if principal is None:
        raise Refused("You have no key. Set up your account first.")
    row_id = uuid4()
    interest = Interest(
        id=row_id,
        account_id=account.id,
        declared_at=clock.now(),
        about=seal_for_one(keystore, principal, "interest", row_id, declared.to_json()),
    )
    db.add(interest)
    db.flush()
    write_index(db, declared_rows(keystore, interest, declared))
    tie = NewTie(id=row_id, account_id=account.id)
    db.add(tie)
    append(db, INSTALLATION, [Event("interest.declared", actor.pseudonym)])
    return tie.id


def take_back(db: Session, *, actor: Viewer, interest_id: UUID) -> None:
    """Let concerns that name this person reach *actor* again; what they said stays, for them."""
    interest = _held(db, actor, interest_id)
    if interest is None:
        raise Refused("There is no such declaration of yours. Load the page again.")
    if interest.ended_at is not None:
        raise Refused("You took this declaration back already.")
    interest.ended_at = clock.now()
    drop_declared_rows(db, interest)
    append(db, INSTALLATION, [Event("interest.ended", actor.pseudonym)])


def forget_interests(db: Session, account_id: UUID) -> None:
    """Let nothing count any more that somebody declared whose account has ended.

    What they said opens for nobody from then on. The end of the account is the entry for it.
    """
    if db.get_one(Account, account_id).state == AccountState.ENDED:
        counting = select(Interest).where(
            Interest.account_id == account_id, Interest.ended_at.is_(None)
        )
        for interest in db.scalars(counting):
            interest.ended_at = clock.now()
            drop_declared_rows(db, interest)


def check_declared(db: Session, actor: Viewer, declared: Declared) -> None:
    """Raise `Refused` where *actor* cannot declare this."""
    if not may_enter(actor, Permission.DECLARE):
        raise Refused("Only somebody who may be given a case declares interests.")
    if not name_keys(declared.name):
        raise Refused("Write the name of the person you are tied to.")
    if declared.officer is not None and declared.officer == actor.account_id:
        raise Refused("This is your own name. Choose another officer.")
    if declared.officer is not None and db.get(Account, declared.officer) is None:
        raise Refused("There is no such officer.")
    _check_days(declared, local_day(clock.now()))


def _check_days(declared: Declared, today: date) -> None:
    if declared.since is not None and declared.since > today:
        raise Refused("The first day has not come yet. Leave it empty: the tie counts from now on.")
    if declared.is_over(today):
        raise Refused("The last day is over. Leave it empty if the tie may still matter.")


def _held(db: Session, actor: Viewer, interest_id: UUID) -> Interest | None:
    """Return a declaration of *actor*, its row held: the second of two clicks waits here."""
    wanted = select(Interest).where(
        Interest.id == interest_id, Interest.account_id == actor.account_id
    )
    held = wanted.with_for_update().execution_options(populate_existing=True)
    return db.scalars(held).one_or_none()
