"""The questions of the public face, without scripts."""

from __future__ import annotations

import pytest

from tests.web.visitor import CONCERN, Visitor, words_of


def test_titles_say_only_the_number(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:3])
    assert (
        "<title>Question 4 of 11 – WCC UK mentoring</title>" in visitor.get("/wcc/question/4").text
    )


def test_the_whole_path_leads_to_the_check_page(visitor: Visitor) -> None:
    assert visitor.answer(*CONCERN) == "/wcc/check"
    words = words_of(visitor.get("/wcc/check"))
    for said in ("He passed on what I had said", "Since the summer", "Barnaby Thistlewood"):
        assert said in words


@pytest.mark.parametrize("number", [2, 5, 11])
def test_a_step_that_was_skipped_is_asked_first(visitor: Visitor, number: int) -> None:
    visitor.begin()
    assert visitor.get(f"/wcc/question/{number}").headers["Location"] == "/wcc/question/1"
    sent = visitor.post(f"/wcc/question/{number}", {"danger": "no", "act": "continue"})
    assert sent.headers["Location"] == "/wcc/question/1"


def test_the_check_page_cannot_be_reached_by_its_address(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:5])
    assert visitor.get("/wcc/check").headers["Location"] == "/wcc/question/6"
    assert visitor.post("/wcc/concern").headers["Location"] == "/wcc/check"


def test_answers_survive_back_and_a_reload(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:5])
    for _again in (1, 2):
        assert "He passed on what I had said in private." in visitor.get("/wcc/question/4").text


def test_danger_now_shows_the_numbers_before_going_on(visitor: Visitor) -> None:
    assert visitor.answer(CONCERN[0], {"danger": "yes"}) == "/wcc/help-now"
    shown = visitor.get("/wcc/help-now")
    assert 'href="tel:999"' in shown.text
    assert 'href="/wcc/question/3"' in shown.text


def test_an_empty_account_is_asked_for_in_place(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:3])
    shown = visitor.post("/wcc/question/4", {"account": "  \n "})
    assert shown.status_code == 422
    assert shown.text.count("Tell us what happened, or ask us to call you") == 2
    assert "<title>Error: Question 4" in shown.text
    assert 'href="#account"' in shown.text


def test_too_long_an_account_is_kept_and_counted(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:3])
    shown = visitor.post("/wcc/question/4", {"account": "ö" * 20_412})
    assert shown.status_code == 422
    assert "holds 20,000 characters, and yours is 412 longer" in shown.text
    assert "ö" * 20_412 in shown.text


def test_a_huge_form_is_refused_with_a_sentence(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:3])
    shown = visitor.post("/wcc/question/4", {"account": "a" * 2_000_000})
    assert shown.status_code == 413
    assert "That is too big" in shown.text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("nul\x00 and bell\x07", "nul and bell"),
        ("\u202eright to left\u202c", "\u202eright to left\u202c"),
        ("👩‍👩‍👧 family", "👩‍👩‍👧 family"),
        ("line one\r\nline two\ttab", "line one\nline two\ttab"),
        ("مرحبا", "مرحبا"),
    ],
)
def test_odd_characters_are_cleaned_or_kept(visitor: Visitor, typed: str, kept: str) -> None:
    visitor.answer(*CONCERN[:3])
    assert visitor.post("/wcc/question/4", {"account": typed}).status_code == 303
    assert kept in visitor.get("/wcc/question/4").text


def test_bytes_that_are_no_text_do_no_harm(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:3])
    sent = visitor.client.post(
        "/wcc/question/4",
        data=b"csrf_token=" + visitor.token.encode() + b"&account=%ff%fe%80ok",
        content_type="application/x-www-form-urlencoded",
        base_url="https://localhost",
    )
    assert sent.status_code == 303
    assert "ok" in visitor.get("/wcc/question/4").text


@pytest.mark.parametrize("forged", ["", "maybe", "yes\x00", "../..", "concern" * 100])
@pytest.mark.parametrize("number", [1, 2, 3, 7, 11])
def test_a_forged_choice_is_asked_again(visitor: Visitor, number: int, forged: str) -> None:
    names = {1: "kind", 2: "danger", 3: "at_risk", 7: "mode", 11: "outside"}
    visitor.answer(*CONCERN[: number - 1])
    shown = visitor.post(f"/wcc/question/{number}", {names[number]: forged})
    assert shown.status_code == 422
    assert "Choose" in words_of(shown)


def test_a_repeated_parameter_counts_once(visitor: Visitor) -> None:
    visitor.answer(CONCERN[0])
    assert visitor.post("/wcc/question/2", {"danger": ["no", "yes"]}).status_code == 303


def test_not_sure_about_risk_adds_the_safeguarding_lead(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:2], {"at_risk": "not_sure"}, *CONCERN[3:])
    assert "The safeguarding lead Reads all of it" in words_of(visitor.get("/wcc/check"))


def test_who_stays_without_a_name_is_not_asked_for_one(visitor: Visitor) -> None:
    place = visitor.answer(*CONCERN[:6], {"mode": "anonymous"})
    assert "What may we share" in visitor.get(place).text


def test_a_change_leads_back_to_the_check_page(visitor: Visitor) -> None:
    visitor.answer(*CONCERN)
    visitor.get("/wcc/check")
    sent = visitor.post("/wcc/question/5", {"happened": "In May"})
    assert sent.headers["Location"] == "/wcc/check"


def test_a_change_that_opens_a_question_leads_there_first(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:6], {"mode": "anonymous"}, *CONCERN[8:])
    visitor.get("/wcc/check")
    sent = visitor.post("/wcc/question/7", {"mode": "named"})
    assert sent.headers["Location"] == "/wcc/question/8"


def test_asking_for_a_call_takes_the_short_path(visitor: Visitor) -> None:
    place = visitor.answer(
        {"kind": "call_me"},
        {"danger": "no"},
        {"at_risk": "no"},
        {"name": "", "contact": "01632 960001", "safe_times": "Weekdays after 6pm"},
        {"rows": "1", "act": "continue"},
    )
    assert place == "/wcc/check"
    assert "01632 960001" in words_of(visitor.get(place))


def test_a_call_needs_a_number(visitor: Visitor) -> None:
    place = visitor.answer({"kind": "call_me"}, {"danger": "no"}, {"at_risk": "no"})
    shown = visitor.post(place, {"name": "Marigold"})
    assert shown.status_code == 422
    assert "Tell us how we can reach you" in shown.text
    assert "Marigold" in shown.text


def test_leaving_deletes_the_draft_and_shows_the_weather(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:4])
    left = visitor.get("/wcc/exit")
    assert left.status_code == 303
    assert left.headers["Location"] == "https://www.bbc.co.uk/weather"
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert visitor.cookie() is None
    assert visitor.get("/wcc/question/4").headers["Location"] == "/wcc/start"
