"""What an officer writes down is kept until it is sent, for that officer alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from conductdesk import clock
from conductdesk.intake.actions import forget_entries
from conductdesk.intake.models import DeskDraft
from tests.cast import Cast
from tests.web.case_pages import SignIn
from tests.web.desk_visitor import SITE, AtTheDesk
from tests.web.entering_steps import TOLD, enter, how_many, receipt_on
from tests.web.left_behind import words_found


@pytest.fixture
def liaison(sign_in: SignIn) -> AtTheDesk:
    """The first officer of the chain, at the page."""
    officer = sign_in("liaison")
    officer.get("/entry/wcc")
    return officer


def test_an_idle_sign_out_loses_nothing(liaison: AtTheDesk, cast: Cast) -> None:
    kept = liaison.post("/entry/wcc", {**TOLD, "act": "keep", "danger": ""})
    assert kept.headers["Location"] == "/entry/wcc"
    with clock.at(clock.now() + timedelta(minutes=31)):
        assert "/sign-in" in liaison.get("/entry/wcc").headers["Location"]
    liaison.sign_in()
    page = liaison.get("/entry/wcc").text
    assert "He passed on what she had said in private." in page
    assert 'value="01632 960001"' in page


def test_what_is_typed_is_kept_in_the_background(liaison: AtTheDesk) -> None:
    data = {**TOLD, "act": "keep", "csrf_token": liaison.token}
    sent = liaison.client.post(
        "/entry/wcc", data=data, base_url=SITE, headers={"HX-Request": "true"}
    )
    assert sent.status_code == 200
    assert "Kept at" in sent.text
    assert "<html" not in sent.text
    assert "He passed on what she had said" in liaison.get("/entry/wcc").text


def test_a_draft_is_sealed_to_its_officer_and_opens_to_nobody_else(
    liaison: AtTheDesk, cast: Cast, sign_in: SignIn
) -> None:
    liaison.post("/entry/wcc", {**TOLD, "act": "keep"})
    row = cast.db.scalars(select(DeskDraft)).one()
    assert words_found({"a name": "Thistlewood", "words": "in private"}, {"row": row.body}) == []
    cast.db.commit()
    other = sign_in("chair").get("/entry/wcc")
    assert "Thistlewood" not in other.text


def test_a_draft_that_nobody_comes_back_to_is_deleted(liaison: AtTheDesk, cast: Cast) -> None:
    liaison.post("/entry/wcc", {**TOLD, "act": "keep"})
    with clock.at(clock.now() + timedelta(hours=25)):
        assert forget_entries(cast.db) == 1
    cast.db.commit()


def test_all_of_it_can_be_deleted(liaison: AtTheDesk, cast: Cast) -> None:
    liaison.post("/entry/wcc", {**TOLD, "act": "keep"})
    liaison.get("/entry/wcc")
    assert liaison.post("/entry/wcc/end").headers["Location"] == "/cases"
    assert how_many(cast, DeskDraft) == 0


def test_what_is_kept_too_late_does_not_lose_the_receipt(liaison: AtTheDesk) -> None:
    receipt = enter(liaison)
    late = liaison.post("/entry/wcc", {**TOLD, "act": "keep"})
    assert late.headers["Location"] == "/entry/wcc/receipt"
    assert receipt_on(liaison) == receipt
