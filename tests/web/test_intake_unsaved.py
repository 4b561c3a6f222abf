"""Nothing of a reporter's goes without a word: not a receipt, not a draft, not what was typed."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from conductdesk import clock
from conductdesk.db import Database
from conductdesk.vault.receipts import Receipt
from conductdesk.web.models import WebSession
from conductdesk.web.state import Services
from tests.cast import Cast
from tests.files import a_photo
from tests.web.overlapping import overlapping, twin_of
from tests.web.second_scheme import KEY, second_scheme
from tests.web.visitor import CONCERN, SITE, Visitor, words_of

LATE = "It happened again on Monday."
NOT_SAVED = "What you wrote was not saved"
OPEN = "/wcc/messages/open"
BADLY = "/wcc/messages/treated-badly"
TURN = re.compile(r'name="turn"[^>]*value="([^"]*)"')


def refused(visitor: Visitor, path: str, **values: str) -> str:
    """Send a form that is not taken, and return what the page says."""
    shown = visitor.post(path, dict(values))
    assert shown.status_code == 422
    return words_of(shown)


def test_an_answer_that_overlaps_with_sending_brings_no_draft_back(
    visitor: Visitor, web_services: Services, any_database: Database
) -> None:
    visitor.answer(*CONCERN)
    visitor.get("/wcc/check")
    values = {"csrf_token": visitor.token, "account": LATE}
    send = twin_of(visitor)
    late = visitor.client.post(
        "/wcc/question/4",
        **overlapping(web_services, values, lambda: send.post("/wcc/concern")),
    )
    assert late.status_code == 422
    assert "You sent it from another page" in words_of(late)
    assert LATE in words_of(late)
    assert visitor.get("/wcc/question/4").headers["Location"] == "/wcc/start"
    assert visitor.receipt() == send.receipt()
    assert "We have what you told us" in words_of(visitor.get("/wcc/messages"))


def test_two_answers_at_once_are_both_kept(
    visitor: Visitor, web_services: Services, any_database: Database
) -> None:
    visitor.answer(*CONCERN)
    values = {"csrf_token": visitor.token, "account": LATE}
    other = twin_of(visitor)
    sent = visitor.client.post(
        "/wcc/question/4",
        **overlapping(
            web_services, values, lambda: other.post("/wcc/question/5", {"happened": "In May"})
        ),
    )
    assert sent.headers["Location"] == "/wcc/check"
    words = words_of(visitor.get("/wcc/check"))
    assert LATE in words
    assert "In May" in words


def test_every_receipt_stays_until_it_was_saved(visitor: Visitor) -> None:
    given = [visitor.send()]
    turn = TURN.findall(visitor.get(BADLY).text)[0]
    visitor.post(BADLY, {"account": "He stopped the meetings.", "turn": turn})
    given.append(visitor.receipt())
    given.append(visitor.send())
    assert len(set(given)) == 3
    assert "You have another receipt" in words_of(visitor.get("/wcc/receipt"))
    for receipt in reversed(given):
        assert visitor.receipt() == receipt
        last = visitor.post("/wcc/receipt/saved").headers["Location"]
    assert last == "/wcc/messages"
    assert visitor.cookie() is None


def test_what_a_second_page_says_of_bad_treatment_is_heard_as_well(visitor: Visitor) -> None:
    visitor.send()
    turns = [TURN.findall(visitor.get(BADLY).text)[0] for _page in range(2)]
    given = set()
    for turn in (*turns, turns[0]):
        visitor.post(BADLY, {"account": LATE, "turn": turn})
        given.add(visitor.receipt())
    assert len(given) == 2


def test_saving_means_the_receipt_that_the_page_shows(visitor: Visitor) -> None:
    visitor.send()
    page = visitor.get("/wcc/receipt").text
    which = page.partition('name="which" value="')[2].partition('"')[0]
    second = visitor.send()
    assert visitor.post("/wcc/receipt/saved", {"which": which}).headers["Location"] == (
        "/wcc/receipt"
    )
    assert visitor.receipt() == second
    assert "You have another receipt" not in words_of(visitor.get("/wcc/receipt"))


def test_saving_a_receipt_leaves_the_draft_of_a_second_concern(visitor: Visitor) -> None:
    visitor.send()
    visitor.answer(*CONCERN[:4])
    visitor.post("/wcc/receipt/saved")
    assert "He passed on what I had said" in visitor.get("/wcc/question/4").text


def test_another_receipt_opens_its_messages_only_after_a_warning(
    visitor: Visitor, receipt: Receipt, case_id: UUID
) -> None:
    unsaved = visitor.send()
    visitor.answer(*CONCERN[:4])
    words = refused(visitor, OPEN, receipt=receipt.code)
    assert "Opening your messages deletes them" in words
    assert "A receipt that you have not saved. Show the receipt" in words
    assert "Answers that you have not sent. Go on with them" in words
    assert visitor.receipt() == unsaved
    assert "He passed on what I had said" in visitor.get("/wcc/question/4").text
    opened = visitor.post(OPEN, {"receipt": receipt.code, "anyway": "yes"})
    assert opened.headers["Location"] == "/wcc/messages"
    assert visitor.get("/wcc/receipt").headers["Location"] == "/wcc/messages"


def test_whoever_types_the_receipt_on_the_screen_has_saved_it(visitor: Visitor) -> None:
    receipt = visitor.send()
    assert visitor.post(OPEN, {"receipt": receipt.code}).status_code == 303


def test_closing_the_messages_warns_of_an_unsaved_receipt(visitor: Visitor) -> None:
    receipt = visitor.send()
    visitor.get("/wcc/messages")
    assert "Closing your messages deletes them" in refused(visitor, "/wcc/messages/leave")
    assert visitor.receipt() == receipt
    assert visitor.post("/wcc/messages/leave", {"anyway": "yes"}).status_code == 303
    assert visitor.cookie() is None


def test_each_scheme_has_a_draft_of_its_own(visitor: Visitor, cast: Cast) -> None:
    second_scheme(cast)
    visitor.answer(*CONCERN[:3])
    visitor.post(f"/{KEY}/start")
    visitor.post(f"/{KEY}/question/1", {"kind": "concern"})
    assert visitor.post("/wcc/question/4", {"account": LATE}).headers["Location"] == (
        "/wcc/question/5"
    )
    assert 'value="concern" checked' in visitor.get(f"/{KEY}/question/1").text


@pytest.mark.parametrize("anew", [False, True])
def test_an_answer_without_its_draft_is_given_back(visitor: Visitor, *, anew: bool) -> None:
    visitor.send()
    if anew:
        visitor.post("/wcc/receipt/saved")
        visitor.begin()
    words = refused(visitor, "/wcc/question/4", account=LATE)
    assert ("You began again" if anew else "You sent it") in words
    assert NOT_SAVED in words
    assert LATE in words


def test_an_expired_form_gives_back_what_was_typed_and_no_secret(
    visitor: Visitor, web_services: Services
) -> None:
    visitor.answer(*CONCERN[:7])
    forged = {"csrf_token": "forged-token", "name": "Marigold", "contact": "<b>01632 960001</b>"}
    shown = visitor.post("/wcc/question/8", forged)
    assert shown.status_code == 400
    assert NOT_SAVED in words_of(shown)
    assert "Marigold" in words_of(shown)
    assert "&lt;b&gt;01632 960001&lt;/b&gt;" in shown.text
    assert "forged-token" not in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    code = {"csrf_token": "forged", "receipt": Receipt.mint().code}
    assert code["receipt"] not in visitor.post("/wcc/receipt/check", code).text


def test_a_message_to_a_mailbox_that_has_closed_is_given_back(reporter: Visitor) -> None:
    reporter.client.delete_cookie("__Host-cd_public", domain="localhost")
    form = {"csrf_token": "gone", "message": LATE, "file": (io.BytesIO(a_photo()), "a.jpg")}
    shown = reporter.client.post(
        "/wcc/messages", base_url=SITE, data=form, content_type="multipart/form-data"
    )
    assert shown.status_code == 404
    words = words_of(shown)
    assert "That is not open any more" in words
    assert LATE in words


def test_another_site_puts_no_words_on_our_page(reporter: Visitor) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    shown = reporter.post("/wcc/messages", {"message": LATE}, headers=foreign)
    assert shown.status_code == 400
    assert LATE not in shown.text


def test_a_receipt_stays_for_its_hour_however_old_the_session_is(visitor: Visitor) -> None:
    begun = clock.now()
    visitor.answer(*CONCERN)
    for minutes in range(0, 235, 30):
        with clock.at(begun + timedelta(minutes=minutes)):
            visitor.get("/wcc/check")
    with clock.at(begun + timedelta(minutes=230)):
        assert visitor.post("/wcc/concern").headers["Location"] == "/wcc/receipt"
    with clock.at(begun + timedelta(minutes=285)):
        assert visitor.get("/wcc/receipt").status_code == 200


def test_a_form_with_mistakes_moves_the_idle_limit_at_once(
    reporter: Visitor, web_services: Services
) -> None:
    def limit() -> float:
        with web_services.database.reading() as db:
            return db.scalars(select(WebSession.idle_expires)).one().timestamp()

    before = limit()
    with clock.at(clock.now() + timedelta(minutes=5)):
        refused(reporter, BADLY, account="")
    assert limit() > before
