"""The public pages speak plainly: short sentences, no promise that nobody can keep."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.web.visitor import CONCERN, Visitor

MOST_WORDS = 25
PAGES = (
    "/wcc/",
    "/wcc/start",
    "/wcc/safety",
    "/wcc/privacy",
    "/wcc/accessibility",
    "/wcc/fair-hearing",
    "/wcc/people-outside",
    "/wcc/messages",
)
REVEALING = ("concern", "complain", "report", "harass", "abuse", "safeguarding")


def sentences(html: str) -> list[str]:
    """Return the sentences of a page's main part; each block of text begins a new one."""
    main = html.partition('id="main-content">')[2].partition("</main>")[0]
    blocks = re.split(r"</?(?:p|li|h\d|dt|dd|div|label|legend|span class=\"cd-readers)[^>]*>", main)
    plain = (" ".join(unescape(re.sub(r"<[^>]+>", " ", block)).split()) for block in blocks)
    return [one for block in plain for one in re.split(r"(?<=[.?!:])\s", block) if one]


def too_long(html: str) -> list[str]:
    """Return the sentences with more words than a tired reader takes in."""
    return [one for one in sentences(html) if len(one.split()) > MOST_WORDS]


@pytest.mark.parametrize("path", PAGES)
def test_no_sentence_of_a_public_page_is_long(visitor: Visitor, path: str) -> None:
    assert too_long(visitor.get(path).text) == []


def test_no_sentence_of_a_question_is_long(visitor: Visitor) -> None:
    visitor.answer(*CONCERN)
    pages = [f"/wcc/question/{number}" for number in range(1, 12)]
    for path in (*pages, "/wcc/help-now", "/wcc/check"):
        assert too_long(visitor.get(path).text) == [], path


def test_no_sentence_of_the_receipt_page_is_long(visitor: Visitor) -> None:
    visitor.send()
    assert too_long(visitor.get("/wcc/receipt").text) == []


def test_no_title_says_what_the_page_is_about(visitor: Visitor) -> None:
    visitor.answer(*CONCERN)
    pages = [f"/wcc/question/{number}" for number in range(1, 12)]
    for path in (*PAGES, *pages, "/wcc/check"):
        title = re.search(r"<title>(.*?)</title>", visitor.get(path).text, re.DOTALL)
        assert title is not None
        assert not any(word in title[1].lower() for word in REVEALING), title[1]


def test_a_long_sentence_would_be_found(visitor: Visitor) -> None:
    html = visitor.get("/wcc/").text
    assert "You do not need proof." in sentences(html)
    assert too_long(html.replace("You do not need proof.", "You " + "really " * 25 + "do not."))
