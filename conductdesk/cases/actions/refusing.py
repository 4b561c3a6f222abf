"""Note that somebody asked for a case that they may not know of."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.record import Event, append
from conductdesk.policy import Viewer


def note_refusal(db: Session, *, actor: Viewer) -> None:
    """Leave an entry in the installation's log: the same for a real case and an invented one."""
    append(db, INSTALLATION, [Event(type="access.refused", actor=actor.pseudonym)])
