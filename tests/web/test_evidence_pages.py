"""Evidence by hand: texts and files, their errors in place, considering, and both downloads."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import delete, update
from werkzeug.test import TestResponse

from conductdesk.cases.inquiry import allegations_of, evidence_of
from conductdesk.cases.models import Case
from conductdesk.db import Database
from conductdesk.vault.models import SealedChunk
from conductdesk.web import uploads
from tests.actions.inquiry_steps import add_item, decided, investigating, newest
from tests.cast import Cast
from tests.conftest import Faces
from tests.files import CAMERA, NOT_KEPT, a_photo
from tests.web.desk_visitor import SITE, AtTheDesk, words_of
from tests.web.slow_body import SlowBody


def send(
    desk: AtTheDesk, case: Case, file: tuple[bytes, str] | None = None, **typed: str
) -> TestResponse:
    """Fill the page for new evidence in, and send it."""
    desk.get(f"/cases/{case.id}/evidence/new")
    values: dict[str, object] = {"title": "A letter", "bearing": "for", "allegation_id": ""}
    values |= typed
    if file is not None:
        values["file"] = (BytesIO(file[0]), file[1])
    return desk.post(f"/cases/{case.id}/evidence", values)


def only_item(cast: Cast, case: Case) -> UUID:
    """Return the id of the case's only item."""
    cast.db.expire_all()
    (item,) = evidence_of(cast.db, case)
    return item.id


def test_a_text_is_added_and_considered(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    about = str(allegations_of(cast.db, case)[0].id)
    sent = send(desk, case, text="He wrote that he knew.", allegation_id=about)
    assert sent.status_code == 303, words_of(sent)
    words = words_of(desk.get(f"/cases/{case.id}/evidence"))
    assert "A letter" in words
    assert "Supports the allegation" in words

    item = only_item(cast, case)
    page = desk.get(f"/cases/{case.id}/evidence/{item}")
    assert "He wrote that he knew." in words_of(page)
    sent = desk.post(f"/cases/{case.id}/evidence/{item}/consideration")
    assert sent.status_code == 303, words_of(sent)
    assert newest(cast, case)[0] == "evidence.considered"
    assert "I have considered it" not in desk.get(f"/cases/{case.id}/evidence/{item}").text


def test_considering_twice_is_refused_in_words(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    item = add_item(cast, case)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    desk.get(f"/cases/{case.id}/evidence/{item}")
    desk.post(f"/cases/{case.id}/evidence/{item}/consideration")
    again = desk.post(f"/cases/{case.id}/evidence/{item}/consideration")
    assert again.status_code == 422
    assert "has been considered already" in words_of(again)


def test_only_the_investigator_considers(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    item = add_item(cast, case)
    desk = AtTheDesk(faces.desk, cast, "liaison")
    page = desk.get(f"/cases/{case.id}/evidence/{item}")
    assert "I have considered it" not in page.text
    desk.get(f"/cases/{case.id}/evidence/new")
    sent = desk.post(f"/cases/{case.id}/evidence/{item}/consideration")
    assert sent.status_code == 404


def test_a_picture_comes_back_without_its_metadata_and_the_original_with_it(
    faces: Faces, cast: Cast
) -> None:
    case, picture = investigating(cast), a_photo()
    assert CAMERA.encode() in picture
    desk = AtTheDesk(faces.desk, cast, "investigator")
    sent = send(desk, case, (picture, "../letter\u202e.jpg"), text="")
    assert sent.status_code == 303, words_of(sent)
    place = f"/cases/{case.id}/evidence/{only_item(cast, case)}"
    page = desk.get(place)
    assert "letter.jpg" in page.text
    assert "Download the working copy" in page.text

    copy = desk.get(f"{place}/copy")
    assert CAMERA.encode() not in copy.data
    assert Image.open(BytesIO(copy.data)).size == (20, 20)
    original = desk.get(f"{place}/original")
    assert original.data == picture
    for answer in (copy, original):
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Security-Policy"].startswith("sandbox")
        answer.close()


def test_a_damaged_file_is_said_on_a_page_and_a_whole_one_says_how_long_it_is(
    faces: Faces, cast: Cast
) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    send(desk, case, (b"What he wrote. " * 9_000, "letter.txt"), text="")
    place = f"/cases/{case.id}/evidence/{only_item(cast, case)}"
    whole = desk.get(f"{place}/original")
    assert whole.content_length == len(whole.data) == 135_000
    whole.close()
    damage = update(SealedChunk).values(content=bytes(135_000))
    for statement in (damage, delete(SealedChunk)):
        cast.db.execute(statement)
        cast.db.commit()
        answer = desk.get(f"{place}/original")
        assert answer.status_code == 500
        assert "This file is damaged" in words_of(answer)
        assert "It can be restored from a backup" in words_of(answer)
        assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert desk.get(place).status_code == 200  # the item itself stays readable


@pytest.mark.parametrize(("content", "name", "says"), NOT_KEPT)
def test_a_file_that_cannot_be_kept_is_refused_in_place_and_the_rest_is_kept(
    faces: Faces, cast: Cast, content: bytes, name: str, says: str
) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    answer = send(desk, case, (content, name), text="What it shows.", bearing="against")
    assert answer.status_code == 422
    assert says in words_of(answer)
    assert 'href="#file"' in answer.text
    assert "What it shows." in answer.text
    assert 'value="A letter"' in answer.text
    assert 'value="against" checked' in answer.text
    assert evidence_of(cast.db, case) == []


def test_others_can_write_while_a_file_arrives(
    faces: Faces, cast: Cast, database: Database
) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    desk.get(f"/cases/{case.id}/evidence/new")
    body = SlowBody.holding(
        {
            "csrf_token": desk.token,
            "title": "A letter",
            "bearing": "for",
            "allegation_id": "",
            "file": (BytesIO(b"What he wrote."), "letter.txt"),
        },
        database,
    )
    place = f"/cases/{case.id}/evidence"
    cast.db.commit()  # reading the case began a transaction
    sent = desk.client.post(place, base_url=SITE, **body.as_request())
    assert sent.status_code == 303, words_of(sent)
    assert body.written > 0
    only_item(cast, case)


def test_a_file_that_is_too_large_is_refused_in_place(
    faces: Faces, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = investigating(cast)
    monkeypatch.setattr(uploads, "FILE_LIMIT", 10)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    answer = send(desk, case, (b"more than ten bytes", "letter.txt"), text="Kept.")
    assert answer.status_code == 422
    assert "This file is larger than" in words_of(answer)
    assert "Kept." in answer.text


def test_neither_text_nor_file_is_a_mistake_with_words(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    answer = send(desk, case, text="  ", title="")
    assert answer.status_code == 422
    assert "Give the item a short title" in words_of(answer)
    answer = send(desk, case, text="  ")
    assert answer.status_code == 422
    assert "Write down the evidence, or choose a file" in words_of(answer)


def test_evidence_about_an_allegation_of_another_case_is_refused(faces: Faces, cast: Cast) -> None:
    case, other = investigating(cast), investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    theirs = str(allegations_of(cast.db, other)[0].id)
    answer = send(desk, case, text="Something.", allegation_id=theirs)
    assert answer.status_code == 422
    assert evidence_of(cast.db, case) == []


def test_an_item_of_another_case_is_not_found(faces: Faces, cast: Cast) -> None:
    case, other = investigating(cast), investigating(cast)
    item = add_item(cast, other)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    for place in ("", "/copy", "/original"):
        assert desk.get(f"/cases/{case.id}/evidence/{item}{place}").status_code == 404


def test_a_text_has_no_file_to_download(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    item = add_item(cast, case)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    assert desk.get(f"/cases/{case.id}/evidence/{item}/original").status_code == 404


def test_nobody_adds_evidence_after_the_report(faces: Faces, cast: Cast) -> None:
    case = decided(cast)
    desk = AtTheDesk(faces.desk, cast, "liaison")
    assert "Add evidence" not in desk.get(f"/cases/{case.id}/evidence").text
    answer = send(desk, case, text="Too late.")
    assert answer.status_code == 422
    assert "Too late." in answer.text
