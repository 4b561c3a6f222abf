"""Putting mail into the outbox, and what becomes of it.

These verbs leave no entry in the audit log: the action that they belong to does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.db import insert_rows, new_row
from conductdesk.notice import Notice
from conductdesk.notices.models import OutboxRow
from conductdesk.notices.queries import is_waiting, next_due
from conductdesk.notices.rules import KEPT_AFTER_SENDING, MOST_ATTEMPTS, wait_after
from conductdesk.people.actions.entries import QueueMail
from conductdesk.people.queries import custodians
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.unlocking import server_open, server_seal


def notify(
    db: Session,
    account_id: UUID,
    notice: Notice,
    *,
    case_id: UUID | None = None,
    due_at: datetime | None = None,
    link: bytes | None = None,
) -> OutboxRow:
    """Queue one mail in the caller's transaction; the same mail, still waiting, is not doubled.

    *link* is an activation token that `seal_link` sealed.
    """
    waiting = None if link else _same_waiting(db, account_id, notice, case_id)
    if waiting:
        waiting.due_at = min(waiting.due_at, due_at or clock.now())
        return waiting
    row = OutboxRow(
        notice=notice.value,
        account_id=account_id,
        case_id=case_id,
        link_sealed=link,
        made_at=clock.now(),
        due_at=due_at or clock.now(),
    )
    db.add(row)
    return row


def notify_custodians(db: Session, kept_away: Collection[UUID]) -> None:
    """Queue one mail to each who keeps a part of the recovery key and is not *kept_away*."""
    for custodian in custodians(db):
        if custodian.id not in kept_away:
            notify(db, custodian.id, Notice.CUSTODIANS)


def notify_address(
    db: Session, keystore: Keystore, address: str, notice: Notice, link: str
) -> None:
    """Queue one mail to somebody who has no account, with a link or, for one notice, a checkpoint."""
    row_id, moment = uuid4(), clock.now()
    db.add(
        OutboxRow(
            id=row_id,
            notice=notice.value,
            to_sealed=server_seal(keystore, _purpose(row_id), address.encode()),
            link_sealed=seal_link(keystore, row_id, link),
            made_at=moment,
            due_at=moment,
        )
    )


def notify_first(
    db: Session, account_ids: Iterable[UUID], notice: Notice, *, case_id: UUID
) -> None:
    """Queue the first mail about a case, of which nobody can have been told before."""
    moment = clock.now()
    insert_rows(
        db,
        [
            new_row(
                OutboxRow,
                notice=notice.value,
                account_id=account_id,
                case_id=case_id,
                made_at=moment,
                due_at=moment,
            )
            for account_id in account_ids
        ],
    )


def seal_link(keystore: Keystore, owner_id: UUID, token: str) -> bytes:
    """Return *token* sealed for its wait in the outbox."""
    return server_seal(keystore, _purpose(owner_id), token.encode())


def open_link(keystore: Keystore, row: OutboxRow) -> str | None:
    """Return the token that *row* carries, or None."""
    if row.link_sealed is None:
        return None
    return server_open(keystore, _purpose(row.account_id or row.id), row.link_sealed).decode()


def open_address(keystore: Keystore, row: OutboxRow) -> str | None:
    """Return the address that *row* carries, or None."""
    if row.to_sealed is None:
        return None
    return server_open(keystore, _purpose(row.id), row.to_sealed).decode()


def queue_mail_for(keystore: Keystore) -> QueueMail:
    """Return the callable that `create_app` and the command line hand to `people`."""

    def queue_mail(db: Session, account_id: UUID, notice: Notice, token: str | None) -> None:
        link = seal_link(keystore, account_id, token) if token else None
        notify(db, account_id, notice, link=link)

    return queue_mail


def claim_next(db: Session) -> OutboxRow | None:
    """Take the next row that is due, so that no other worker sends it; None when there is none."""
    while row := next_due(db):
        row.claimed_at = clock.now()
        row.attempts += 1
        if row.attempts <= MOST_ATTEMPTS:
            return row
        _give_up(row)
        db.flush()
    return None


def mark_sent(row: OutboxRow) -> None:
    """Record that the server accepted the mail."""
    row.sent_at = clock.now()
    row.last_error = None
    _done(row)


def mark_withdrawn(row: OutboxRow) -> None:
    """Record that the mail was dropped, because the person may no longer know."""
    row.withdrawn_at = clock.now()
    _done(row)


def mark_failed(row: OutboxRow, error: str) -> None:
    """Record a failed attempt, and when to try again, or that nobody does."""
    row.last_error = error
    row.claimed_at = None
    wait = wait_after(row.attempts)
    if wait is None:
        _give_up(row)
    else:
        row.due_at = clock.now() + wait


def try_again(row: OutboxRow) -> None:
    """Queue a given-up mail anew, from the first attempt."""
    if row.given_up_at is None:
        raise Refused("This mail is still being sent. Look again in a few minutes.")
    if row.notice == Notice.CHECKPOINT:
        raise Refused("This checkpoint was not kept. The next one goes out within a day.")
    if row.notice in (Notice.ACTIVATION, Notice.CHECK_IN):
        raise Refused("The link in this mail is gone. Send the person a new one instead.")
    row.given_up_at = None
    row.attempts = 0
    row.due_at = clock.now()


def forget_case(db: Session, case_id: UUID) -> None:
    """Delete every row about one case; for its destruction."""
    db.execute(delete(OutboxRow).where(OutboxRow.case_id == case_id))


def forget_old(db: Session) -> None:
    """Delete rows that were done with a month ago: who was written to when is data as well."""
    before = clock.now() - KEPT_AFTER_SENDING
    old = or_(OutboxRow.sent_at < before, OutboxRow.withdrawn_at < before)
    db.execute(delete(OutboxRow).where(old))


def _purpose(owner_id: UUID) -> str:
    return f"outbox:{owner_id}"


def _same_waiting(
    db: Session, account_id: UUID, notice: Notice, case_id: UUID | None
) -> OutboxRow | None:
    wanted = select(OutboxRow).where(
        is_waiting(),
        OutboxRow.claimed_at.is_(None),
        OutboxRow.account_id == account_id,
        OutboxRow.notice == notice.value,
        OutboxRow.case_id == case_id if case_id else OutboxRow.case_id.is_(None),
    )
    return db.scalars(wanted).first()


def _give_up(row: OutboxRow) -> None:
    row.given_up_at = clock.now()
    row.last_error = row.last_error or "the worker stopped while sending"
    _done(row)


def _done(row: OutboxRow) -> None:
    row.claimed_at = None
    row.link_sealed = None
    row.to_sealed = None
