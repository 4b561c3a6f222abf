"""A file goes into the database sealed, and comes out for those who hold its compartment."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.record import create_log
from conductdesk.audit.verify import Status, verify_log
from conductdesk.vault.files import (
    FileDamagedError,
    FileName,
    attach,
    drop_file,
    keep_chunks,
    name_of,
    open_file,
)
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment, SealedChunk, SealedFile
from conductdesk.vault.seal import SealBrokenError
from conductdesk.vault.streams import PIECE, FileFacts, FileSealer
from tests.actions.sealed_case import LOG, SealedCase, make_case

CLEAR = b"A photograph of the message. " * 60_000  # more than three pieces


@pytest.fixture
def case(db: Session, keystore: Keystore) -> SealedCase:
    """A case to which everybody has what `GRANTED` says."""
    return make_case(db, keystore)


def upload(db: Session, clear: bytes = CLEAR) -> FileFacts:
    sealer = FileSealer(limit=10_000_000)
    sealer.write(clear)
    facts = keep_chunks(db, sealer)
    sealer.close()
    return facts


def add(
    case: SealedCase, compartment: Compartment = Compartment.INTAKE, clear: bytes = CLEAR
) -> SealedFile:
    file = attach(
        case.db,
        case.keys_of(None),
        upload(case.db, clear),
        compartment,
        name="message.png",
        media_type="image/png",
    )
    case.record([])
    return file


@pytest.mark.both_backends
@pytest.mark.parametrize("clear", [CLEAR, b"", b"x", b"y" * PIECE])
def test_a_file_comes_out_as_it_went_in(case: SealedCase, clear: bytes) -> None:
    file = add(case, clear=clear)
    keys = case.keys_of("reporter")
    assert b"".join(open_file(case.db, keys, file)) == clear


def test_its_name_and_size_are_sealed_too(case: SealedCase) -> None:
    file = add(case)
    assert b"message.png" not in file.facts
    shown = name_of(case.keys_of("handler"), file)
    assert shown == FileName("message.png", "image/png", len(CLEAR), shown.sha256)


def test_without_a_grant_neither_name_nor_content_opens(case: SealedCase) -> None:
    file = add(case, Compartment.INTERNAL)
    for who in ("reporter", "outsider"):
        with pytest.raises(NotGranted):
            name_of(case.keys_of(who), file)
        with pytest.raises(NotGranted):
            open_file(case.db, case.keys_of(who), file)


def test_no_file_of_the_database_holds_the_clear_text(case: SealedCase, tmp_path: Path) -> None:
    add(case)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("*.db*"))
    assert b"photograph" not in stored
    assert b"message.png" not in stored


def test_two_files_cannot_be_exchanged(case: SealedCase) -> None:
    one, two = add(case), add(case)
    for field in ("file_key", "facts"):
        column = SealedFile.__table__.c[field]
        change = update(SealedFile).where(SealedFile.id == one.id)
        case.db.execute(change.values({column: getattr(two, field)}))
        case.db.refresh(one)
        with pytest.raises(SealBrokenError):
            case.keys_of("handler").open_file_part(one, field)
        case.db.rollback()


DAMAGES = (
    "DELETE FROM sealed_chunk",
    "DELETE FROM sealed_chunk WHERE seq = 3",
    "DELETE FROM sealed_chunk WHERE seq = 1",
    "UPDATE sealed_chunk SET seq = 9 WHERE seq = 3",
    "UPDATE sealed_chunk SET content = "
    "(SELECT c.content FROM sealed_chunk c WHERE c.seq = 0) WHERE seq = 1",
    "INSERT INTO sealed_chunk SELECT file_id, 4, content FROM sealed_chunk WHERE seq = 3",
)


@pytest.mark.both_backends
def test_a_missing_a_moved_and_an_added_piece_are_found_by_the_reader_and_by_the_log(
    case: SealedCase,
) -> None:
    file, key = add(case), verifier_key(case.db, case.keystore, LOG)
    case.db.commit()
    for statement in DAMAGES:
        case.db.execute(text(statement))
        with pytest.raises(FileDamagedError):
            open_file(case.db, case.keys_of("handler"), file)
        verdict = verify_log(case.db, LOG, key)
        assert verdict.status is Status.FAILED, statement
        assert f"sealed_file {file.id}: the content of the file" in (verdict.problem or "")
        case.db.rollback()
    assert verify_log(case.db, LOG, key).problem is None


def test_a_file_without_a_byte_and_an_upload_that_no_row_names_leave_the_log_as_it_is(
    case: SealedCase,
) -> None:
    file, key = add(case, clear=b""), verifier_key(case.db, case.keystore, LOG)
    drop_file(case.db, upload(case.db).file_id)
    upload(case.db)
    case.db.commit()
    assert verify_log(case.db, LOG, key).problem is None
    drop_file(case.db, file.id)
    assert verify_log(case.db, LOG, key).problem == (
        f"sealed_file {file.id}: the content of the file is missing"
    )


def test_another_log_does_not_vouch_for_the_file(case: SealedCase) -> None:
    create_log(case.db, "bes", "conduct.example/bes")
    file, key = add(case), verifier_key(case.db, case.keystore, "bes")
    drop_file(case.db, file.id)
    case.db.commit()
    assert verify_log(case.db, "bes", key).problem is None


def test_a_file_that_is_dropped_leaves_no_piece(db: Session) -> None:
    facts = upload(db)
    drop_file(db, facts.file_id)
    assert db.scalar(select(func.count()).select_from(SealedChunk)) == 0


def test_a_file_without_its_pieces_does_not_open_as_empty(case: SealedCase) -> None:
    file = add(case)
    drop_file(case.db, file.id)
    with pytest.raises(FileDamagedError):
        open_file(case.db, case.keys_of("handler"), file)
