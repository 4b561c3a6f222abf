"""Note what was refused: a case that somebody may not know of, and a file that does harm."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.record import Event, append
from conductdesk.cases.actions.recording import record
from conductdesk.cases.models import Case
from conductdesk.policy import Viewer
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.scanning import MalwareFound


def note_refusal(db: Session, *, actor: Viewer) -> None:
    """Leave an entry in the installation's log: the same for a real case and an invented one."""
    append(db, INSTALLATION, [Event(type="access.refused", actor=actor.pseudonym)])


def note_malware(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, found: MalwareFound
) -> None:
    """Leave an entry that a file was refused; of the file itself nothing is kept, nor its name."""
    said = {"said": "A file was refused: the virus scan knew it.", "signature": found.signature}
    record(db, case, keys, actor=actor, event="file.refused", detail=said)
