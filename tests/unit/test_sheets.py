"""A list that leaves the desk is a file that a spreadsheet reads as text, and nothing else."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conductdesk.review.sheets import RUNS, Format, Value, as_csv, written

MOMENT = datetime(2026, 11, 22, 10, tzinfo=UTC)


def cells(value: Value) -> list[str]:
    lines = csv.reader(io.StringIO(as_csv([{"it": value}], ["it"]).decode(), newline=""))
    return list(lines)[1]


@pytest.mark.parametrize("start", RUNS)
def test_no_cell_is_a_formula(start: str) -> None:
    """ASVS V1.2.10: the first character of a cell runs nothing."""
    assert cells(f"{start}HYPERLINK(1)") == [f"'{start}HYPERLINK(1)"]
    assert cells([f"{start}1"]) == [f"'{start}1"]


@given(st.text())
def test_whatever_a_cell_holds_it_is_one_cell(text: str) -> None:
    [cell] = cells(text)
    assert cell in (text, f"'{text}")


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (None, ""),
        (True, "yes"),
        (12, "12"),
        (MOMENT, "2026-11-22T10:00:00+00:00"),
        (("a", "b"), "a b"),
    ],
)
def test_values_are_written_as_words(value: Value, cell: str) -> None:
    assert cells(value) == [cell]


def test_json_keeps_what_is_a_list_or_a_number() -> None:
    rows = json.loads(written([{"n": 1, "of": ("a",), "at": MOMENT}], ["n"], Format.JSON))
    assert rows == [{"n": 1, "of": ["a"], "at": "2026-11-22T10:00:00+00:00"}]
