"""A reporter says that somebody treats them badly: one page, and a linked case at once."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from conductdesk.cases.models import Case, CheckIn, Message
from conductdesk.cases.queries import facts_of, seats_of
from conductdesk.vault.receipts import Receipt
from conductdesk.web.state import Services
from tests.cast import Cast
from tests.web.visitor import Visitor, words_of

BADLY = "/wcc/messages/treated-badly"
CHECK_IN = "/wcc/messages/check-in"
TURN = re.compile(r'name="turn"[^>]*value="([^"]*)"')


def linked_to(db: Session, case_id: UUID) -> list[Case]:
    return list(db.scalars(select(Case).where(Case.linked_to == case_id)))


def seated(cast: Cast, db: Session, case: Case) -> set[str]:
    return {cast.who(seat.account_id) for seat in seats_of(db, case)}


def kinds_in(db: Session, case_id: UUID) -> set[str]:
    return set(db.scalars(select(Message.kind).where(Message.case_id == case_id)))


def answer(visitor: Visitor, said: str, **more: str) -> TestResponse:
    return visitor.post(CHECK_IN, {"treated_badly": said, **more})


def test_being_treated_badly_opens_a_linked_case_with_its_own_receipt(
    reporter: Visitor, receipt: Receipt, case_id: UUID, web_services: Services
) -> None:
    reporter.get(BADLY)
    sent = reporter.post(BADLY, {"account": "He stopped the meetings."})
    assert sent.headers["Location"] == "/wcc/receipt"
    assert reporter.receipt() != receipt
    with web_services.database.reading() as db:
        assert [one.channel for one in linked_to(db, case_id)] == ["mailbox"]
        assert "treated_badly" in kinds_in(db, case_id)


def test_the_new_receipt_opens_the_linked_mailbox_and_the_old_one_the_first(
    asked: Visitor, receipt: Receipt, stranger: Visitor
) -> None:
    answer(asked, "yes")
    new = asked.receipt()
    for shown, words in ((new, "We have what you told us"), (receipt, "A person has read it")):
        stranger.post("/wcc/messages/open", {"receipt": shown.code})
        assert words in words_of(stranger.get("/wcc/messages"))
        stranger.post("/wcc/messages/leave")


def test_a_second_click_opens_no_second_linked_case_and_a_new_page_does(
    reporter: Visitor, case_id: UUID, web_services: Services
) -> None:
    form = {"account": "He stopped the meetings.", "turn": ""}
    reporter.get(BADLY)
    for _click in range(2):
        assert reporter.post(BADLY, form).headers["Location"] == "/wcc/receipt"
    with web_services.database.reading() as db:
        assert len(linked_to(db, case_id)) == 1
    found = TURN.search(reporter.get(BADLY).text)
    assert found is not None
    reporter.post(BADLY, {**form, "turn": found[1]})
    with web_services.database.reading() as db:
        assert len(linked_to(db, case_id)) == 2


@pytest.mark.parametrize(
    "who",
    [{"by": "Isolde Brackenthwaite"}, {"holds": "liaison"}, {"by": "her", "holds": "liaison"}],
)
@pytest.mark.parametrize("at_check_in", [False, True])
def test_an_officer_who_treats_the_reporter_badly_learns_nothing(
    asked: Visitor,
    case_id: UUID,
    cast: Cast,
    web_services: Services,
    who: dict[str, str],
    at_check_in: bool,
) -> None:
    if at_check_in:
        sent = answer(asked, "yes", **who)
    else:
        asked.get(BADLY)
        sent = asked.post(BADLY, {"account": "She shouted at me.", **who})
    assert sent.headers["Location"] == "/wcc/receipt"
    with web_services.database.reading() as db:
        linked = linked_to(db, case_id)[0]
        assert "treated_badly" not in kinds_in(db, case_id)
        assert "liaison" not in seated(cast, db, linked)
        assert "chair" in seated(cast, db, linked)
        assert cast["liaison"].id in facts_of(db, linked).barred


def test_saying_nothing_of_the_treatment_is_asked_again(reporter: Visitor) -> None:
    reporter.get(BADLY)
    shown = reporter.post(BADLY, {"account": "", "by": "Olive"})
    assert shown.status_code == 422
    assert "Olive" in shown.text


def test_a_no_is_answered_once_and_opens_nothing(
    asked: Visitor, case_id: UUID, web_services: Services
) -> None:
    assert "Is anyone treating you badly for telling us?" in words_of(asked.get("/wcc/messages"))
    assert answer(asked, "no").headers["Location"] == "/wcc/messages"
    with web_services.database.reading() as db:
        assert db.scalars(select(CheckIn)).one().answered_at is not None
        assert linked_to(db, case_id) == []
    assert "Is anyone treating you badly" not in words_of(asked.get("/wcc/messages"))
    assert answer(asked, "yes").headers["Location"] == "/wcc/messages"


def test_a_yes_and_nothing_more_opens_the_linked_case_with_the_answer(
    asked: Visitor, receipt: Receipt, case_id: UUID, cast: Cast, web_services: Services
) -> None:
    assert answer(asked, "yes").headers["Location"] == "/wcc/receipt"
    assert asked.receipt() != receipt
    with web_services.database.reading() as db:
        assert db.scalars(select(CheckIn)).one().answered_at is not None
        assert [seated(cast, db, one) for one in linked_to(db, case_id)] == [{"liaison", "chair"}]


def test_a_second_click_on_a_yes_leads_to_the_same_receipt(
    asked: Visitor, case_id: UUID, web_services: Services
) -> None:
    answer(asked, "yes", turn="")
    receipt = asked.receipt()
    for said in ("yes", "no"):
        assert answer(asked, said, turn="").headers["Location"] == "/wcc/receipt"
    assert asked.receipt() == receipt
    with web_services.database.reading() as db:
        assert len(linked_to(db, case_id)) == 1


def test_what_a_second_page_says_to_a_check_in_stands_ready_as_a_message(asked: Visitor) -> None:
    answer(asked, "no", turn="one")
    shown = answer(asked, "yes", turn="two", account="He leaves me out.")
    assert shown.status_code == 422
    assert "You answered this before" in words_of(shown)
    assert "He leaves me out.</textarea>" in shown.text


def test_who_it_is_is_asked_on_the_page_of_the_yes(asked: Visitor) -> None:
    form = (
        asked.get("/wcc/messages").text.partition(f'action="{CHECK_IN}"')[2].partition("</form>")[0]
    )
    for name in ("treated_badly", "by", "holds", "account", "turn"):
        assert f'name="{name}"' in form
    assert "Yes: the chair" in words_of(asked.get("/wcc/messages"))


def test_a_check_in_without_an_answer_is_asked_again(asked: Visitor) -> None:
    shown = asked.post(CHECK_IN)
    assert shown.status_code == 422
    assert "There is a problem Choose yes or no" in words_of(shown)


@pytest.mark.parametrize(
    "more", [{"account": "He leaves me out."}, {"by": "Olive"}, {"holds": "chair"}]
)
def test_what_was_written_below_a_no_is_not_lost_without_a_word(
    asked: Visitor, case_id: UUID, web_services: Services, more: dict[str, str]
) -> None:
    shown = answer(asked, "no", **more)
    assert shown.status_code == 422
    assert "You said no, but you wrote something below." in words_of(shown)
    assert all(text in shown.text for text in more.values())
    with web_services.database.reading() as db:
        assert db.scalars(select(CheckIn)).one().answered_at is None
        assert linked_to(db, case_id) == []


def test_a_forged_office_is_no_office(
    asked: Visitor, case_id: UUID, cast: Cast, web_services: Services
) -> None:
    assert answer(asked, "yes", holds="made-up").status_code == 303
    with web_services.database.reading() as db:
        assert [seated(cast, db, one) for one in linked_to(db, case_id)] == [{"liaison", "chair"}]
