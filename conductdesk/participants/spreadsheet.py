"""A CSV file as rows of named cells, read piece by piece; pure.

Whatever is wrong is said with its row as a spreadsheet counts it, its column, and what to do.
"""

from __future__ import annotations

import codecs
import csv
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from conductdesk.refusal import Refused

MOST_ROWS = 50_000
LONGEST_CELL = 254
SEPARATORS = (",", ";", "\t")


class FileKind(StrEnum):
    """What a file holds; its first row tells."""

    PARTICIPANTS = "participants"
    GROUPS = "groups"
    TIES = "ties"


@dataclass(frozen=True)
class Columns:
    """The columns of one kind of file."""

    needed: tuple[str, ...]
    optional: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every column, in the order of the template."""
        return (*self.needed, *self.optional)


COLUMNS: Mapping[FileKind, Columns] = {
    FileKind.PARTICIPANTS: Columns(
        ("ref", "name", "role"),
        ("email", "organisation", "age_band", "code_version", "accepted_on", "ended_on"),
    ),
    FileKind.GROUPS: Columns(("group", "kind", "ref"), ("from", "to")),
    FileKind.TIES: Columns(("ref", "tie"), ("other_ref", "officer_email")),
}
"""`ref` is the scheme's own reference of a person: a member number, say. It never changes."""


@dataclass(frozen=True)
class Problem:
    """Something in a file that cannot be taken in."""

    row: int
    """As a spreadsheet counts: the headings are row 1."""
    column: str
    sentence: str
    remedy: str


class FileUnreadable(Refused):
    """The file as a whole cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Cells:
    """One row: its number, and the text of each cell by the name of its column."""

    row: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the text of a cell; empty where the file has no such column."""
        return self.values.get(column, "")

    def problem(self, column: str, sentence: str, remedy: str) -> Problem:
        """Return something that is wrong with a cell of this row."""
        return Problem(self.row, column, sentence, remedy)


@dataclass(frozen=True)
class Sheet:
    """A file whose headings were read."""

    kind: FileKind
    columns: frozenset[str]
    rows: Iterator[Cells | Problem]
    """Blank rows are left out; a row that is no row at all is a problem."""


def read_sheet(pieces: Iterable[bytes]) -> Sheet:
    """Read the headings of a CSV file; its rows are read when they are asked for."""
    lines = _lines(pieces)
    first = next(lines, "")
    separator = max(SEPARATORS, key=first.count)
    headings = _headings(first, separator)
    kind = _kind_of(headings)
    return Sheet(kind, frozenset(headings), _rows(lines, headings, separator))


def day_in(cells: Cells, column: str) -> date | Problem | None:
    """Return the day in a cell, None for an empty one; `2026-03-27` or `27/03/2026`."""
    text = cells[column]
    if not text:
        return None
    day, slash, rest = text.partition("/")
    month, _slash, year = rest.partition("/")
    try:
        return date(int(year), int(month), int(day)) if slash else date.fromisoformat(text)
    except ValueError:
        return cells.problem(
            column, f"“{text}” is not a day.", "Write it as 2026-03-27 or 27/03/2026."
        )


def template(kind: FileKind) -> str:
    """Return a file with the headings of *kind* and nothing below them."""
    return ",".join(COLUMNS[kind].all) + "\r\n"


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    decoder, rest = codecs.getincrementaldecoder("utf-8-sig")(), ""
    try:
        for piece in pieces:
            *whole, rest = (rest + decoder.decode(piece)).split("\n")
            yield from (line + "\n" for line in whole)
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise FileUnreadable(
            "This file is not text in UTF-8. In your spreadsheet, save it as “CSV UTF-8”."
        ) from error
    if rest:
        yield rest


def _headings(line: str, separator: str) -> list[str]:
    try:
        cells = next(csv.reader([line], delimiter=separator, strict=True), [])
    except csv.Error as error:
        raise FileUnreadable("The first row cannot be read. Save the file as CSV.") from error
    headings = [cell.strip().lower().replace(" ", "_") for cell in cells]
    if not any(headings):
        raise FileUnreadable("This file is empty. Begin with the template.")
    return headings


def _kind_of(headings: list[str]) -> FileKind:
    if len(set(headings)) != len(headings):
        raise FileUnreadable("Two columns have the same heading. Take one of them out.")
    for kind, columns in COLUMNS.items():
        if set(columns.needed) <= set(headings):
            surplus = [f"“{heading}”" for heading in headings if heading not in columns.all]
            if surplus:
                raise FileUnreadable(
                    f"The register has no place for {', '.join(surplus)}. "
                    "Take out every column that is not in the template."
                )
            return kind
    wanted = "; ".join(f"{kind}: {', '.join(one.needed)}" for kind, one in COLUMNS.items())
    raise FileUnreadable(
        f"The first row must name the columns. At least these are needed: {wanted}."
    )


def _rows(lines: Iterator[str], headings: list[str], separator: str) -> Iterator[Cells | Problem]:
    reader, number = csv.reader(lines, delimiter=separator, strict=True), 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield _broken(number)
            return  # where one row ends cannot be told any more
        if number > MOST_ROWS + 1:
            yield _too_many(number)
            return
        if any(cell.strip() for cell in cells):
            yield _row(number, headings, cells)


def _row(number: int, headings: list[str], cells: list[str]) -> Cells | Problem:
    if len(cells) > len(headings):
        return Problem(
            number,
            "",
            "This row has more cells than there are headings.",
            "Put a text that holds a comma into double quotes.",
        )
    values = {
        heading: " ".join(cell.split()) for heading, cell in zip(headings, cells, strict=False)
    }
    for heading, text in values.items():
        if len(text) > LONGEST_CELL:
            return Problem(
                number, heading, "This text is too long.", f"Use {LONGEST_CELL} characters or less."
            )
        if not text.isprintable() and any(unicodedata.category(sign) in _NO_TEXT for sign in text):
            return Problem(
                number, heading, "This holds signs that cannot be shown.", "Type the text anew."
            )
    return Cells(number, values)


_NO_TEXT = frozenset({"Cc", "Cs", "Cn"})


def _broken(number: int) -> Problem:
    return Problem(
        number,
        "",
        "From here on the rows cannot be told apart.",
        "Look for a double quote that is not closed, and save the file as CSV again.",
    )


def _too_many(number: int) -> Problem:
    return Problem(
        number,
        "",
        f"A file may have {MOST_ROWS:,} rows.",
        "Split it, and import the parts one after the other.",
    )
