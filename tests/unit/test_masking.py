"""No name, part of a name, address or number of anybody known is left in a masked text."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.cases.masking import Known, mask, still_named

SAM = Known("Respondent A", "Samira O’Brien-Quill")
LEE = Known("Witness B", "Dr Tomos Quill")
TELLER = Known("the reporter", "Ada Winterbourne", "ada.w@example.org, or 07700 900123 after six")
EVERYBODY = (SAM, LEE, TELLER)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Samira O’Brien-Quill called.", "Respondent A called."),
        ("SAMIRA  o'brien-quill called.", "Respondent A called."),
        ("Samira\nO'Brien-Quill called.", "Respondent A called."),
        ("It was Samira’s idea.", "It was Respondent A’s idea."),
        ("samira_old", "Respondent A_old"),
        ("Ask Sámirà.", "Ask Respondent A."),
        ("Ask Sa\u200bmi\u00adra.", "Ask Respondent A."),
        ("Ask Ｓａｍｉｒａ.", "Ask Respondent A."),
        ("Mr Quill and the O'Briens", "Mr Respondent A or Witness B and the O'Briens"),
        ("Tomos Quill", "Witness B"),
        ("Dr Tomos Quill", "Witness B"),
        ("Winterbourne, Ada", "the reporter, the reporter"),
        ("Ada Winterbourne", "the reporter"),
        ("Write to ADA.W@example.org.", "Write to the reporter."),
        ("Ring 07700900123 or +44 7700-900 123.", "Ring the reporter or +44 the reporter."),
        ("Adagio, dram, Samiras", "Adagio, dram, Samiras"),
        ("Nobody is named.", "Nobody is named."),
        ("", ""),
    ],
)
def test_a_name_is_found_however_it_is_written(text: str, masked: str) -> None:
    assert mask(text, EVERYBODY) == masked


def test_the_title_of_a_person_is_no_part_of_their_name() -> None:
    assert mask("The Dr is in.", EVERYBODY) == "The Dr is in."


def test_nothing_is_masked_where_nobody_is_known() -> None:
    assert mask("Samira", ()) == "Samira"
    assert mask("Samira", [Known("Witness A", "")]) == "Samira"


def test_a_name_of_one_sign_is_masked_as_a_whole() -> None:
    assert mask("I saw X there, and 🦊 too.", [Known("A1", "X"), Known("B1", "🦊")]) == (
        "I saw A1 there, and B1 too."
    )


def test_a_checked_text_may_use_a_word_that_is_also_a_name() -> None:
    may = [Known("Witness A", "May Underhill")]
    assert still_named("It may rain.", may) == ()
    assert still_named("Then May left.", may) == ("Witness A",)
    assert still_named("then may underhill left", may) == ("Witness A",)


def test_a_masked_text_names_nobody() -> None:
    assert still_named(mask("Samira rang Ada and Tomos.", EVERYBODY), EVERYBODY) == ()


words = st.text(st.characters(categories=("Lu", "Ll"), max_codepoint=0x24F), min_size=2, max_size=8)
names = st.lists(words, min_size=1, max_size=3).map(" ".join)
gaps = st.sampled_from([" ", ", ", ".\n", " (", "’s ", "\u200b \t", "/", "_"])
texts = st.lists(st.tuples(st.text(max_size=12), gaps), max_size=6)


@given(names, texts, st.data())
def test_no_name_survives_wherever_it_stands(
    name: str, around: list[tuple[str, str]], data: st.DataObject
) -> None:
    known = [Known("§1", name)]
    written = data.draw(st.sampled_from([name, name.upper(), name.lower(), name.split()[0]]))
    text = "".join(f"{words}{gap}{written}{gap}" for words, gap in around) or written
    masked = mask(text, known)
    assert "§1" in masked
    assert still_named(masked, known) == ()
    assert mask(masked, known) == masked


@given(names, st.text())
def test_what_stands_around_a_name_is_kept(name: str, text: str) -> None:
    masked = mask(f"{text} {name}", [Known("§1", name)])
    kept = re.escape(masked).replace("§1", ".+").replace("§1", ".+")
    assert re.fullmatch(kept, f"{text} {name}", re.DOTALL)


@given(st.text())
def test_no_text_and_no_name_make_it_stumble(text: str) -> None:
    mask(text, [Known("§1", text, text), SAM])
