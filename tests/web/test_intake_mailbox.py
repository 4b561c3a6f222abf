"""The reporter comes back with the receipt."""

from __future__ import annotations

import io
import re
from uuid import UUID

import pytest
from sqlalchemy import delete, select
from werkzeug.test import TestResponse

from conductdesk.cases.models import Case
from conductdesk.db import Database
from conductdesk.faces import public_face
from conductdesk.notices.models import OutboxRow
from conductdesk.vault.files import name_of, open_file
from conductdesk.vault.models import SealedChunk, SealedFile
from conductdesk.vault.receipts import Receipt
from conductdesk.web.state import Services
from tests.cast import Cast, a_concern
from tests.files import CAMERA, NOT_KEPT, a_photo
from tests.web.slow_body import SlowBody
from tests.web.visitor import SITE, Visitor, words_of

UNKNOWN = Receipt(bytes(15)).code


@pytest.mark.parametrize("form", ["code", "no check", "words", "sloppy"])
def test_the_receipt_opens_the_mailbox_in_any_form(
    stranger: Visitor, receipt: Receipt, form: str
) -> None:
    typed = {
        "code": receipt.code,
        "no check": "".join(receipt.groups),
        "words": " ".join(receipt.words),
        "sloppy": "-".join(receipt.groups).lower(),
    }[form]
    stranger.post("/wcc/messages/open", {"receipt": typed})
    words = words_of(stranger.get("/wcc/messages"))
    assert "Thank you for telling us. I have read it." in words
    assert "Mentoring Liaison Officer at" in words


@pytest.mark.parametrize("typed", ["", "nonsense", "\x00", "7KQ2 " * 200, UNKNOWN])
def test_a_wrong_receipt_gets_a_sentence(stranger: Visitor, typed: str) -> None:
    shown = stranger.post("/wcc/messages/open", {"receipt": typed})
    assert shown.status_code == 422
    assert "There is a problem" in shown.text
    assert stranger.cookie() is None


def test_wrong_receipts_are_limited_but_a_right_one_still_opens(
    stranger: Visitor, receipt: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conductdesk.intake.views.mailbox.WRONG_TRIES", 1)
    wrong = {"receipt": Receipt.mint().code}
    assert stranger.post("/wcc/messages/open", wrong).status_code == 422
    shown = stranger.post("/wcc/messages/open", wrong)
    assert shown.status_code == 429
    assert "Try again in 10 minutes" in shown.text
    assert stranger.post("/wcc/messages/open", {"receipt": receipt.code}).status_code == 303


def test_the_mailbox_says_where_it_stands_and_when_to_hear(reporter: Visitor) -> None:
    words = words_of(reporter.get("/wcc/messages"))
    assert "A person has read it" in words
    assert "You will hear from us by" in words
    assert "We choose what to do" in words


def test_the_mailbox_says_who_reads_and_names_nobody(reporter: Visitor) -> None:
    words = words_of(reporter.get("/wcc/messages"))
    assert "The mentoring liaison officer Reads all of it" in words
    assert "Isolde" not in words


def test_writing_back_reaches_the_thread_and_the_officers(
    reporter: Visitor, web_services: Services
) -> None:
    sent = reporter.post("/wcc/messages", {"message": "It was in September."})
    assert sent.status_code == 303
    assert "It was in September." in words_of(reporter.get("/wcc/messages"))
    with web_services.database.reading() as db:
        assert db.scalars(select(OutboxRow).where(OutboxRow.case_id.is_not(None))).first()


def test_an_empty_message_is_asked_for(reporter: Visitor) -> None:
    shown = reporter.post("/wcc/messages", {"message": "  "})
    assert shown.status_code == 422
    assert "Write a message, or choose a file." in shown.text


def add(reporter: Visitor, content: bytes, name: str, message: str = "") -> TestResponse:
    """Send a file through the form of the mailbox."""
    form = {"message": message, "file": (io.BytesIO(content), name)}
    return reporter.post("/wcc/messages", form, content_type="multipart/form-data")


def test_a_file_comes_back_as_it_was_sent_or_a_page_says_that_it_is_damaged(
    reporter: Visitor, cast: Cast
) -> None:
    sent = add(reporter, a_photo(), "what i saw.jpg")
    assert sent.headers["Location"] == "/wcc/messages#thread"
    found = re.search(
        r'href="(/wcc/messages/files/[0-9a-f-]+)"', reporter.get("/wcc/messages").text
    )
    assert found is not None
    fetched = reporter.get(found[1])
    assert fetched.data == a_photo()
    assert "attachment" in fetched.headers["Content-Disposition"]
    cast.db.execute(delete(SealedChunk))
    cast.db.commit()
    told = reporter.get(found[1])
    assert told.status_code == 500
    assert "This file is damaged" in words_of(told)
    assert "send it again" in words_of(told)


def test_a_file_is_kept_sealed_with_a_copy_that_does_not_tell_where_it_was_made(
    reporter: Visitor, web_services: Services, cast: Cast, case_id: UUID
) -> None:
    add(reporter, a_photo(), "../what i saw\u202e.jpg")
    case = cast.db.get_one(Case, case_id)
    original, working = cast.db.scalars(select(SealedFile).order_by(SealedFile.kind)).all()
    assert (original.kind, working.kind) == ("original", "working")
    keys = cast.keys(case, "liaison")
    copy = b"".join(open_file(cast.db, keys, working))
    assert copy
    assert CAMERA.encode() not in copy
    assert name_of(keys, working).name == "what i saw.jpg"
    assert CAMERA.encode() in b"".join(open_file(cast.db, keys, original))


@pytest.mark.parametrize(("content", "name", "says"), NOT_KEPT)
def test_a_file_that_cannot_be_kept_is_refused_in_place_and_the_message_is_kept(
    reporter: Visitor, web_services: Services, content: bytes, name: str, says: str
) -> None:
    shown = add(reporter, content, name, "See the picture")
    assert shown.status_code == 422
    assert says in words_of(shown)
    assert 'href="#file"' in shown.text
    assert "See the picture" in shown.text
    with web_services.database.reading() as db:
        assert db.scalars(select(SealedFile)).all() == []


def test_a_file_that_is_too_large_keeps_the_message(
    reporter: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conductdesk.web.uploads.FILE_LIMIT", 1000)
    shown = add(reporter, b"x" * 1001, "big.png", "See the picture")
    assert shown.status_code == 422
    assert "Choose a smaller one" in shown.text
    assert "See the picture" in shown.text


def test_others_can_write_while_a_file_arrives(reporter: Visitor, database: Database) -> None:
    body = SlowBody.holding(
        {"csrf_token": reporter.token, "message": "", "file": (io.BytesIO(b"Seen."), "a.txt")},
        database,
    )
    sent = reporter.client.post("/wcc/messages", base_url=SITE, **body.as_request())
    assert sent.status_code == 303, words_of(sent)
    assert body.written > 0


def test_an_invented_file_is_not_found(reporter: Visitor) -> None:
    path = "/wcc/messages/files/00000000-0000-4000-8000-000000000000"
    assert reporter.get(path).status_code == 404


def test_stopping_is_an_event_and_not_an_exit(reporter: Visitor, web_services: Services) -> None:
    assert "Somebody decides whether we go on" in words_of(reporter.get("/wcc/messages/stop"))
    assert reporter.post("/wcc/messages/stop", {"reason": ""}).status_code == 303
    words = words_of(reporter.get("/wcc/messages"))
    assert "You told us that you do not want to go on." in words
    with web_services.database.reading() as db:
        assert db.scalars(select(Case)).one().state == "acknowledged"


@pytest.mark.parametrize(
    "page",
    ["treated-badly", "stop", "consents", "files/00000000-0000-4000-8000-000000000000"],
)
def test_a_stranger_finds_no_page_of_a_mailbox(stranger: Visitor, page: str) -> None:
    assert stranger.get(f"/wcc/messages/{page}").status_code == 404


def test_closing_the_mailbox_closes_it(reporter: Visitor) -> None:
    assert reporter.post("/wcc/messages/leave").headers["Location"] == "/wcc/"
    assert "Open my messages" in words_of(reporter.get("/wcc/messages"))


def test_a_fresh_receipt_leads_straight_to_the_messages(web_services: Services, cast: Cast) -> None:
    visitor = Visitor(public_face(web_services))
    cast.db.commit()
    visitor.send()
    assert "We have what you told us" in words_of(visitor.get("/wcc/messages"))


def test_a_file_can_be_added_right_after_sending_without_the_receipt(
    web_services: Services, cast: Cast
) -> None:
    visitor = Visitor(public_face(web_services))
    cast.db.commit()
    receipt = visitor.send()
    assert 'action="/wcc/receipt/files"' in visitor.get("/wcc/receipt").text
    led = visitor.post("/wcc/receipt/files")
    assert led.headers["Location"] == "/wcc/messages#file"
    page = visitor.get("/wcc/messages")
    assert 'id="file"' in page.text
    assert 'href="/wcc/receipt">Go back to your receipt' in page.text
    assert add(visitor, a_photo(), "seen.jpg").status_code == 303
    assert "seen.jpg" in words_of(visitor.get("/wcc/messages"))
    assert visitor.receipt() == receipt


def test_the_file_goes_to_the_case_of_the_receipt_on_the_page_and_not_to_the_one_before(
    reporter: Visitor, receipt: Receipt, case_id: UUID, web_services: Services
) -> None:
    reporter.get("/wcc/messages/treated-badly")
    reporter.post("/wcc/messages/treated-badly", {"account": "He stopped the meetings."})
    reporter.get("/wcc/receipt")
    reporter.post("/wcc/receipt/files")
    reporter.get("/wcc/messages")
    assert add(reporter, a_photo(), "seen.jpg").status_code == 303
    with web_services.database.reading() as db:
        linked = db.scalars(select(Case).where(Case.linked_to == case_id)).one()
        assert set(db.scalars(select(SealedFile.case_id))) == {linked.id}


def test_without_a_receipt_to_show_adding_a_file_leads_to_the_door(stranger: Visitor) -> None:
    stranger.post("/wcc/start")
    stranger.get("/wcc/question/1")
    assert stranger.post("/wcc/receipt/files").status_code == 303
    page = stranger.get("/wcc/messages")
    assert "Open my messages" in words_of(page)
    assert "Go back to your receipt" not in page.text


def test_after_i_have_saved_it_the_mailbox_is_closed(web_services: Services, cast: Cast) -> None:
    visitor = Visitor(public_face(web_services))
    cast.db.commit()
    visitor.send()
    visitor.post("/wcc/receipt/files")
    visitor.get("/wcc/receipt")
    visitor.post("/wcc/receipt/saved")
    assert "Open my messages" in words_of(visitor.get("/wcc/messages"))


def test_the_mailbox_of_one_reporter_shows_nothing_of_another(
    reporter: Visitor, cast: Cast
) -> None:
    cast.received(a_concern(account="Something quite different"))
    assert "quite different" not in words_of(reporter.get("/wcc/messages"))
