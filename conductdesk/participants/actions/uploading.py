"""A file waits, sealed, until its preview is accepted."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.participants.actions.recording import check_keeper
from conductdesk.participants.models import Register, RegisterUpload
from conductdesk.participants.queries import theirs_of
from conductdesk.participants.rules import Theirs
from conductdesk.participants.spreadsheet import FileKind, Sheet, read_sheet
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.files import drop_file, keep_chunks, open_upload
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.streams import FileSealer

KEPT_FOR = timedelta(hours=1)


class UploadOver(Refused):
    """A file that is imported already, or waited too long."""

    def __init__(self) -> None:
        super().__init__("This file is not kept any more. Upload it again.")


@dataclass(frozen=True)
class Upload:
    """A file that waits, and what opens it."""

    id: UUID
    file_id: UUID
    key: bytes = field(repr=False)
    sha256: str


def keep_upload(
    db: Session, register: Register, keys: CaseKeys, *, pack: Pack, actor: Viewer, file: FileSealer
) -> UUID:
    """Keep a file until it is imported or an hour is over; return its id.

    Raises `Refused` where it is too large, or is no file that the register knows. It is no act on
    the register yet, and leaves no entry.
    """
    check_keeper(actor, pack)
    facts = file.finish()
    check_sheet(read_sheet(file.clear()), theirs_of(actor, pack))
    row_id = uuid4()
    said = {"file": facts.file_id.hex, "key": facts.key.hex(), "sha256": facts.sha256}
    row = RegisterUpload(
        id=row_id,
        register_id=register.id,
        account_id=actor.account_id,
        expires=clock.now() + KEPT_FOR,
        file=keys.seal(RegisterUpload.file, row_id, json.dumps(said)),
        file_id=facts.file_id,
    )
    keep_chunks(db, file)
    db.add(row)
    db.flush()
    return row_id


def check_sheet(sheet: Sheet, theirs: Theirs) -> None:
    """Raise `Refused` where a file is about more people than its keeper keeps."""
    if not theirs.is_all and sheet.kind is not FileKind.PARTICIPANTS:
        raise Refused(
            "You keep the people of your own organisation, and a file of groups or ties may be "
            "about others. Ask an officer of the whole scheme to import it."
        )


def need_upload(
    db: Session, register: Register, keys: CaseKeys, *, actor: Viewer, upload_id: UUID
) -> Upload:
    """Return a file that *actor* uploaded, or raise `UploadOver`."""
    row = db.get(RegisterUpload, upload_id)
    if row is None or row.expires <= clock.now():
        raise UploadOver
    if (row.register_id, row.account_id) != (register.id, actor.account_id):
        raise UploadOver
    said = json.loads(keys.open(RegisterUpload.file, row))
    return Upload(row.id, UUID(hex=said["file"]), bytes.fromhex(said["key"]), said["sha256"])


def sheet_of(db: Session, upload: Upload) -> Sheet:
    """Return a file as rows; its pieces are opened one after the other."""
    return read_sheet(open_upload(db, upload.key, upload.file_id))


def note_progress(db: Session, upload_id: UUID, rows: int) -> None:
    """Say how far an import has come, for whoever watches it."""
    db.execute(update(RegisterUpload).where(RegisterUpload.id == upload_id).values(rows_done=rows))


def rows_done(db: Session, register: Register, upload_id: UUID) -> int | None:
    """Return how far an import has come; None where the file is not there any more."""
    row = db.get(RegisterUpload, upload_id)
    return None if row is None or row.register_id != register.id else row.rows_done


def drop_upload(db: Session, upload_id: UUID) -> None:
    """Forget a file that waited."""
    row = db.get(RegisterUpload, upload_id)
    if row is not None:
        drop_file(db, row.file_id)
        db.delete(row)
        db.flush()


def drop_old_uploads(db: Session) -> None:
    """Forget every file that waited too long."""
    over = select(RegisterUpload.id).where(RegisterUpload.expires <= clock.now())
    for upload_id in db.scalars(over).all():
        drop_upload(db, upload_id)
