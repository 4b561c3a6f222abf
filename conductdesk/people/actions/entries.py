"""What every verb about people needs: its entry in the log, and the ways up to other capabilities."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.record import Event, Pub, append
from conductdesk.notice import Notice
from conductdesk.people.models import Account, Invitation
from conductdesk.web.models import WebSession

QueueMail = Callable[[Session, UUID, Notice, str | None], None]
"""Called with the session, an account's id, a notice, and a token or None; see `queue_mail_for`."""

Blockers = Callable[[UUID], list[str]]
"""Answers why an account cannot leave yet, as sentences; `cases` knows."""


Departed = Callable[[UUID], None]
"""Told when an account has given up an office: its seats on cases end; `cases` knows how."""


def no_departure(_account_id: UUID) -> None:
    """Do nothing: for an installation that has no case yet."""


def no_blockers(_account_id: UUID) -> list[str]:
    """Let anybody leave: for an installation that has no case yet."""
    return []


def record(
    db: Session,
    event_type: str,
    actor: str,
    account: Account | None = None,
    facts: Mapping[str, Pub] | None = None,
) -> None:
    """Append one entry about *account* to the installation's log."""
    about = {"account": account.pseudonym} if account else {}
    append(db, INSTALLATION, [Event(event_type, actor, {**about, **(facts or {})})])


def end_sessions(db: Session, account: Account) -> None:
    """End every session of *account*, wherever it is signed in."""
    db.execute(delete(WebSession).where(WebSession.owner_id == account.id))


def withdraw_invitations(db: Session, account: Account) -> None:
    """Make every unused activation link of *account* useless."""
    for invitation in db.query(Invitation).filter_by(account_id=account.id, used_at=None):
        db.delete(invitation)
