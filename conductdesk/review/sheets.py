"""Lists that leave the desk, as CSV for a spreadsheet or as JSON for a program; pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

Value = str | int | bool | datetime | None | Sequence[str]
Row = Mapping[str, Value]

RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
"""What a spreadsheet takes for the beginning of a formula (ASVS V1.2.10)."""


class Format(StrEnum):
    """How a list leaves the desk."""

    CSV = "csv"
    JSON = "json"


MEDIA_TYPES: Mapping[Format, str] = {Format.CSV: "text/csv", Format.JSON: "application/json"}


def written(rows: Sequence[Row], columns: Sequence[str], how: Format) -> bytes:
    """Return *rows* as a file; the first line of a CSV file has the names of the *columns*."""
    return as_csv(rows, columns) if how is Format.CSV else as_json(rows)


def as_csv(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    """Return a CSV file (RFC 4180) in UTF-8, in which no cell is a formula."""
    text = io.StringIO(newline="")
    sheet = csv.writer(text)
    sheet.writerow(columns)
    sheet.writerows([_cell(row[column]) for column in columns] for row in rows)
    return text.getvalue().encode()


def as_json(what: object) -> bytes:
    """Return JSON in UTF-8; moments are `2026-11-22T10:00:00+00:00`."""
    return json.dumps(what, default=_plain, ensure_ascii=False, indent=1).encode() + b"\n"


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = value if isinstance(value, str) else str(value)
    if not isinstance(value, str | int):
        text = " ".join(value)
    return f"'{text}" if text.startswith(RUNS) else text


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(f"a list cannot hold a {type(value).__name__}")
