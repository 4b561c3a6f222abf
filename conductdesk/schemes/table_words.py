"""The words for what a key holds, for messages about it."""

from __future__ import annotations

from collections.abc import Mapping

A_TABLE = "a table"
KINDS_OF_VALUE: Mapping[type, str] = {
    bool: "true or false",
    int: "a number without quotes",
    float: "a number with a point",
    str: "a text in quotes",
    list: "a list",
    dict: "a table",
}


def kind_of(value: object) -> str:
    """Return what a value is."""
    return KINDS_OF_VALUE.get(type(value), "a date or a time")


def line_of(key: str, what: str) -> str:
    """Return the line that is missing; a table has a line of its own, in brackets."""
    return what if what.startswith(A_TABLE) else f"{key} = {what}"


def mistaken(value: object, wanted: type, what: str) -> tuple[str, str]:
    """Return what a key holds instead of *what*, and what to do about it."""
    brackets = what.removeprefix(f"{A_TABLE} ")
    if wanted is list and isinstance(value, dict) and brackets != what:
        return "stands in single brackets", f"Write {brackets}, once for each."
    if wanted is dict and isinstance(value, list) and brackets != what:
        return "stands in double brackets", f"Write {brackets}: there is only one."
    return f"holds {kind_of(value)}", f"Write {what}."
