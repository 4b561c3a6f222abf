"""A scheme pack is read whole, or refused with every mistake in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from conductdesk.cases.packs import kernel_problems
from conductdesk.schemes.pack import Pack, Span, Unit
from conductdesk.schemes.reading import (
    LARGEST_FILE,
    PackError,
    every_key,
    read_pack,
    read_stored,
    text_of,
)
from conductdesk.schemes.table import AT_THE_TOP
from conductdesk.schemes.table_words import A_TABLE
from tests.unit.packs import changed, problems_of, source_of


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The pack of WCC UK."""
    return read_pack(source_of("wcc"), "wcc.toml")


def test_a_clause_that_was_changed_is_cited_with_its_day_and_judged_by_its_own_wording(
    pack: Pack,
) -> None:
    old = replace(pack.clause("13"), in_force_to=date(2026, 3, 31))
    new = replace(old, title="New", in_force_from=date(2026, 4, 1), in_force_to=None)
    others = tuple(one for one in pack.clauses if one.number != "13")
    changed_code = replace(pack, clauses=(*others, old, new))
    before, after = f"13 (from {old.in_force_from})", "13 (from 2026-04-01)"
    assert changed_code.clause(before) is old
    assert changed_code.clause(after) is new
    assert after not in changed_code.clauses_until(date(2026, 3, 31))
    assert {before, after, "1"} <= changed_code.clauses_until(date(2026, 6, 1)).keys()


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


@pytest.mark.parametrize("scheme", ["bes", "brk", "cmn", "mm", "wcc"])
def test_the_packs_that_come_with_it_are_good(scheme: str) -> None:
    assert read_pack(source_of(scheme), f"{scheme}.toml", kernel_problems).key == scheme


def test_every_mistake_is_told_at_once() -> None:
    found = problems_of(
        changed(
            ('nation = "ENG"', 'nation = 5\ncolour = "red"'),
            ("version = 1", "version = 0"),
            ("from = 2024-01-01", 'from = "soon"'),
            ('number = "2"', 'number = "1"'),
            ('feedback = "3 months"', 'feedback = "4 months"'),
        )
    )
    keys = [line.partition(":")[0] for line in found]
    assert keys == ["version", "nation", "clauses[1].from", "colour", "clocks.feedback", "clauses"]


def test_what_was_misread_is_not_complained_of_twice() -> None:
    assert len(problems_of(changed(('nation = "ENG"', "nation = 5")))) == 1


def test_a_mistake_in_a_list_is_named_by_the_key_that_its_reader_gave_it() -> None:
    found = problems_of(changed(('plain = "the chair"', "plain = 3")))
    assert found == (
        'offices.chair.plain: holds a number without quotes. Write "a text in quotes".',
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("WCC UK mentoring\"", "WCC UK mentoring”"), ("line 7", "WCC UK mentoring”", "straight quotes")),
        (('"7 days"', "7 days"), ("“acknowledge = 7 days”", "length of time")),
        (("hours = true", "hours = True"), ("“hours = True”", "yes is true")),
        (("\n[clocks]", "\n[wording]\n[clocks]"), ("“[wording]”", "stands there already")),
        (("\n[appeal]", '\nname = "A"\nname = "B"\n[appeal]'), ("“name =", "stands there already")),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_with_its_line_and_what_to_look_for(
    change: tuple[str, str], words: tuple[str, ...]
) -> None:
    (found,) = problems_of(changed(change))
    assert all(word in found for word in words), found
    assert "TOML" not in found
    assert "Cannot" not in found


def test_a_file_that_breaks_off_is_refused_in_words() -> None:
    (found,) = problems_of('participants = ["mentor",')
    assert found.startswith("this file cannot be read to its end.")


def test_a_misplaced_key_of_the_top_is_known_by_what_the_parser_reads_there() -> None:
    plain = {one.path for one in every_key() if "." not in one.path and A_TABLE not in one.value}
    assert plain == AT_THE_TOP


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe\x00k\x00e\x00y", "UTF-8"),
        (b"  \n", "is empty"),
        (b"#" * (LARGEST_FILE + 1), "larger than 200 KB"),
    ],
)
def test_a_file_that_holds_no_pack_is_refused_with_a_sentence(data: bytes, words: str) -> None:
    with pytest.raises(PackError, match=words):
        text_of(data, "x.toml")


def test_the_mark_that_some_editors_write_first_does_no_harm() -> None:
    text = text_of(b"\xef\xbb\xbf" + source_of("wcc").replace("\n", "\r\n").encode(), "wcc.toml")
    assert read_pack(text, "wcc.toml", kernel_problems).key == "wcc"


def test_a_pack_in_force_goes_on_where_a_later_release_checks_more() -> None:
    source = changed(('feedback = "3 months"', 'feedback = "4 months"'))
    assert problems_of(source)
    assert read_stored(source, "scheme_version").clocks["feedback"] == Span(4, Unit.MONTHS)
