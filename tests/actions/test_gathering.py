"""Evidence: what was added, by whom, and that it was considered."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from conductdesk.cases.actions.gathering import add_evidence, add_evidence_file, consider
from conductdesk.cases.acts import NewEvidence
from conductdesk.cases.inquiry import allegations_of, evidence_of
from conductdesk.cases.models import Case, Evidence
from conductdesk.refusal import Refused
from conductdesk.vault.cleaning import FILE_LIMIT, PreparedFile, prepare
from conductdesk.vault.files import name_of, open_file
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.models import SealedFile
from conductdesk.vault.streams import FileSealer
from tests.actions import inquiry_steps as steps
from tests.cast import Cast

pytestmark = pytest.mark.both_backends

ITEM = NewEvidence("A letter", "against", "He wrote that he did not know.")


def photo() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x013B] = "marker-of-the-maker"
    Image.new("RGB", (20, 20)).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
def prepared() -> Iterator[PreparedFile]:
    sealer = FileSealer(FILE_LIMIT)
    sealer.write(photo())
    file = prepare(sealer, "C:\\phone\\screen.jpg")
    yield file
    file.close()


def add(cast: Cast, case: Case, item: NewEvidence = ITEM, who: str = "investigator") -> None:
    add_evidence(cast.db, case, cast.keys(case, who), actor=cast.viewer(who), evidence=item)
    cast.db.commit()


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
    add_evidence_file(
        db,
        case,
        cast.keys(case, "investigator"),
        actor=cast.viewer("investigator"),
        evidence=replace(ITEM, text=""),
        file=prepared,
    )
    db.commit()
    assert steps.count_entries(cast, case) == before + 1
    row, keys = evidence_of(db, case)[0], cast.keys(case, "decision_maker")
    original = db.get_one(SealedFile, row.original_id)
    working = db.get_one(SealedFile, row.working_id)
    assert b"".join(open_file(db, keys, original)) == photo()
    assert b"marker-of-the-maker" not in b"".join(open_file(db, keys, working))
    assert name_of(keys, original).name == "screen.jpg"
    digest = hashlib.sha256(photo()).hexdigest()
    assert name_of(keys, original).sha256 == digest
    assert steps.newest(cast, case)[2]["sha256"] == digest


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
        consider(
            db,
            case,
            cast.keys(case, "liaison"),
            actor=cast.viewer("liaison"),
            evidence_id=item_id,
        )
    steps.consider_all(cast, case)
    assert evidence_of(db, case)[0].considered_at is not None
    assert steps.newest(cast, case)[:2] == (
        "evidence.considered",
        {"bearing": "for", "waiting": 0},
    )
    with pytest.raises(Refused, match="considered already"):
        consider(
            db,
            case,
            cast.keys(case, "investigator"),
            actor=cast.viewer("investigator"),
            evidence_id=item_id,
        )


def test_an_item_of_another_case_cannot_be_considered_from_this_one(
    db: Session, cast: Cast
) -> None:
    other, case = steps.investigating(cast), steps.investigating(cast)
    item_id = steps.add_item(cast, other)
    with pytest.raises(Refused, match="not part of this case"):
        consider(
            db,
            case,
            cast.keys(case, "investigator"),
            actor=cast.viewer("investigator"),
            evidence_id=item_id,
        )
