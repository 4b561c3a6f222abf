"""What lower capabilities ask of higher ones: each answer in one place, wired by `faces`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.departing import leave_cases
from conductdesk.cases.actions.tending import ask_anew, reasons_to_stay, tend
from conductdesk.notices.actions import post_for, try_again
from conductdesk.notices.models import OutboxRow
from conductdesk.notices.queries import MailHealth, mail_health, undelivered
from conductdesk.notices.rules import LEASE
from conductdesk.people.above import Above, MailTrouble, Undelivered
from conductdesk.people.queries import holders

NOTICES: Mapping[str, str] = {
    "update": "There is an update",
    "urgent": "There is an update, today",
    "custodians": "A recovery is needed",
    "activation": "Activation link",
    "password_changed": "Sign-in details changed",
    "new_sign_in": "New sign-in",
}
"""What an administrator may know of a mail: its constant kind."""


def mail_trouble(db: Session) -> MailTrouble:
    """Return what is wrong with the mail, in sentences that say what to do."""
    rows = tuple(
        Undelivered(
            id=row.id,
            account_id=row.account_id,
            what=NOTICES[row.notice],
            since=row.given_up_at or row.made_at,
            error=row.last_error or "",
        )
        for row in undelivered(db)
    )
    return MailTrouble(tuple(_complaints(mail_health(db))), rows)


def send_again(db: Session, row_id: UUID) -> None:
    """Queue a given-up mail anew; one that is gone was delivered or withdrawn meanwhile."""
    row = db.get(OutboxRow, row_id)
    if row is not None:
        try_again(row)


def office_holders(db: Session, scheme: str, office: str) -> list[str]:
    """Return the names of an office's active holders, in their order."""
    return [account.name for account in holders(db, scheme, office)]


ABOVE_PEOPLE = Above(
    post_for=post_for,
    after_sign_in=tend,
    key_replaced=ask_anew,
    blockers=reasons_to_stay,
    departed=leave_cases,
    mail_trouble=mail_trouble,
    send_again=send_again,
)


def _complaints(health: MailHealth) -> Iterator[str]:
    late = clock.now() - LEASE
    if health.given_up:
        mails = "1 e-mail" if health.given_up == 1 else f"{health.given_up} e-mails"
        yield f"{mails} could not be delivered, and nobody tries any more."
    if health.worker_seen is None or health.worker_seen < late:
        yield "No worker is running, so no e-mail goes out. Start it: conductdesk worker"
    elif health.oldest_due is not None and health.oldest_due < late:
        yield "E-mail is waiting longer than it should. Check the mail server."
    if health.troubled_jobs:
        yield f"These jobs fail: {', '.join(health.troubled_jobs)}. Run: conductdesk doctor"
