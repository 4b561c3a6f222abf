"""A file of participants waits, sealed, until it is imported or forgotten."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from conductdesk import clock
from conductdesk.participants.actions.drawing_up import preview_import
from conductdesk.participants.actions.uploading import (
    Upload,
    UploadOver,
    drop_old_uploads,
    drop_upload,
    keep_upload,
    need_upload,
    sheet_of,
)
from conductdesk.participants.models import RegisterUpload
from conductdesk.participants.spreadsheet import FileUnreadable
from conductdesk.vault.models import SealedChunk
from conductdesk.vault.streams import FileSealer, FileTooLarge
from tests.actions.register_steps import PEOPLE, Kept
from tests.cast import Cast


def sealer(text: str) -> FileSealer:
    file = FileSealer(1_000_000)
    file.write(text.encode())
    return file


@pytest.fixture
def waiting(kept: Kept) -> Iterator[UUID]:
    """A file that waits."""
    file = sealer(PEOPLE)
    yield keep_upload(kept.cast.db, kept.register, kept.keys(), file=file, **kept.by())
    file.close()


@pytest.mark.both_backends
def test_a_file_waits_sealed_for_whoever_uploaded_it(cast: Cast, kept: Kept, waiting: UUID) -> None:
    cast.db.commit()  # it is no act on the register: no entry is asked for
    opened = needed(kept, waiting)("liaison")
    plan = preview_import(
        cast.db, kept.register, kept.keys(), sheet=sheet_of(cast.db, opened), **kept.by()
    )
    assert plan.added == 3
    for chunk in cast.db.scalars(select(SealedChunk.content)):
        assert b"Thistlewood" not in chunk
    with pytest.raises(UploadOver):
        needed(kept, waiting)("chair")


def test_a_file_is_forgotten_after_the_import_or_after_an_hour(
    cast: Cast, kept: Kept, waiting: UUID
) -> None:
    with clock.at(clock.now() + timedelta(minutes=61)):
        with pytest.raises(UploadOver):
            needed(kept, waiting)("liaison")
        drop_old_uploads(cast.db)
    assert left(cast) == (0, 0)
    file = sealer(PEOPLE)
    again = keep_upload(cast.db, kept.register, kept.keys(), file=file, **kept.by())
    assert left(cast) == (1, 1)
    drop_old_uploads(cast.db)
    drop_upload(cast.db, again)
    assert left(cast) == (0, 0)
    file.close()


def needed(kept: Kept, upload_id: UUID) -> Callable[[str], Upload]:
    def need(who: str) -> Upload:
        viewer = kept.cast.viewer(who)
        db, register, keys = kept.cast.db, kept.register, kept.keys(who)
        return need_upload(db, register, keys, actor=viewer, upload_id=upload_id)

    return need


def left(cast: Cast) -> tuple[int, int]:
    uploads = cast.db.scalar(select(func.count()).select_from(RegisterUpload)) or 0
    return uploads, cast.db.scalar(select(func.count()).select_from(SealedChunk)) or 0


def test_a_file_that_cannot_be_read_or_is_too_large_is_not_kept(cast: Cast, kept: Kept) -> None:
    small = FileSealer(10)
    small.write(PEOPLE.encode())
    for file, refusal in ((small, FileTooLarge), (sealer("name\nA"), FileUnreadable)):
        with pytest.raises(refusal):
            keep_upload(cast.db, kept.register, kept.keys(), file=file, **kept.by())
        file.close()
    assert left(cast) == (0, 0)
