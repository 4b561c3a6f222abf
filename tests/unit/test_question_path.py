"""Which question comes when: a pure function of the answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.cases.concern import Answer, Identity, Mode, Part
from conductdesk.intake.answers import Answers, Match, PersonTyped, tidy_line, tidy_text
from conductdesk.intake.paths import Ask
from conductdesk.intake.rules import (
    Question,
    concern_of,
    first_unanswered,
    next_number,
    number_of,
    questions,
)
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.reading import read_pack
from tests.cast import wcc_source
from tests.packs import pack_of

NAMED = PersonTyped("Isolde", Part.RESPONDENT, "none")
COMPLETE = Answers(
    kind="concern",
    danger=Answer.NO,
    at_risk=Answer.NO,
    account="He passed it on.",
    happened="",
    people=(NAMED,),
    mode=Mode.CONFIDENTIAL,
    identity=Identity("Marigold", "01632 960001", "After 6pm"),
    sharing="",
    wish="",
    outside=Answer.NO,
)


PACK = read_pack(wcc_source(), "wcc.toml")


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The `wcc` pack."""
    return read_pack(wcc_source(), "wcc.toml")


def asks(answers: Answers) -> list[Ask]:
    """Return what is asked, in order."""
    return [question.ask for question in questions(PACK, answers)]


def test_the_full_path_asks_everything_once() -> None:
    path = asks(COMPLETE)
    assert len(path) == len(set(path)) == 11
    assert path[:4] == [Ask.KIND, Ask.DANGER, Ask.AT_RISK, Ask.ACCOUNT]


def test_danger_and_risk_come_before_the_first_free_text() -> None:
    for kind in ("concern", "safeguarding", "call_me"):
        assert asks(replace(COMPLETE, kind=kind))[1:3] == [Ask.DANGER, Ask.AT_RISK]


def test_who_stays_without_a_name_is_not_asked_for_contact() -> None:
    assert Ask.CONTACT not in asks(replace(COMPLETE, mode=Mode.ANONYMOUS))


def test_a_call_takes_the_short_path() -> None:
    path = asks(replace(COMPLETE, kind="call_me", mode=Mode.ANONYMOUS))
    assert path == [Ask.KIND, Ask.DANGER, Ask.AT_RISK, Ask.CONTACT, Ask.PEOPLE]


def test_each_resembling_name_is_a_question_after_the_people() -> None:
    answers = replace(COMPLETE, matches=(Match("Isolde", "liaison"), Match("Isolde", "chair")))
    path = questions(PACK, answers)
    at = number_of(path, Ask.PEOPLE) or 0
    assert path[at : at + 2] == (Question(Ask.MATCH, 0), Question(Ask.MATCH, 1))


def test_a_complete_draft_misses_nothing() -> None:
    assert first_unanswered(PACK, COMPLETE) is None


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("danger", 2),
        ("at_risk", 3),
        ("account", 4),
        ("happened", 5),
        ("people", 6),
        ("mode", 7),
        ("identity", 8),
        ("sharing", 9),
        ("wish", 10),
        ("outside", 11),
    ],
)
def test_what_was_not_reached_is_asked_first(name: str, number: int) -> None:
    answers = replace(COMPLETE, **{name: None})  # type: ignore[arg-type]  # None is what each of these may be
    assert first_unanswered(PACK, answers) == number


def test_an_open_match_holds_nobody_up() -> None:
    answers = replace(COMPLETE, matches=(Match("Isolde", "liaison"),))
    assert first_unanswered(PACK, answers) is None


def test_a_change_of_kind_asks_for_what_the_other_path_needs() -> None:
    answers = replace(COMPLETE, kind="call_me", identity=Identity("Marigold"))
    assert first_unanswered(PACK, answers) == 4


def test_before_the_check_page_questions_follow_each_other() -> None:
    path = questions(PACK, COMPLETE)
    numbers = [next_number(path, COMPLETE, number, checked=False) for number in range(1, 12)]
    assert numbers == [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, None]


def test_after_it_a_change_leads_back_unless_it_opened_a_match() -> None:
    path = questions(PACK, COMPLETE)
    assert next_number(path, COMPLETE, 4, checked=True) is None
    answers = replace(COMPLETE, matches=(Match("Isolde", "liaison"),))
    assert next_number(questions(PACK, answers), answers, 6, checked=True) == 7


@pytest.mark.parametrize("answer", [None, Answer.YES, Answer.NOT_SURE])
def test_a_match_counts_as_yes_unless_denied(pack: Pack, answer: Answer | None) -> None:
    answers = replace(COMPLETE, matches=(Match("Isolde", "liaison", answer),))
    assert concern_of(pack, answers).people[0].offices == ("liaison",)


def test_a_match_that_is_denied_names_no_office(pack: Pack) -> None:
    answers = replace(COMPLETE, matches=(Match("Isolde", "liaison", Answer.NO),))
    assert concern_of(pack, answers).people[0].offices == ()


def test_an_office_without_a_name_is_named_by_the_office(pack: Pack) -> None:
    answers = replace(COMPLETE, people=(PersonTyped("", Part.RESPONDENT, "chair"),))
    person = concern_of(pack, answers).people[0]
    assert (person.name, person.offices) == ("Chair", ("chair",))


def test_an_identity_typed_before_choosing_anonymous_is_not_sent(pack: Pack) -> None:
    concern = concern_of(pack, replace(COMPLETE, mode=Mode.ANONYMOUS))
    assert concern.identity == Identity()


def test_what_only_the_full_path_asks_is_not_sent_with_a_call(pack: Pack) -> None:
    concern = concern_of(pack, replace(COMPLETE, kind="call_me", outside=Answer.YES))
    assert (concern.account, concern.wants_outside) == ("", False)
    assert concern.mode is Mode.CONFIDENTIAL


def test_an_answer_given_about_a_name_survives_another_change() -> None:
    answers = replace(COMPLETE, matches=(Match("Isolde", "liaison", Answer.NO),))
    again = answers.with_matches((("Isolde", "liaison"), ("Caspian", "chair")))
    assert again.matches == (Match("Isolde", "liaison", Answer.NO), Match("Caspian", "chair"))


TEXTS = st.none() | st.text()
ANSWER = st.none() | st.sampled_from(Answer)
ANSWERS = st.builds(
    Answers,
    kind=st.none() | st.sampled_from(["concern", "safeguarding", "call_me"]),
    danger=ANSWER,
    at_risk=ANSWER,
    account=TEXTS,
    happened=TEXTS,
    people=st.none()
    | st.lists(st.builds(PersonTyped, st.text(), st.sampled_from(Part))).map(tuple),
    matches=st.lists(st.builds(Match, st.text(), st.just("chair"), ANSWER)).map(tuple),
    mode=st.none() | st.sampled_from(Mode),
    identity=st.none() | st.builds(Identity, st.text(), st.text(), st.text()),
    outside=ANSWER,
)


@given(ANSWERS)
def test_a_draft_comes_back_from_the_session_as_it_was(answers: Answers) -> None:
    stored = json.loads(json.dumps(answers.to_session()))
    assert Answers.from_session(stored) == answers


@given(ANSWERS)
def test_whatever_was_answered_some_question_or_the_check_page_comes_next(answers: Answers) -> None:
    path = questions(PACK, answers)
    missing = first_unanswered(PACK, answers)
    assert missing is None or 1 <= missing <= len(path)
    assert path[0].ask is Ask.KIND


@given(st.text())
def test_tidied_text_is_stable_and_has_no_controls(text: str) -> None:
    tidied = tidy_text(text)
    assert tidy_text(tidied) == tidied
    assert not any(ord(sign) < ord(" ") and sign not in "\n\t" for sign in tidied)
    assert "\n" not in tidy_line(text)


def test_the_clause_that_limits_confidence_is_in_force(pack: Pack) -> None:
    assert pack.clause(pack.wording.limit_clause).in_force_on(date(2026, 11, 22))


def test_how_something_may_be_shared_is_asked_after_what_and_only_then() -> None:
    silent = own_keys(replace(COMPLETE, organisation="fernhill"))
    assert silent == ["policy"]
    answers = replace(COMPLETE, organisation="fernhill", sharing="That it was about my pay.")
    assert own_keys(answers) == ["policy", "share_as", "share_with", "share_how", "share_when"]
    path = [question.ask for question in questions(pack_of("cmn"), answers)]
    assert path[path.index(Ask.SHARING) : path.index(Ask.WISH)] == [Ask.SHARING, *[Ask.OWN] * 4]


def test_what_was_said_about_sharing_goes_when_nothing_is_shared_any_more() -> None:
    answers = replace(COMPLETE, organisation="fernhill", own=(("share_how", "In a letter"),))
    assert "share_how" not in dict(concern_of(pack_of("cmn"), answers).answers)


def own_keys(answers: Answers) -> list[str]:
    """Return the pack's own questions that `cmn` asks, in their order."""
    path = questions(pack_of("cmn"), answers)
    return [question.own.key for question in path if question.own]
