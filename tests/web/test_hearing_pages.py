"""A respondent has their say by hand: notice, reply, or that none came."""

from __future__ import annotations

from datetime import timedelta

from conductdesk import clock
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import papers_of
from tests.actions.inquiry_steps import (
    in_days,
    investigating,
    newest,
    party,
    serve,
)
from tests.cast import Cast
from tests.conftest import Faces
from tests.web.case_pages import boxes
from tests.web.desk_visitor import AtTheDesk, words_of


def test_notice_and_reply_are_recorded_by_the_investigator(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    place = f"/cases/{case.id}/respondents/{party(cast.db, case)}"
    page = desk.get(f"{place}/notice")
    assert "10 working days" in words_of(page)
    sent = desk.post(f"{place}/notice", {**boxes("served_on", today()), "text": "You are told."})
    assert sent.status_code == 303, words_of(sent)
    assert newest(cast, case)[0] == "notice.served"

    words = words_of(desk.get(f"/cases/{case.id}/inquiry"))
    assert "May reply until" in words
    assert "You are told." in words

    desk.get(f"{place}/reply")
    sent = desk.post(f"{place}/reply", {**boxes("received_on", today()), "text": "Not so."})
    assert sent.status_code == 303, words_of(sent)
    assert [paper.kind for paper in papers_of(cast.db, case)] == ["notice", "reply"]
    assert "Not so." in words_of(desk.get(f"/cases/{case.id}/inquiry"))


def test_that_no_reply_came_is_refused_before_the_day(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    serve(cast, case)
    desk = AtTheDesk(faces.desk, cast, "investigator")
    place = f"/cases/{case.id}/respondents/{party(cast.db, case)}/no-reply"
    desk.get(place)
    sent = desk.post(place, {"attempts": "Two letters."})
    assert sent.status_code == 422
    assert "may reply until" in words_of(sent)
    assert "Two letters." in sent.text


def test_that_no_reply_came_is_recorded_after_the_day(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    serve(cast, case)
    place = f"/cases/{case.id}/respondents/{party(cast.db, case)}/no-reply"
    with in_days(30):
        desk = AtTheDesk(faces.desk, cast, "liaison")
        with clock.at(clock.now() + timedelta(minutes=2)):
            desk.get(place)
            sent = desk.post(place, {"attempts": "Two letters."})
            assert sent.status_code == 303, words_of(sent)
    assert newest(cast, case)[0] == "reply.none"


def test_a_notice_dated_tomorrow_is_refused_in_place(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "liaison")
    place = f"/cases/{case.id}/respondents/{party(cast.db, case)}/notice"
    desk.get(place)
    tomorrow = boxes("served_on", today() + timedelta(days=1))
    sent = desk.post(place, {**tomorrow, "text": "You are told."})
    assert sent.status_code == 422
    assert "This day has not come yet" in words_of(sent)
    assert "You are told." in sent.text


def test_the_page_of_somebody_who_is_no_respondent_is_not_found(faces: Faces, cast: Cast) -> None:
    case = investigating(cast)
    desk = AtTheDesk(faces.desk, cast, "liaison")
    assert desk.get(f"/cases/{case.id}/respondents/{case.id}/notice").status_code == 404
