"""Reads of the check-ins."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.checkins.models import CheckInLink
from conductdesk.checkins.rules import token_hash
from conductdesk.participants.models import Register


def open_link(db: Session, register: Register | None, token: str) -> CheckInLink | None:
    """Return the link of *token* while it opens, or None: used up, run out and invented are one."""
    if register is None:
        return None
    wanted = select(CheckInLink).where(
        CheckInLink.token_hash == token_hash(token),
        CheckInLink.register_id == register.id,
        CheckInLink.filled_at.is_(None),
        CheckInLink.expires > clock.now(),
    )
    return db.scalars(wanted.with_for_update()).one_or_none()


def links_of(db: Session, register: Register) -> list[CheckInLink]:
    """Return every link of a register, the newest first."""
    wanted = select(CheckInLink).where(CheckInLink.register_id == register.id)
    return list(db.scalars(wanted.order_by(CheckInLink.made_at.desc(), CheckInLink.id)))
