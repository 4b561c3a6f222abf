"""Evidence: what was added, by whom, and that it was considered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.actions.gathering import (
    add_evidence,
    add_evidence_file,
    add_sent_file,
    consider,
)
from conductdesk.cases.acts import NewEvidence
from conductdesk.cases.inquiry import allegations_of, evidence_of
from conductdesk.cases.models import Case, Evidence, Message
from conductdesk.refusal import Refused
from conductdesk.vault.cleaning import PreparedFile
from conductdesk.vault.files import name_of, open_file
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.models import Compartment, SealedChunk, SealedFile
from tests.actions import inquiry_steps as steps
from tests.cast import Cast
from tests.files import CAMERA, a_docx, a_photo, checked

pytestmark = pytest.mark.both_backends

ITEM = NewEvidence("A letter", "against", "He wrote that he did not know.")


@pytest.fixture
def prepared() -> Iterator[PreparedFile]:
    with checked(a_photo(), "C:\\phone\\screen.jpg") as file:
        yield file


def add(cast: Cast, case: Case, item: NewEvidence = ITEM, who: str = "investigator") -> None:
    cast.let(who, case, add_evidence, evidence=item)


def test_a_text_is_sealed_and_its_entry_says_only_which_way_it_points(
    db: Session, cast: Cast
) -> None:
    case = steps.investigating(cast)
    letter = allegations_of(db, case)[0]
    add(cast, case, replace(ITEM, allegation_id=letter.id))
    row = evidence_of(db, case)[0]
    assert cast.keys(case, "decision_maker").open(Evidence.text, row) == ITEM.text
    type_, pub, detail = steps.newest(cast, case)
    assert type_ == "evidence.added"
    assert pub == {"bearing": "against", "form": "text", "allegation": "A"}
    assert detail["sha256"] == hashlib.sha256(ITEM.text.encode()).hexdigest()


def test_a_file_keeps_its_original_and_a_copy_without_its_maker(
    db: Session, cast: Cast, prepared: PreparedFile
) -> None:
    case = steps.investigating(cast)
    before = steps.count_entries(cast, case)
    cast.let(
        "investigator", case, add_evidence_file, evidence=replace(ITEM, text=""), file=prepared
    )
    assert steps.count_entries(cast, case) == before + 1
    row, keys = evidence_of(db, case)[0], cast.keys(case, "decision_maker")
    original = db.get_one(SealedFile, row.original_id)
    working = db.get_one(SealedFile, row.working_id)
    assert b"".join(open_file(db, keys, original)) == a_photo()
    assert CAMERA.encode() not in b"".join(open_file(db, keys, working))
    assert name_of(keys, original).name == "screen.jpg"
    digest = hashlib.sha256(a_photo()).hexdigest()
    assert name_of(keys, original).sha256 == digest
    assert steps.newest(cast, case)[2]["sha256"] == digest


def sent(cast: Cast, case: Case, content: bytes, name: str) -> Message:
    """Let the reporter send a file."""
    with checked(content, name) as file:
        message = write_as_reporter(cast.db, case, cast.reporter_keys(case), text="", file=file)
    cast.db.commit()
    return message


def add_sent(cast: Cast, case: Case, message_id: UUID, who: str = "liaison") -> None:
    keys, actor = cast.keys(case, who), cast.viewer(who)
    add_sent_file(cast.db, case, keys, actor=actor, message_id=message_id)
    cast.db.commit()


def test_a_file_from_the_mailbox_becomes_evidence_as_it_is(db: Session, cast: Cast) -> None:
    case = steps.investigating(cast)
    message = sent(cast, case, a_photo(), "screen.jpg")
    pieces, before = chunks(db), steps.count_entries(cast, case)
    add_sent(cast, case, message.id)
    assert chunks(db) == pieces  # no byte is stored, or made, a second time
    assert steps.count_entries(cast, case) == before + 1
    row, keys = evidence_of(db, case)[0], cast.keys(case, "decision_maker")
    assert not keys.holds(Compartment.INTAKE)
    original = db.get_one(SealedFile, row.original_id)
    working = db.get_one(SealedFile, row.working_id)
    assert b"".join(open_file(db, keys, original)) == a_photo()
    assert b"".join(open_file(db, keys, working)) == content_of(cast, case, message.working_id)
    digest = hashlib.sha256(a_photo()).hexdigest()
    assert name_of(keys, original).sha256 == digest
    assert name_of(keys, original).name == name_of(keys, working).name == "screen.jpg"
    assert steps.newest(cast, case)[0] == "evidence.added"
    assert steps.newest(cast, case)[2]["sha256"] == digest
    assert b"".join(open_file(db, cast.reporter_keys(case), sent_file(db, message))) == a_photo()
    with pytest.raises(NotGranted):
        open_file(db, cast.reporter_keys(case), original)


def chunks(db: Session) -> int:
    return db.query(SealedChunk).count()


def sent_file(db: Session, message: Message) -> SealedFile:
    return db.get_one(SealedFile, message.original_id)


def content_of(cast: Cast, case: Case, file_id: UUID | None) -> bytes:
    """Return a file of the mailbox, opened with the reporter's key."""
    file = cast.db.get_one(SealedFile, file_id)
    return b"".join(open_file(cast.db, cast.reporter_keys(case), file))


def test_a_word_document_from_the_mailbox_becomes_evidence_without_a_working_copy(
    db: Session, cast: Cast
) -> None:
    case = steps.investigating(cast)
    statement = a_docx()
    message = sent(cast, case, statement, "statement.docx")
    assert message.working_id is None
    add_sent(cast, case, message.id)
    row = evidence_of(db, case)[0]
    assert row.working_id is None
    original = db.get_one(SealedFile, row.original_id)
    keys = cast.keys(case, "decision_maker")
    assert b"".join(open_file(db, keys, original)) == statement


def test_only_a_file_of_this_very_case_is_added_from_the_mailbox(db: Session, cast: Cast) -> None:
    case, other = steps.investigating(cast), steps.investigating(cast)
    theirs = sent(cast, other, b"Theirs.", "note.txt")
    with pytest.raises(Refused, match="not part of this case"):
        add_sent(cast, case, theirs.id)
    keys = cast.reporter_keys(case)
    bare = write_as_reporter(db, case, keys, text="No file.")
    db.commit()
    with pytest.raises(Refused, match="no file with this message"):
        add_sent(cast, case, bare.id)
    assert evidence_of(db, case) == []


def test_the_reporter_has_no_key_to_a_file_of_the_inquiry(
    db: Session, cast: Cast, prepared: PreparedFile
) -> None:
    case = steps.investigating(cast)
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    add_evidence_file(db, case, keys, actor=actor, evidence=ITEM, file=prepared)
    db.commit()
    original = db.get_one(SealedFile, evidence_of(db, case)[0].original_id)
    with pytest.raises(NotGranted):
        open_file(db, cast.reporter_keys(case), original)


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        (replace(ITEM, title=" "), "short title"),
        (replace(ITEM, text=""), "Write down the evidence"),
        (replace(ITEM, bearing="maybe"), "supports or speaks against"),
        (replace(ITEM, allegation_id=uuid4()), "not part of this case"),
    ],
)
def test_an_item_with_a_gap_is_refused(cast: Cast, item: NewEvidence, sentence: str) -> None:
    case = steps.investigating(cast)
    with pytest.raises(Refused, match=sentence):
        add(cast, case, item)


def test_the_decision_maker_adds_no_evidence(cast: Cast) -> None:
    case = steps.investigating(cast)
    with pytest.raises(Refused, match="Only the officer in charge or the investigator"):
        add(cast, case, who="decision_maker")


def test_nothing_is_added_once_the_report_is_locked(cast: Cast) -> None:
    case = steps.reported(cast)
    with pytest.raises(Refused, match="not possible now"):
        add(cast, case)


def test_an_item_is_considered_once_by_the_investigator(db: Session, cast: Cast) -> None:
    case = steps.investigating(cast)
    item_id = steps.add_item(cast, case)
    with pytest.raises(Refused, match="Only the investigator"):
        cast.let("liaison", case, consider, evidence_id=item_id)
    steps.consider_all(cast, case)
    assert evidence_of(db, case)[0].considered_at is not None
    assert steps.newest(cast, case)[:2] == (
        "evidence.considered",
        {"bearing": "for", "waiting": 0},
    )
    with pytest.raises(Refused, match="considered already"):
        cast.let("investigator", case, consider, evidence_id=item_id)


def test_an_item_of_another_case_cannot_be_considered_from_this_one(
    db: Session, cast: Cast
) -> None:
    other, case = steps.investigating(cast), steps.investigating(cast)
    item_id = steps.add_item(cast, other)
    with pytest.raises(Refused, match="not part of this case"):
        cast.let("investigator", case, consider, evidence_id=item_id)
