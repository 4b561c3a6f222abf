"""People are named: added and taken out, and asked about where a name is like an officer's."""

from __future__ import annotations

import pytest

from tests.web.visitor import CONCERN, Visitor, words_of


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
