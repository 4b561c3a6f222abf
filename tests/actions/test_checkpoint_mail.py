"""The head of each log goes to addresses outside, once a day, as a mail that somebody keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.checkpoints import mark_restored, sign_checkpoint, sign_hour, verifier_key
from conductdesk.audit.note import VerifierKey, open_checkpoint
from conductdesk.audit.verify import Status, verify_log
from conductdesk.db import Database
from conductdesk.notices.actions import try_again
from conductdesk.notices.jobs import mail_checkpoints, send_due
from conductdesk.notices.models import OutboxRow
from conductdesk.refusal import Refused
from conductdesk.settings import Settings
from conductdesk.vault.keystore import Keystore
from tests.actions.audit_rows import LOG, begin_log, fill_log
from tests.actions.mail_steps import Sink, yes

OUTSIDE = (("", "archive@example.org"), (LOG, "auditor@example.net"), ("bes", "bes@example.net"))


@pytest.fixture
def moment(db: Session, keystore: Keystore) -> Iterator[datetime]:
    """When the log was signed for the hour; time stands still."""
    begin_log(db)
    fill_log(db, ["a", "b"])
    moment = clock.now()
    with clock.at(moment):
        sign_hour(db, keystore, LOG)
        sign_checkpoint(db, keystore, LOG, "receipt")
        db.commit()
        yield moment


def queued(db: Session) -> int:
    count = db.scalar(select(func.count()).select_from(OutboxRow)) or 0
    db.rollback()
    return count


def test_what_arrives_anchors_the_log(
    db: Session,
    keystore: Keystore,
    database: Database,
    moment: datetime,
    mail_settings: Settings,
    sink: Sink,
) -> None:
    mail_checkpoints(database, keystore, OUTSIDE)
    assert send_due(database, keystore, mail_settings, yes) == 2
    assert sorted(recipients for recipients, _raw in sink.delivered) == [
        ["archive@example.org"],
        ["auditor@example.net"],
    ]
    mail = message_from_bytes(sink.delivered[0][1], policy=default)
    text = mail.get_payload(decode=True).decode().replace("\r\n", "\n")  # type: ignore[union-attr]  # one part of text
    key = verifier_key(db, keystore, LOG)
    begins = text.index(key.partition("+")[0])
    note = text[begins : text.index("\n", text.index("\n— ") + 1) + 1]
    assert open_checkpoint(note, [VerifierKey.parse(key)]).size == 3
    db.commit()
    assert verify_log(db, LOG, key, outside=[note]).status is Status.VERIFIED
    assert str(mail["Subject"]).startswith("You have a message")
    assert OUTSIDE[1][1] not in text


@pytest.mark.both_backends
def test_a_day_has_one_mail_for_each_address_and_a_log_that_stopped_has_none(
    db: Session, keystore: Keystore, database: Database, moment: datetime
) -> None:
    mail_checkpoints(database, keystore, ())
    assert queued(db) == 0
    for _worker in range(2):
        mail_checkpoints(database, keystore, OUTSIDE)
    assert queued(db) == 2
    with clock.at(moment + timedelta(hours=24)):
        mail_checkpoints(database, keystore, OUTSIDE)
        assert queued(db) == 2  # nothing was signed since
        sign_hour(db, keystore, LOG)
        db.commit()
        mail_checkpoints(database, keystore, OUTSIDE)
        assert queued(db) == 4
    mark_restored(db)
    db.commit()
    with clock.at(moment + timedelta(hours=50)):
        mail_checkpoints(database, keystore, OUTSIDE)
        assert queued(db) == 4


def test_a_checkpoint_that_was_given_up_is_not_sent_again(
    db: Session, keystore: Keystore, database: Database, moment: datetime
) -> None:
    mail_checkpoints(database, keystore, OUTSIDE)
    row = db.scalars(select(OutboxRow)).first()
    assert row is not None
    row.given_up_at = moment
    with pytest.raises(Refused, match="The next one goes out within a day"):
        try_again(row)
