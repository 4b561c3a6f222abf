"""A scheme pack is read whole, or refused with every mistake in it."""

from __future__ import annotations

import pytest

from conductdesk.schemes.pack import Pack, Span, Unit
from conductdesk.schemes.reading import PackError, read_pack
from tests.cast import wcc_source


def problems(**changes: str) -> tuple[str, ...]:
    """Return what is wrong with the pack once each key's text is replaced by its value."""
    source = wcc_source()
    for old, new in changes.items():
        assert old in source
        source = source.replace(old, new, 1)
    with pytest.raises(PackError) as refused:
        read_pack(source, "wcc.toml")
    return refused.value.problems


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack of WCC UK."""
    return read_pack(wcc_source(), "wcc.toml")


def test_the_pack_of_wcc_uk_has_its_fourteen_clauses(pack: Pack) -> None:
    assert [clause.number for clause in pack.clauses] == [str(number) for number in range(1, 15)]


def test_what_the_code_does_not_name_is_marked_as_ours(pack: Pack) -> None:
    assert {office.key for office in pack.offices if office.ours} == {
        "safeguarding",
        "committee",
        "outside",
    }


def test_spans_are_read_in_words(pack: Pack) -> None:
    assert pack.clocks["triage"] == Span(3, Unit.WORKING_DAYS)
    assert str(Span(1, Unit.WORKING_DAYS)) == "1 working day"


def test_an_unknown_office_in_the_chain_is_refused_with_the_remedy() -> None:
    found = problems(**{'chain = ["liaison"': 'chain = ["liason"'})
    assert any("routing.chain" in line and "liason" in line and "liaison" in line for line in found)


def test_a_legal_clock_made_longer_is_refused() -> None:
    assert any("clocks.feedback" in line for line in problems(**{'"3 months"': '"4 months"'}))


def test_a_clock_of_zero_is_refused() -> None:
    assert any("clocks.triage" in line for line in problems(**{'"3 working days"': '"0 days"'}))


def test_the_respondents_time_to_reply_cannot_be_shortened() -> None:
    found = problems(**{'reply = "10 working days"': 'reply = "2 days"'})
    assert any("clocks.reply" in line for line in found)


def test_two_clauses_with_one_number_on_one_day_are_refused() -> None:
    assert any("clauses 2" in line for line in problems(**{'number = "1"': 'number = "2"'}))


def test_an_unknown_key_is_refused() -> None:
    assert any(
        "nickname" in line for line in problems(**{'key = "wcc"': 'key = "wcc"\nnickname = "x"'})
    )


def test_every_mistake_is_told_at_once() -> None:
    found = problems(
        **{'nation = "ENG"': 'nation = 5\ncolour = "red"', "version = 1": "version = 0"}
    )
    assert len(found) >= 3


def test_a_file_that_is_not_toml_is_refused_with_a_sentence() -> None:
    with pytest.raises(PackError, match="not TOML"):
        read_pack("= =", "x.toml")
