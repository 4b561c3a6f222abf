"""Say in words where a pack's file cannot be read at all, and what to do about that line."""

from __future__ import annotations

import re

WHERE = re.compile(r"\(at line (\d+), column \d+\)$")
AGAIN = re.compile(r"^Cannot (declare|overwrite|mutate|redefine)|^Duplicate")
LONGEST_SHOWN = 60
"""Characters of the line; enough to find it."""
LOOK = (
    "Look at it and at the line before: a text, or a length of time, stands between straight "
    "quotes and holds none itself; a list stands in square brackets; yes is true; a date is "
    "2026-11-22; and nothing else stands on the line."
)
ONCE = (
    "The same stands there already. Put both together in one place or, where there can be "
    "several, write double brackets each time: [[outcomes]]."
)


def unreadable(text: str, error: Exception) -> str:
    """Return what is wrong with a file that is not TOML; the parser's own words help nobody."""
    said = str(error)
    found = WHERE.search(said)
    if found is None:
        return f"this file cannot be read to its end. {LOOK}"
    number = int(found[1])
    return f"line {number} cannot be read{_shown(text, number)}. {_remedy(said)}"


def _remedy(said: str) -> str:
    return ONCE if AGAIN.search(said) else LOOK


def _shown(text: str, number: int) -> str:
    line = text.split("\n")[number - 1].strip()
    shown = "".join(sign for sign in line if sign.isprintable())[:LONGEST_SHOWN]
    return f", “{shown}”" if shown else ""
