"""Import a file: what was drawn up is written at once, as one act.

What is slow, reading, comparing and sealing, was done before the write lock is asked for: a reporter
who sends a concern meanwhile must not wait for 50,000 rows.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.participants.actions.drawing_up import DrawnImport
from conductdesk.participants.actions.recording import (
    Known,
    check_keeper,
    note_ties,
    record,
    store,
    write_index,
)
from conductdesk.participants.index import drop_index_rows
from conductdesk.participants.models import Register
from conductdesk.participants.spreadsheet import FileKind
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused, Stale
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


class RegisterMoved(Stale):
    """The register was changed after an import was drawn up."""

    def __init__(self) -> None:
        Refused.__init__(
            self, "Somebody changed the register meanwhile. Look at the preview, then import again."
        )


def take_in_import(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    drawn: DrawnImport,
    sha256: str,
) -> None:
    """Store what a file changes; *sha256* of the file goes into the sealed detail of the entry.

    Raises `RegisterMoved` where the register is not as it was, and `Refused` where the file has
    mistakes or changes nothing.
    """
    check_keeper(actor, pack)
    if register.version != drawn.version:
        raise RegisterMoved
    if not drawn.plan.changes_something:
        raise Refused("There is nothing in this file to import. Look at the preview.")
    if drawn.plan.kind is FileKind.PARTICIPANTS:
        store(db, register, drawn.changes)
        drop_index_rows(db, drawn.reindexed)
        write_index(db, drawn.index)
        note_ties(db, drawn.tied)
    else:
        known = Known.now(db, keys, register)
        store(db, register, drawn.changes)
        known.write_anew()
    _record_import(db, register, keys, actor, drawn, sha256)


def _record_import(
    db: Session, register: Register, keys: CaseKeys, actor: Viewer, drawn: DrawnImport, sha256: str
) -> None:
    plan = drawn.plan
    said = (
        f"Imported {plan.kind}: {plan.added} new, {plan.changed} changed, "
        f"{plan.unchanged} as they were. SHA-256 of the file: {sha256}"
    )
    pub = {"kind": plan.kind.value, "rows": plan.rows, "added": plan.added}
    pub |= {"changed": plan.changed, "unchanged": plan.unchanged}
    event = "register.imported"
    record(db, register, keys, actor=actor, event=event, said=said, pub=pub)
