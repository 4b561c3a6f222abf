"""A reporter reads what an officer wrote down, corrects it, and gets a receipt of their own."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conductdesk import clock
from conductdesk.cases.models import Case
from conductdesk.vault.receipts import Receipt
from tests.actions.entered import entered
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import SignIn
from tests.web.desk_visitor import AtTheDesk
from tests.web.visitor import Visitor, receipt_in, words_of

NOTE = "/wcc/messages/note"
RECEIPT = "/wcc/messages/receipt"


@pytest.fixture
def case(cast: Cast) -> Case:
    """A case that the chair entered for somebody who phoned."""
    return entered(cast)


@pytest.fixture
def reporter(faces: Faces, cast: Cast, case: Case) -> Visitor:
    """The one who phoned, with the receipt that they were given."""
    return opened(faces, cast, cast.receipts[case.id])


def opened(faces: Faces, cast: Cast, receipt: Receipt) -> Visitor:
    """Return a browser in which a receipt was shown."""
    cast.db.commit()
    browser = Visitor(faces.public)
    browser.post("/wcc/messages/open", {"receipt": receipt.code})
    browser.get("/wcc/messages")
    return browser


def desk_words(officer: AtTheDesk, case: Case, page: str = "") -> str:
    return words_of(officer.get(f"/cases/{case.id}{page}"))


def test_the_mailbox_asks_to_check_what_was_written_down(reporter: Visitor) -> None:
    words = words_of(reporter.get("/wcc/messages"))
    assert "Somebody here wrote this down for you" in words
    assert "Somebody here has seen your receipt" in words
    note = words_of(reporter.get(NOTE))
    assert "He passed on what I had said in private." in note
    assert "Marigold" not in note


def test_this_is_right_reaches_the_case(
    reporter: Visitor, sign_in: SignIn, case: Case, cast: Cast
) -> None:
    cast.let_attest(case, "liaison")
    officer = sign_in("liaison")
    assert "Not checked by the reporter yet" in desk_words(officer, case)
    reporter.get(NOTE)
    assert reporter.post(NOTE, {"right": "yes"}).status_code == 303
    assert "that this is right" in words_of(reporter.get(NOTE))
    words = desk_words(officer, case)
    assert "Confirmed by the reporter on" in words
    assert "Reporter says that the note is right" in words
    assert "By telephone, entered by Caspian Underhollow" in words


def test_a_correction_stands_beside_the_note_and_on_the_overview(
    reporter: Visitor, sign_in: SignIn, case: Case, cast: Cast
) -> None:
    cast.let_attest(case, "liaison")
    officer = sign_in("liaison")
    reporter.get(NOTE)
    reporter.post(NOTE, {"right": "no", "wrong": "It began in spring."})
    assert "The reporter says that something in the note is wrong." in desk_words(officer, case)
    concern = desk_words(officer, case, "/concern")
    assert "Corrected by the reporter on" in concern
    assert "It began in spring." in concern
    assert "Since the summer" in concern
    assert "It began in spring." in desk_words(officer, case, "/messages")
    assert "what is wrong. It stands in your messages" in words_of(reporter.get(NOTE))
    assert "Please check it" not in words_of(reporter.get("/wcc/messages"))


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose one of the two"),
        ({"right": "no"}, "Tell us what is wrong"),
        ({"right": "yes", "wrong": "kept-words"}, "You wrote what is wrong"),
    ],
)
def test_what_does_not_fit_is_said_in_place(
    reporter: Visitor, sent: dict[str, str], sentence: str
) -> None:
    reporter.get(NOTE)
    shown = reporter.post(NOTE, sent)
    assert shown.status_code == 422
    assert sentence in words_of(shown)
    assert sent.get("wrong", "") in shown.text


def test_it_is_answered_once(reporter: Visitor) -> None:
    reporter.get(NOTE)
    reporter.post(NOTE, {"right": "yes"})
    again = reporter.post(NOTE, {"right": "no", "wrong": "Or not."})
    assert again.status_code == 422
    assert "answered this already" in words_of(again)


def test_a_reporter_who_wrote_themselves_finds_no_note(faces: Faces, cast: Cast) -> None:
    browser = opened(faces, cast, cast.receipts[cast.received().id])
    words = words_of(browser.get("/wcc/messages"))
    assert "wrote this down for you" not in words
    assert "has seen your receipt" not in words
    assert browser.get(NOTE).status_code == 404


def test_a_stranger_finds_neither_note_nor_receipt(faces: Faces, case: Case, cast: Cast) -> None:
    cast.db.commit()
    stranger = Visitor(faces.public)
    assert stranger.get(NOTE).status_code == 404
    assert stranger.get(RECEIPT).status_code == 404
    stranger.begin()
    assert stranger.post(RECEIPT).status_code == 404


def new_receipt(reporter: Visitor) -> Receipt:
    """Exchange the receipt, and return the new one as the page shows it."""
    assert reporter.post(RECEIPT).headers["Location"] == RECEIPT
    return receipt_in(reporter.get(RECEIPT).text)


def test_the_reporter_gets_a_receipt_that_nobody_else_has_seen(
    reporter: Visitor, faces: Faces, cast: Cast, case: Case
) -> None:
    old = cast.receipts[case.id]
    cast.db.commit()  # a test session that may write keeps every request waiting
    new = new_receipt(reporter)
    assert new != old
    assert "has seen your receipt" not in words_of(reporter.get("/wcc/messages"))
    assert "He passed on" in words_of(reporter.get(NOTE))
    assert "Open my messages" in opened(faces, cast, old).get("/wcc/messages").text
    assert "Close my messages" in opened(faces, cast, new).get("/wcc/messages").text


def test_a_second_click_shows_the_same_receipt(reporter: Visitor) -> None:
    new = new_receipt(reporter)
    assert new_receipt(reporter) == new


def test_the_new_receipt_is_shown_for_an_hour(
    reporter: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_receipt(reporter)
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr("conductdesk.intake.views.draft.clock.now", lambda: later)
    assert reporter.get(RECEIPT).headers["Location"] == "/wcc/messages"
