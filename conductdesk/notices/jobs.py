"""Sending what is due: claim one row, ask again whether the person may know, send, record."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Sequence
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import HOURLY
from conductdesk.audit.queries import log_ids, newest_checkpoint
from conductdesk.audit.record import lock_head
from conductdesk.db import Database
from conductdesk.notice import Notice
from conductdesk.notices.actions import (
    claim_next,
    forget_old,
    mark_failed,
    mark_sent,
    mark_withdrawn,
    notify_address,
    open_address,
    open_link,
)
from conductdesk.notices.mail import Letter, compose, named, send
from conductdesk.notices.models import OutboxRow
from conductdesk.notices.queries import mailed_since
from conductdesk.notices.rules import DAILY
from conductdesk.people.models import Account, AccountState
from conductdesk.settings import Settings
from conductdesk.vault.keystore import Keystore

log = logging.getLogger(__name__)

MayStillKnow = Callable[[Session, OutboxRow], bool]
"""Asks policy, at the moment of sending, whether the row's account may know of its case (EM-08)."""


def send_due(
    database: Database, keystore: Keystore, settings: Settings, may_still_know: MayStillKnow
) -> int:
    """Send every mail that is due; return how many the server accepted.

    No transaction is open while the server is spoken to, and a row is marked after it was sent: a
    crash in between sends it twice, never not at all. A server that cannot be reached ends the
    round, so that the other jobs have their turn.
    """
    sent = 0
    while row_id := _claim(database):
        try:
            letter = _letter(database, keystore, settings, row_id, may_still_know)
            if letter is not None:
                send(settings, letter)
        except Exception as error:  # whatever it is, this mail must be tried again or given up
            log.warning("a mail could not be sent: %s", named(error))
            _settle(database, row_id, partial(mark_failed, error=named(error)))
            if isinstance(error, OSError) and not _is_answer(error):
                break
            continue
        _settle(database, row_id, mark_sent if letter else mark_withdrawn)
        sent += letter is not None
    return sent


def mail_checkpoints(
    database: Database, keystore: Keystore, outside: Sequence[tuple[str, str]]
) -> None:
    """Queue each log's newest hourly checkpoint for the addresses *outside*, once a day.

    A log that could not be signed for a day has none, and its mail stays away.
    """
    with database.writing() as db:
        names = log_ids(db) if outside else []
        for name in names[:1]:
            lock_head(db, name)  # so that of two workers the second sees what the first queued
        if not mailed_since(db, Notice.CHECKPOINT, clock.now() - DAILY):
            for name in names:
                addresses = [address for log, address in outside if log in ("", name)]
                _queue_checkpoint(db, keystore, name, addresses)
        db.commit()


def _queue_checkpoint(
    db: Session, keystore: Keystore, log_id: str, addresses: Sequence[str]
) -> None:
    checkpoint = newest_checkpoint(db, log_id, [HOURLY])
    if checkpoint is not None and checkpoint.made_at > clock.now() - DAILY:
        for address in addresses:
            notify_address(db, keystore, address, Notice.CHECKPOINT, checkpoint.note)


def tidy_outbox(database: Database) -> None:
    """Forget mail that was sent or withdrawn long ago."""
    with database.writing() as db:
        forget_old(db)
        db.commit()


def _claim(database: Database) -> UUID | None:
    with database.writing() as db:
        row = claim_next(db)
        row_id = row.id if row else None
        db.commit()
    return row_id


def _letter(
    database: Database,
    keystore: Keystore,
    settings: Settings,
    row_id: UUID,
    may_still_know: MayStillKnow,
) -> Letter | None:
    """Return the letter to send, or None when the person may not know any more."""
    with database.reading() as db:
        row = db.get_one(OutboxRow, row_id)
        recipient = open_address(keystore, row) or _address_of(db, row, may_still_know)
        if recipient is None:
            return None
        return compose(settings, row.notice, recipient, row.made_at, open_link(keystore, row))


def _address_of(db: Session, row: OutboxRow, may_still_know: MayStillKnow) -> str | None:
    account = db.get(Account, row.account_id) if row.account_id else None
    if account is None or account.state == AccountState.ENDED or not may_still_know(db, row):
        return None
    return account.email


def _settle(database: Database, row_id: UUID, mark: Callable[[OutboxRow], None]) -> None:
    with database.writing() as db:
        row = db.get(OutboxRow, row_id)
        if row is not None:  # a destroyed case takes its rows with it
            mark(row)
        db.commit()


def _is_answer(error: OSError) -> bool:
    """Say whether the server is there and refused this one mail."""
    return isinstance(
        error,
        smtplib.SMTPRecipientsRefused | smtplib.SMTPSenderRefused | smtplib.SMTPDataError,
    )
