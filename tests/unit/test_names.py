"""A typed name that may be an officer's is recognised, in any script, by spelling and by sound."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.participants.rules import name_keys
from conductdesk.routing.names import likely, resembling

OFFICERS = {"liaison": ["Morwenna Quillfeather"], "chair": ["Jon Tarrant", "Zoë Löwenstein"]}


@pytest.mark.parametrize(
    ("typed", "office"),
    [
        ("Morwenna Quillfeather", "liaison"),
        ("morwena", "liaison"),
        ("Dr M. Quilfether", "liaison"),
        ("Quillfeather, Morwenna", "liaison"),
        ("John", "chair"),
        ("Tarent", "chair"),
        ("zoe lowenstein", "chair"),
        ("my mentor Morwenna from the committee", "liaison"),
    ],
)
def test_a_name_spelled_or_sounding_like_an_officer_is_asked_about(typed: str, office: str) -> None:
    assert office in resembling(typed, OFFICERS)


@pytest.mark.parametrize(
    ("typed", "officer"),
    [
        ("Мария Иванова", "Мария Иванова"),
        ("Иванова, Мария", "Мария Иванова"),
        ("с Ивановой", "Мария Иванова"),
        ("ΓΙΩΡΓΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ", "Γιώργος Παπαδόπουλος"),
        ("علي", "محمد العلي"),
        ("我的导师王小明", "王小明"),
        ("王老师", "王小明"),
        ("田中さん", "田中太郎"),
        ("김 선생", "김철수"),
        ("रमा", "रमा देवी"),
    ],
)
def test_a_name_is_recognised_in_any_script(typed: str, officer: str) -> None:
    assert resembling(typed, {"liaison": [officer]})


@pytest.mark.parametrize(
    ("typed", "officer"),
    [
        ("Mrs Garcia", "Maria Garcia Lopez"),
        ("Maria Garcia", "Maria Garcia Lopez"),
        ("Mrs Smith", "Anna Smith-Jones"),
        ("Annemarie", "Anne-Marie Keller"),
        ("Vanderberg", "Anna van der Berg"),
        ("Mrs Strauss", "Anna Strauß"),
        ("Lodz", "Anna Łódź"),
        ("Soren Aeroe", "Søren Ærø"),
        ("Mueller", "Jan Müller"),
        ("Shivaun OBrian", "Siobhan O'Brien"),
        ("Shivaun", "Siobhan O’Brien"),
        ("O Brien", "Siobhan O’Brien"),
        ("Izold Braken-Thwaite", "Isolde Brackenthwaite"),
        ("Ros", "Rosalind Pettifer"),
        ("My", "My Nguyen"),
        ("Mr Le", "Minh Le"),
        ("J. K.", "J K"),
        ("47", "47"),
    ],
)
def test_one_word_of_an_officers_name_is_enough_however_it_is_written(
    typed: str, officer: str
) -> None:
    assert resembling(typed, {"liaison": [officer]})


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "😀", "\u202e", "X", "my mentor", "the chair", "Barnaby Thistlewood"),
        *("a tall man with red hair from the committee", "my line manager at work"),
        "моя наставница",
    ],
)
def test_another_name_or_a_description_in_common_words_is_not_asked_about(typed: str) -> None:
    more = {"lead": ["Мария Иванова", "王小明", "Maria de la Cruz", "Isolde Brackenthwaite"]}
    assert resembling(typed, OFFICERS | more) == ()


@given(st.text(max_size=200))
def test_no_text_breaks_the_comparison(typed: str) -> None:
    assert set(resembling(typed, OFFICERS)) <= set(OFFICERS)


@given(st.text(max_size=60))
def test_whoever_the_register_would_find_by_a_name_is_asked_about(typed: str) -> None:
    found = bool(resembling(typed, {"liaison": [typed]}))
    assert found == bool(name_keys(typed))


KEEPERS = {
    "isolde": ["Isolde Brackenthwaite"],
    "david": ["David Jones"],
    "maria": ["Maria Garcia Lopez"],
    "мария": ["Мария Иванова"],
    "ludwig": ["Ludwig van der Berg"],
}


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("Isolda", "isolde"),
        ("Mrs Brackenthwaite", "isolde"),
        ("Izold Braken-Thwaite", "isolde"),
        ("my mentor Isolde from the committee", "isolde"),
        ("D. Jones", "david"),
        ("Maria Lopes", "maria"),
        ("Иванова", "мария"),
        ("Ludwig Berg", "ludwig"),
    ],
)
def test_where_nobody_can_be_asked_all_that_was_typed_counts(typed: str, who: str) -> None:
    assert likely(typed, KEEPERS) == (who,)


@pytest.mark.parametrize(
    "typed", ["Isolde Merriweather", "David Smith", "Maria Smith", "Мария Петрова", "van der Velde"]
)
def test_one_word_of_two_is_not_enough_there(typed: str) -> None:
    assert likely(typed, KEEPERS) == ()
