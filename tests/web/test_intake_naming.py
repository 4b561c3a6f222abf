"""People are named: added and taken out, and asked about where a name is like an officer's."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from conductdesk.intake.answers import Match
from conductdesk.people.models import Account
from tests.cast import Cast
from tests.web.visitor import CONCERN, Visitor, words_of


def people(*names: str) -> dict[str, str]:
    """Return an answer that names these people, each for what they did."""
    rows = {f"name_{row}": name for row, name in enumerate(names)}
    parts = {f"part_{row}": "respondent" for row in range(len(names))}
    return {**rows, **parts, "rows": str(len(names)), "act": "continue"}


def call(cast: Cast, **names: str) -> None:
    """Let officers have other names; the entries of the log have none."""
    for who, name in names.items():
        cast.db.execute(update(Account).where(Account.id == cast[who].id).values(name=name))
    cast.db.commit()


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


def test_an_officer_is_found_by_one_word_of_their_name_in_any_script(
    visitor: Visitor, cast: Cast
) -> None:
    call(cast, liaison="Мария Иванова", chair="Maria Garcia Lopez", lead="Siobhan O’Brien-Smith")
    named = people("Иванова, Мария", "Mrs Garcia", "my mentor Shivaun from Leeds")
    visitor.answer(*CONCERN[:5], named)
    asked = [words_of(visitor.get(f"/wcc/question/{number}")) for number in (7, 8, 9)]
    assert "Is “Иванова, Мария” the mentoring liaison officer?" in asked[0]
    assert "Is “Mrs Garcia” the chair?" in asked[1]
    assert "Is “my mentor Shivaun from Leeds” the safeguarding lead?" in asked[2]


@pytest.mark.parametrize("holds", ["none", "not_sure", "chair"])
def test_an_officer_who_is_described_by_their_post_is_asked_about(
    visitor: Visitor, holds: str
) -> None:
    described = {**CONCERN[5], "name_0": "the liaison officer", "holds_0": holds}
    place = visitor.answer(*CONCERN[:5], described)
    words = words_of(visitor.get(place))
    assert "Is “the liaison officer” the mentoring liaison officer?" in words
    said = {"match": "not_sure", "about": Match("the liaison officer", "liaison").key}
    visitor.answer(*CONCERN[:5], described, said, *CONCERN[6:])
    words = words_of(visitor.get("/wcc/check"))
    assert "The mentoring liaison officer Does not read it. You named them." in words


def test_somebody_not_named_who_may_hold_a_post_is_said_to_be_perhaps_a_reader(
    visitor: Visitor,
) -> None:
    visitor.answer(*CONCERN[:5], {**CONCERN[5], "name_0": "", "holds_0": "not_sure"}, *CONCERN[6:])
    words = words_of(visitor.get("/wcc/check"))
    assert "Somebody not named May be one of these people: you were not sure" in words
    assert "The mentoring liaison officer Reads all of it." in words


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
    said = {"match": "no", "about": Match("Isolde Brackenthwaite", "liaison").key}
    visitor.answer(*CONCERN[:5], named, said, *CONCERN[6:])
    words = words_of(visitor.get("/wcc/check"))
    assert "The mentoring liaison officer Reads all of it. This person is in charge." in words


def test_an_answer_is_never_taken_for_one_about_another_name(visitor: Visitor) -> None:
    place = visitor.answer(*CONCERN[:5], people("Isolde Brackenthwaite"))
    stale = {"match": "no", "about": Match("Isolde Brackenthwaite", "liaison").key}
    assert f'value="{stale["about"]}"' in visitor.get(place).text
    visitor.post("/wcc/question/6", people("Caspian Underhollow"))
    asked = visitor.post(place, stale)
    assert asked.status_code == 422
    assert "Is “Caspian Underhollow” the chair?" in words_of(asked)
    assert "Your answer was not taken" in words_of(asked)
    assert " checked" not in asked.text
    fresh = {"match": "no", "about": Match("Caspian Underhollow", "chair").key}
    assert visitor.post(place, fresh).status_code == 303
