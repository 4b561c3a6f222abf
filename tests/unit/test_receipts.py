"""A receipt survives being written down, read out and typed in."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conductdesk.vault.receipts import ALPHABET, SECRET_LENGTH, Receipt
from conductdesk.vault.words import WORDS

RECEIPTS = st.binary(min_size=SECRET_LENGTH, max_size=SECRET_LENGTH).map(Receipt)
PLACES = st.integers(0, 24)


def typed(receipt: Receipt) -> str:
    """Return the code without its spaces."""
    return receipt.code.replace(" ", "")


@given(RECEIPTS)
def test_a_code_reads_back(receipt: Receipt) -> None:
    assert Receipt.parse(receipt.code) == receipt


@given(RECEIPTS)
def test_twelve_words_read_back(receipt: Receipt) -> None:
    assert Receipt.parse(" ".join(receipt.words)) == receipt


@given(RECEIPTS)
def test_a_code_without_its_check_character_reads_back(receipt: Receipt) -> None:
    assert Receipt.parse(" ".join(receipt.groups)) == receipt


@given(RECEIPTS)
def test_case_spaces_and_hyphens_are_forgiven(receipt: Receipt) -> None:
    assert Receipt.parse(f"\n {receipt.code.lower().replace(' ', '-')}. ") == receipt
    assert Receipt.parse(typed(receipt)) == receipt


@given(RECEIPTS)
def test_what_is_copied_from_the_receipt_page_reads_back(receipt: Receipt) -> None:
    groups = " ".join(receipt.groups)
    assert Receipt.parse(f"{groups}\nCheck letter: {receipt.check}.") == receipt


@given(RECEIPTS)
def test_letters_that_look_like_digits_are_forgiven(receipt: Receipt) -> None:
    for digit, letter in (("0", "o"), ("1", "I"), ("1", "l")):
        assert Receipt.parse(receipt.code.replace(digit, letter)) == receipt


@given(RECEIPTS)
def test_words_may_be_cut_to_four_letters_and_set_in_lines(receipt: Receipt) -> None:
    lines = "\n".join(f"{number}. {word[:4].upper()}," for number, word in enumerate(receipt.words))
    assert Receipt.parse(lines) == receipt


def test_every_slip_of_one_character_and_every_exchange_is_caught() -> None:
    code = typed(Receipt.mint())
    slips = {code[:at] + wrong + code[at + 1 :] for at in range(25) for wrong in ALPHABET}
    for first, second in combinations(range(25), 2):
        exchanged = list(code)
        exchanged[first], exchanged[second] = exchanged[second], exchanged[first]
        slips.add("".join(exchanged))
    assert [slip for slip in slips if Receipt.parse(slip)] == [code]


@given(RECEIPTS, PLACES, st.sampled_from(ALPHABET))
def test_one_wrong_character_is_caught(receipt: Receipt, place: int, wrong: str) -> None:
    code = typed(receipt)
    assume(code[place] != wrong)
    assert Receipt.parse(code[:place] + wrong + code[place + 1 :]) is None


@given(RECEIPTS, PLACES, PLACES)
def test_two_characters_that_changed_places_are_caught(
    receipt: Receipt, first: int, second: int
) -> None:
    code = list(typed(receipt))
    assume(code[first] != code[second])
    code[first], code[second] = code[second], code[first]
    assert Receipt.parse("".join(code)) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    Receipt.parse(text)


@pytest.mark.parametrize("text", ["", "7KQ2 M9XD", "garden ladder", "?" * 24, "garden " * 13])
def test_what_cannot_be_a_receipt_is_none(text: str) -> None:
    assert Receipt.parse(text) is None


def test_a_word_that_is_not_ours_is_refused() -> None:
    words = list(Receipt.mint().words)
    assert Receipt.parse(" ".join([*words[:11], "qwertz"])) is None


def test_a_code_is_six_groups_of_four_and_a_check_character() -> None:
    receipt = Receipt(bytes(range(15)))
    assert [len(group) for group in receipt.code.split()] == [4, 4, 4, 4, 4, 4, 1]
    assert (*receipt.groups, receipt.check) == tuple(receipt.code.split())


def test_the_form_of_a_receipt_never_changes() -> None:
    receipt = Receipt(bytes(range(15)))
    assert receipt.code == "000G 40R4 0M30 E209 185G R38E D"
    assert receipt.words[:4] == ("acorn", "antler", "cheese", "recipe")


def test_each_mint_is_another_one() -> None:
    assert len({Receipt.mint().secret for _time in range(100)}) == 100


def test_lookup_and_key_tell_nothing_of_each_other() -> None:
    receipt = Receipt.mint()
    assert len({receipt.lookup, receipt.private_key, receipt.secret.ljust(32)}) == 3


def test_a_receipt_does_not_show_itself_in_a_traceback() -> None:
    assert repr(Receipt(b"s" * 15)) == "Receipt()"


def test_there_are_1024_different_words() -> None:
    assert len(WORDS) == len(set(WORDS)) == 1024
    assert list(WORDS) == sorted(WORDS)


def test_no_two_words_begin_alike() -> None:
    assert len({word[:4] for word in WORDS}) == 1024


def test_every_word_is_short_and_plain() -> None:
    assert all(word.isascii() and word.islower() and 4 <= len(word) <= 7 for word in WORDS)
