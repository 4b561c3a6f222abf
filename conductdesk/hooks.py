"""What lower capabilities ask of higher ones: each answer in one place, wired by `faces`."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.audit.queries import witness_problems
from conductdesk.cases.actions.departing import leave_cases
from conductdesk.cases.actions.tending import ask_anew, reasons_to_stay, tend
from conductdesk.cases.packs import kernel_problems
from conductdesk.notice import Notice
from conductdesk.notices.actions import queue_mail_for, try_again
from conductdesk.notices.complaints import complaints
from conductdesk.notices.models import OutboxRow
from conductdesk.notices.queries import mail_health, undelivered
from conductdesk.participants.actions.declaring import forget_interests
from conductdesk.participants.actions.tending import (
    ask_registers_anew,
    leave_registers,
    reasons_to_keep,
    registers_of,
    registers_to_tend,
    tend_registers,
)
from conductdesk.people.above import Above, MailTrouble, Undelivered
from conductdesk.people.models import Account
from conductdesk.people.queries import names_by_post
from conductdesk.policy import Viewer
from conductdesk.schemes.above import AboveSchemes
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring


def mail_trouble(db: Session) -> MailTrouble:
    """Return what is wrong with the mail, in sentences that say what to do."""
    rows = tuple(
        Undelivered(
            id=row.id,
            account_id=row.account_id,
            what=Notice(row.notice).words,
            since=row.given_up_at or row.made_at,
            error=row.last_error or "",
        )
        for row in undelivered(db)
    )
    wrong = complaints(mail_health(db))
    return MailTrouble((*witness_problems(db), *filter(None, wrong.values())), rows)


def send_again(db: Session, row_id: UUID) -> None:
    """Queue a given-up mail anew; one that is gone was delivered or withdrawn meanwhile."""
    row = db.get(OutboxRow, row_id)
    if row is not None:
        try_again(row)


def after_sign_in(db: Session, keystore: Keystore, viewer: Viewer, keyring: Keyring) -> list[str]:
    """Do what waited for somebody's key, on cases and on registers.

    Registers are locked first: a row comes before any log's head, here as everywhere.
    """
    registers = registers_to_tend(db, viewer)
    undone = tend(db, keystore, viewer, keyring)
    return undone + tend_registers(db, keystore, registers, viewer, keyring)


def key_replaced(db: Session, keystore: Keystore, account: Account, old: UUID) -> None:
    """Ask anew for what a reset lost."""
    registers = registers_of(db, old)
    ask_anew(db, keystore, account, old)
    ask_registers_anew(db, keystore, registers, account, old)


def blockers(db: Session, account_id: UUID) -> list[str]:
    """Say why an account cannot leave yet."""
    return [*reasons_to_stay(db, account_id), *reasons_to_keep(db, account_id)]


def departed(db: Session, keystore: Keystore, actor: Viewer, account_id: UUID) -> None:
    """End the seats, and take back the keys, that came with an office which is not held any more.

    Of an account that has ended, what was declared is forgotten too.
    """
    principal_id = db.get_one(Account, account_id).principal_id
    registers = registers_of(db, principal_id) if principal_id else []
    leave_cases(db, keystore, actor, account_id)
    leave_registers(db, keystore, registers, actor, account_id)
    forget_interests(db, account_id)


ABOVE_PEOPLE = Above(
    queue_mail_for=queue_mail_for,
    after_sign_in=after_sign_in,
    key_replaced=key_replaced,
    blockers=blockers,
    departed=departed,
    mail_trouble=mail_trouble,
    send_again=send_again,
)

ABOVE_SCHEMES = AboveSchemes(names_by_post=names_by_post, kernel=kernel_problems)
