"""Note what was refused: a case that one may not know of, a file that does harm, a name."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from conductdesk.audit.models import INSTALLATION
from conductdesk.audit.record import Event, append
from conductdesk.cases.actions.recording import record, record_quietly
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


def note_still_named(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, named: Sequence[str]
) -> None:
    """Leave an entry that a text was refused for whom it seemed to name; the text is not kept."""
    said = {"said": f"A text for the auditors was refused: it seemed to name {', '.join(named)}."}
    record_quietly(db, case, keys, actor=actor, event="text.refused", detail=said)
