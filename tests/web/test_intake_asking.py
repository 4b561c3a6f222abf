"""The first pages and the questions of the public face, without scripts."""

from __future__ import annotations

import pytest

from conductdesk.faces import public_face
from conductdesk.web.state import Services
from tests.cast import Cast
from tests.web.visitor import CONCERN, Visitor, words_of


@pytest.fixture
def visitor(web_services: Services, cast: Cast) -> Visitor:
    """A browser in front of an installation with the `wcc` scheme."""
    return Visitor(public_face(web_services))


@pytest.mark.parametrize(
    "path",
    [
        "/wcc/",
        "/wcc/start",
        "/wcc/messages",
        "/wcc/safety",
        "/wcc/privacy",
        "/wcc/accessibility",
        "/wcc/code",
        "/wcc/fair-hearing",
        "/wcc/people-outside",
    ],
)
def test_a_public_page_opens_and_sets_no_cookie(visitor: Visitor, path: str) -> None:
    response = visitor.get(path)
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert words_of(response).count("Error") == 0


def test_the_only_scheme_is_shown_at_once(visitor: Visitor) -> None:
    assert visitor.get("/").headers["Location"] == "/wcc/"


def test_an_unknown_scheme_is_a_page_that_was_not_found(visitor: Visitor) -> None:
    response = visitor.get("/nowhere/")
    assert response.status_code == 404
    assert "We cannot find that page" in response.text


def test_the_first_page_says_who_receives_and_the_one_limit(visitor: Visitor) -> None:
    words = words_of(visitor.get("/wcc/"))
    assert "The mentoring liaison officer Reads all of it" in words
    assert "The safeguarding lead Reads all of it, if" in words
    assert "There is one limit" in words
    assert "rule 13 of our code" in words


def test_the_code_is_told_in_our_words_by_its_numbers(visitor: Visitor) -> None:
    assert "13. The one limit of confidence" in words_of(visitor.get("/wcc/code"))


def test_health_is_a_status_and_nothing_more(visitor: Visitor) -> None:
    assert visitor.get("/healthz").json == {"status": "ok"}


def test_starting_sets_the_one_cookie(visitor: Visitor) -> None:
    response = visitor.post("/wcc/start")
    assert response.headers["Location"] == "/wcc/question/1"
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-cd_public=")
    assert "SameSite=Strict" in cookie
    assert "HttpOnly" in cookie
    assert "Expires" not in cookie
    assert "Max-Age" not in cookie


def test_a_question_without_a_draft_leads_to_the_start(visitor: Visitor) -> None:
    assert visitor.get("/wcc/question/3").headers["Location"] == "/wcc/start"


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


@pytest.mark.parametrize("rows", ["", "-1", "0", "²", "99999999999999", "1e3"])
def test_a_forged_number_of_rows_does_no_harm(visitor: Visitor, rows: str) -> None:
    visitor.answer(*CONCERN[:5])
    assert visitor.post("/wcc/question/6", {**CONCERN[5], "rows": rows}).status_code == 303


def test_people_are_added_and_removed_without_scripts(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:5])
    visitor.post("/wcc/question/6", {**CONCERN[5], "act": "add"})
    shown = visitor.get("/wcc/question/6").text
    assert "Person 2" in shown
    assert "Barnaby Thistlewood" in shown
    two = {**CONCERN[5], "rows": "2", "name_1": "Olive Tree", "part_1": "", "holds_1": "none"}
    visitor.post("/wcc/question/6", {**two, "act": "remove-0"})
    shown = visitor.get("/wcc/question/6").text
    assert "Olive Tree" in shown
    assert "Barnaby Thistlewood" not in shown


def test_somebody_named_needs_a_part(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:5])
    shown = visitor.post("/wcc/question/6", {"rows": "1", "name_0": "Olive", "act": "continue"})
    assert shown.status_code == 422
    assert "Choose what part Olive had" in shown.text


def test_nobody_needs_to_be_named(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:5])
    sent = visitor.post("/wcc/question/6", {"rows": "1", "act": "continue"})
    assert sent.headers["Location"] == "/wcc/question/7"


@pytest.mark.parametrize("name", ["Isolde Brackenthwaite", "Dr Brakenthwait", "ISOLDE"])
def test_a_name_like_an_officers_asks_whether_it_is_them(visitor: Visitor, name: str) -> None:
    place = visitor.answer(*CONCERN[:5], {**CONCERN[5], "name_0": name})
    words = words_of(visitor.get(place))
    assert f"Is “{name}” the mentoring liaison officer?" in words


def test_a_name_that_was_said_to_hold_the_office_is_not_asked_about(visitor: Visitor) -> None:
    said = {**CONCERN[5], "name_0": "Isolde Brackenthwaite", "holds_0": "liaison"}
    place = visitor.answer(*CONCERN[:5], said)
    assert "How do you want to be known?" in visitor.get(place).text


def test_a_match_that_was_skipped_counts_as_yes(visitor: Visitor) -> None:
    visitor.answer(*CONCERN[:5], {**CONCERN[5], "name_0": "Isolde Brackenthwaite"})
    for number, values in enumerate(CONCERN[6:], start=8):
        visitor.post(f"/wcc/question/{number}", values)
    words = words_of(visitor.get("/wcc/check"))
    assert "counts as yes, because you did not say" in words
    assert "The mentoring liaison officer Does not read it. You named them." in words
    assert "The chair Reads all of it. This person is in charge." in words


def test_who_says_no_lets_the_officer_read(visitor: Visitor) -> None:
    named = {**CONCERN[5], "name_0": "Isolde Brackenthwaite"}
    visitor.answer(*CONCERN[:5], named, {"match": "no"}, *CONCERN[6:])
    words = words_of(visitor.get("/wcc/check"))
    assert "The mentoring liaison officer Reads all of it. This person is in charge." in words


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
