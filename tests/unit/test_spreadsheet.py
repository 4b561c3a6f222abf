"""A CSV file is read as spreadsheets write it, and what is wrong with it is said with its place."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.participants import spreadsheet
from conductdesk.participants.spreadsheet import (
    COLUMNS,
    Cells,
    FileKind,
    FileUnreadable,
    Problem,
    day_in,
    read_sheet,
    template,
)

HEADINGS = "ref,name,role"


def rows_in(*lines: str, piece: int = 7) -> list[Cells | Problem]:
    """Read a file that comes in small pieces, cut anywhere."""
    return list(read_sheet(cut("\r\n".join(lines).encode(), piece)).rows)


def cut(data: bytes, length: int) -> list[bytes]:
    return [data[at : at + length] for at in range(0, len(data), length)]


def values(rows: list[Cells | Problem]) -> list[dict[str, str]]:
    assert all(isinstance(row, Cells) for row in rows), rows
    return [dict(row.values) for row in rows if isinstance(row, Cells)]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_it_is_read_as_any_spreadsheet_writes_it(separator: str, ending: str, mark: str) -> None:
    lines = [HEADINGS.replace(",", separator), separator.join(("M-1", "Bárnaby Quill", "mentor"))]
    sheet = read_sheet(cut((mark + ending.join(lines)).encode(), 3))
    assert sheet.kind is FileKind.PARTICIPANTS
    assert values(list(sheet.rows)) == [{"ref": "M-1", "name": "Bárnaby Quill", "role": "mentor"}]


def test_quotes_spaces_and_blank_rows_are_as_in_a_spreadsheet() -> None:
    rows = rows_in(" Ref ,NAME,Role", "", '1,"Quill, ""Clem""",mentor', ",,", "2,  A   B ,mentor")
    assert [row["name"] for row in values(rows)] == ['Quill, "Clem"', "A B"]
    assert [row.row for row in rows] == [3, 5]


@pytest.mark.parametrize(
    ("headings", "kind"),
    [
        ("name,role,ref,email", FileKind.PARTICIPANTS),
        ("group,kind,ref,from,to", FileKind.GROUPS),
        ("tie,ref,officer_email", FileKind.TIES),
        *((template(kind).strip(), kind) for kind in FileKind),
    ],
)
def test_the_headings_tell_what_a_file_holds(headings: str, kind: FileKind) -> None:
    sheet = read_sheet([headings.encode()])
    assert sheet.kind is kind
    assert sheet.columns <= set(COLUMNS[kind].all)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"\n", "empty"),
        (b"name,role\nA,mentor", "ref, name, role"),
        (b"ref,name,role,phone,shoe size", "“phone”, “shoe_size”"),
        (b"ref,name,role,name", "same heading"),
        ("ref,name,role\n1,B\u00e1rnaby,mentor".encode("latin-1"), "UTF-8"),
        ("ref,name,role".encode("utf-16"), "UTF-8"),
        (b'"ref,name,role', "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(data: bytes, sentence: str) -> None:
    with pytest.raises(FileUnreadable, match=sentence):
        list(read_sheet([data]).rows)


@pytest.mark.parametrize(
    ("line", "row", "column", "sentence"),
    [
        ("1,A,mentor,more", 2, "", "more cells"),
        (f"1,{'a' * 300},mentor", 2, "name", "too long"),
        ("1,A\x07B,mentor", 2, "name", "cannot be shown"),
        ('1,"A,mentor', 2, "", "cannot be told apart"),
        ('1,"A"B,mentor', 2, "", "cannot be told apart"),
    ],
)
def test_a_row_that_is_none_is_a_problem_with_its_place(
    line: str, row: int, column: str, sentence: str
) -> None:
    found = rows_in(HEADINGS, line)[0]
    assert isinstance(found, Problem)
    assert (found.row, found.column) == (row, column)
    assert sentence in found.sentence
    assert found.remedy.endswith(".")


def test_a_file_with_too_many_rows_says_so_and_is_not_read_further(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 3)
    rows = rows_in(HEADINGS, *("1,A,mentor" for _one in range(9)))
    assert len(rows) == 4
    assert isinstance(rows[-1], Problem)
    assert "may have 3 rows" in rows[-1].sentence


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-27", date(2026, 3, 27)),
        ("27/03/2026", date(2026, 3, 27)),
        ("7/3/2026", date(2026, 3, 7)),
        ("", None),
    ],
)
def test_a_day_is_read_in_either_form(text: str, day: date | None) -> None:
    assert day_in(Cells(2, {"to": text}), "to") == day


@pytest.mark.parametrize("text", ["yesterday", "2026-02-30", "31/31/2026", "1/2", "//", "²/1/2026"])
def test_what_is_no_day_is_a_problem(text: str) -> None:
    found = day_in(Cells(9, {"to": text}), "to")
    assert isinstance(found, Problem)
    assert found.row == 9


@given(st.binary(max_size=300), st.integers(1, 50))
def test_no_file_breaks_it(data: bytes, piece: int) -> None:
    for whole in (HEADINGS.encode() + b"\n" + data, data):
        with suppress(FileUnreadable):
            list(read_sheet(cut(whole, piece)).rows)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=40), max_size=5))
def test_how_a_file_is_cut_into_pieces_does_not_matter(lines: list[str]) -> None:
    data = "\n".join([HEADINGS, *lines]).encode()

    def read(length: int) -> object:
        return list(read_sheet(cut(data, length)).rows)

    assert read(1) == read(64) == read(10_000)
