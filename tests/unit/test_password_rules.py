"""Which passwords, addresses and codes are good enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.people.rules import (
    FREE_FAILURES,
    LONGEST_PASSWORD,
    LONGEST_PAUSE,
    TOO_CLOSE,
    TOO_COMMON,
    TOO_LONG,
    TOO_REGULAR,
    TOO_SHORT,
    NewPerson,
    code_counter,
    common_passwords,
    email_problem,
    password_problem,
    pause_after,
    pause_in_total,
    tidy_email,
)

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MOMENT = datetime(2026, 11, 22, 10, 0, 5, tzinfo=UTC)
REFUSALS = {
    "fourteen chars": TOO_SHORT,
    "": TOO_SHORT,
    "x" * (LONGEST_PASSWORD + 1): TOO_LONG,
    "correct horse battery staple": TOO_COMMON,
    "Correct-Horse-Battery-Staple!1": TOO_COMMON,
    "P4ssw0rd-L3tm31n-99": TOO_COMMON,
    "WelcomePassword2026": TOO_COMMON,
    "IloveyouForever!!!": TOO_COMMON,
    "ConductDesk-2026!!": TOO_COMMON,
    "MentoringPassword1": TOO_COMMON,
    "tulipgravel" * 2: TOO_REGULAR,
    "tulip9tulip9tulip9!": TOO_REGULAR,
    "aaaaaaaaaaaaaaaaaaaa": TOO_REGULAR,
    "1234567890123456": TOO_REGULAR,
    "zyxwvutsrqponmlkj": TOO_REGULAR,
    "1qaz2wsx3edc4rfv5tgb": TOO_REGULAR,
    "mentors desk mentee 12": TOO_CLOSE,
    "Quiet Post Society 77": TOO_CLOSE,
    "ada.lovelace@example": TOO_CLOSE,
}
BELONGS = ("Quiet Post Society", "Ada Lovelace", "ada.lovelace@example.org")


@pytest.mark.parametrize(("password", "sentence"), REFUSALS.items())
def test_a_password_that_would_be_guessed_is_refused(password: str, sentence: str) -> None:
    assert password_problem(password, BELONGS) == sentence


@pytest.mark.parametrize(
    "password",
    [
        "tulip gravel anthem nine",
        "   spaces   count   too   ",
        "летучая мышь на крыше",
        "walking🕊north🌧with9kettles",
        "the mentor has a purple walrus",
        "no digits and no capitals here",
    ],
)
def test_a_password_of_unrelated_words_is_accepted(password: str) -> None:
    assert password_problem(password, BELONGS) is None


def test_no_kind_of_character_is_asked_for() -> None:
    assert password_problem("velvet harbour biscuit") is None


@given(st.text(max_size=400), st.lists(st.text(max_size=40), max_size=3))
def test_any_text_gets_an_answer(password: str, belongs: list[str]) -> None:
    answer = password_problem(password, belongs)
    assert answer is None or answer.endswith(".")


def test_the_list_holds_thousands_of_lines_as_they_are_compared() -> None:
    listed = common_passwords()
    assert len(listed) > 3000
    assert all(line == line.casefold() and line.isalnum() for line in listed)


@pytest.mark.parametrize("email", ["ada@example.org", "a.b+c@mail.example.co.uk", "o'x@e.org"])
def test_an_address_is_accepted(email: str) -> None:
    assert email_problem(email) is None


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "a b@example.org",
        "ada@example.org, b@c.de",
        "ada@example.org\r\nBcc: x@y.de",
        "a" * 250 + "@example.org",
        "<ada@example.org>",
    ],
)
def test_an_address_that_is_none_is_refused(email: str) -> None:
    assert email_problem(email)


def test_an_address_is_compared_without_case_spaces_and_controls() -> None:
    assert tidy_email("  Ada@Example.ORG\x00 ") == "ada@example.org"


@pytest.mark.parametrize("name", ["", "  ", "Ada\nLovelace", "x" * 121, "Ada\u202eecalevoL"])
def test_a_name_must_fit_one_line(name: str) -> None:
    assert NewPerson("ada@example.org", name).problem()


def test_the_pauses_grow_but_never_lock_anybody_out() -> None:
    pauses = [pause_after(failures) for failures in range(100)]
    assert pauses[FREE_FAILURES - 1] == timedelta(0)
    assert pauses[FREE_FAILURES] == timedelta(seconds=1)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE
    assert pause_in_total(10**9) == timedelta(seconds=2)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_may_be_one_step_early_or_late(steps: int) -> None:
    assert code_counter(SECRET, pyotp.TOTP(SECRET).at(MOMENT, counter_offset=steps), MOMENT, 0)


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_may_not_be_older(steps: int) -> None:
    assert (
        code_counter(SECRET, pyotp.TOTP(SECRET).at(MOMENT, counter_offset=steps), MOMENT, 0) is None
    )


def test_a_code_works_once() -> None:
    code = pyotp.TOTP(SECRET).at(MOMENT)
    used = code_counter(SECRET, f"{code[:3]} {code[3:]}", MOMENT, 0)
    assert used
    assert code_counter(SECRET, code, MOMENT, used) is None


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "0" * 5000])
def test_nonsense_is_no_code(typed: str) -> None:
    assert code_counter(SECRET, typed, MOMENT, 0) is None
