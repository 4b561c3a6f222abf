"""The first pages of the public face: who receives, what the limit is, and no cookie."""

from __future__ import annotations

import pytest

from tests.web.visitor import Visitor, words_of


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
