"""Read TOML tables strictly: every mistake is noted, and every key says what it is for.

The same calls that read a pack also describe it: `Described` answers them with empty values and
keeps what each key is, so that the list of keys in the documentation is the parser's own.
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from conductdesk.schemes.pack import Span, Unit
from conductdesk.schemes.table_words import A_TABLE, kind_of, line_of, mistaken

Value = TypeVar("Value")
Word = TypeVar("Word", bound=StrEnum)

LARGEST_NUMBER = 100_000
MOST_DIGITS = 7
LONGEST: Mapping[Unit, int] = {
    Unit.DAYS: 3650,
    Unit.WORKING_DAYS: 250,
    Unit.MONTHS: 1200,
    Unit.YEARS: 100,
}
"""The most of each unit that makes sense; whoever wants more writes a greater unit."""
UNSEEN = frozenset({"Cc", "Cs", "Cn"})
"""Controls, halves of characters, and what no standard assigns (Unicode categories)."""
KEPT = frozenset("\n\t")
AT_THE_TOP = frozenset(
    [
        "key",
        "version",
        "name",
        "organisation",
        "nation",
        "child_age",
        "participants",
        "left_out",
        "unlisted",
    ]
)
TO_THE_TOP = "Move the line to the top of the file, before the first line in brackets."


@dataclass(frozen=True)
class KeyShown:
    """One key of the file, as the documentation lists it."""

    path: str
    value: str
    """What stands behind the equals sign, in words."""
    required: bool
    says: str


@dataclass
class Table:
    """One TOML table, its path in the file, and the mistakes found so far."""

    values: Mapping[str, Any]
    path: str
    problems: list[str]
    used: set[str] = field(default_factory=set)

    def wrong(self, key: str, reason: str, remedy: str) -> None:
        """Note a mistake, with what to do about it."""
        self.problems.append(f"{self.path}{key}: {reason}. {remedy}")

    def take(
        self, key: str, kind: type[Value], default: Value | None, what: str, says: str
    ) -> Value | None:
        """Return the value of *key*, or *default*; *says* is what the key means."""
        del says  # only a description needs it
        self.used.add(key)
        if key not in self.values:
            if default is None:
                self.wrong(key, "is missing", f"Add {line_of(key, what)}.")
            return default
        value = self.values[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(key, *mistaken(value, kind, what))
            return default
        return value

    def text(self, key: str, says: str, default: str | None = None) -> str:
        """Return a text; it may not be empty."""
        value = self.take(key, str, default, '"a text in quotes"', says) or ""
        if self.values.get(key) == value and not value.strip():
            self.wrong(key, "is empty", "Write what it should say.")
        self._printable(key, value)
        return value.strip()

    def word(self, key: str, words: type[Word], says: str, default: Word | None = None) -> Word:
        """Return one of *words*."""
        choices = " or ".join(f'"{word}"' for word in words)
        value = self.take(key, str, default, choices, says)
        if value is not None and value not in set(words):
            self.wrong(
                key, f"“{value}” is not one of the words that can stand here", f"Write {choices}."
            )
            value = None
        return words(str(value)) if value is not None else next(iter(words))

    def number(self, key: str, says: str, default: int | None = None) -> int:
        """Return a whole number above zero."""
        value = self.take(key, int, default, "a whole number", says)
        if value is None:
            return 1
        if value < 1 and self.values.get(key) == value:
            self.wrong(key, "is less than 1", "Write 1 or more.")
        if value > LARGEST_NUMBER:
            self.wrong(key, "is too large", f"Write {LARGEST_NUMBER} or less.")
        return value

    def flag(self, key: str, says: str) -> bool:
        """Return true or false; false where it is not said."""
        return bool(self.take(key, bool, False, "true or false", says))

    def day(self, key: str, says: str) -> date | None:
        """Return a date, or None where none is given."""
        value = self.take(key, object, date.max, "a date, without quotes", says)
        if value is date.max or value is None:
            return None
        if type(value) is date:
            return value
        self.wrong(key, f"holds {kind_of(value)}", "Write a date as 2026-11-22, without quotes.")
        return None

    def texts(self, key: str, says: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of texts."""
        wanted = None if default is None else list(default)
        values = self.take(key, list, wanted, '["one", "two"]', says) or []
        if not all(isinstance(value, str) for value in values):
            self.wrong(key, "holds something that is not a text", "Put each text in quotes.")
            return ()
        if self.values.get(key) == values:
            self._filled(key, values, needed=default is None)
        return tuple(value.strip() for value in values)

    def pairs(self, key: str, says: str) -> Mapping[str, str]:
        """Return a table of texts by key, empty where there is none."""
        values = self.take(key, dict, {}, '{ question = "answer" }', says) or {}
        if not all(isinstance(value, str) for value in values.values()):
            self.wrong(key, "holds something that is not a text", "Put each answer in quotes.")
            return {}
        for word in (*values, *values.values()):
            self._printable(key, word)
        return values

    def span(self, key: str, says: str) -> Span:
        """Return a span of time such as `"10 working days"`."""
        words = self.take(key, str, None, '"a length of time", such as "7 days"', says) or ""
        return self._span(key, words.strip())

    def span_or_none(self, key: str, says: str) -> Span | None:
        """Return a span of time, or None where none is given."""
        words = self.take(key, str, "", '"a length of time", such as "6 months"', says) or ""
        return self._span(key, words.strip()) if words else None

    def _span(self, key: str, words: str) -> Span:
        amount, _space, unit = words.partition(" ")
        plural = unit if unit.endswith("s") else f"{unit}s"
        if amount.isascii() and amount.isdigit() and plural in set(Unit):
            return self._bounded(key, amount, Unit(plural))
        if words:
            self.wrong(
                key, f"“{words}” is no length of time", 'Write it as "7 days" or "2 working days".'
            )
        return Span(1, Unit.DAYS)

    def _bounded(self, key: str, amount: str, unit: Unit) -> Span:
        number = int(amount) if len(amount) < MOST_DIGITS else LARGEST_NUMBER
        if number < 1:
            self.wrong(key, "is a clock of zero", "Give it at least 1.")
        elif number > LONGEST[unit]:
            self.wrong(
                key,
                f"is longer than anything can be counted in {unit}",
                f"Write {LONGEST[unit]} or less, or a greater unit.",
            )
        else:
            return Span(number, unit)
        return Span(1, Unit.DAYS)

    def _filled(self, key: str, values: list[str], *, needed: bool) -> None:
        if needed and not values:
            self.wrong(key, "is empty", "Put at least one text into it.")
        if not all(value.strip() for value in values):
            self.wrong(key, "holds an empty text", "Write it, or take it out.")
        for value in values:
            self._printable(key, value)

    def _printable(self, key: str, text: str) -> None:
        if any(unicodedata.category(sign) in UNSEEN and sign not in KEPT for sign in text):
            self.wrong(key, "holds a sign that nobody can see", "Type the text anew.")

    def spans(self, meanings: Mapping[str, str]) -> dict[str, Span]:
        """Read the whole table as named spans; *meanings* has what each known name says."""
        return {key: self.span(key, meanings.get(key, "")) for key in self.values}

    def table(self, key: str, says: str) -> Table:
        """Return the table under *key*, empty where there is none."""
        values = self.take(key, dict, None, f"{A_TABLE} [{self.path}{key}]", says) or {}
        return Table(values, f"{self.path}{key}.", self.problems)

    def table_or_none(self, key: str, says: str) -> Table | None:
        """Return the table under *key*, or None where there is none."""
        return self.table(key, says) if key in self.values else None

    def each(
        self, key: str, read: Callable[[Table], Value], says: str, *, least: int = 1
    ) -> tuple[Value, ...]:
        """Read each table of the list under *key*; one that may be left out has *least* 0."""
        wanted = None if least else list[Any]()
        rows = self.take(key, list, wanted, f"{A_TABLE} [[{self.path}{key}]]", says) or []
        if not all(isinstance(row, dict) for row in rows):
            self.wrong(
                key, "holds something that is not a table", f"Write {A_TABLE} [[{self.path}{key}]]."
            )
            rows = [row for row in rows if isinstance(row, dict)]
        return tuple(
            whole(Table(row, f"{self.path}{row_name(key, row, place)}.", self.problems), read)
            for place, row in enumerate(rows, start=1)
        )

    def refuse_unknown(self) -> None:
        """Note every key that nothing has read."""
        for key in sorted(set(self.values) - self.used):
            near = difflib.get_close_matches(key, self.used - set(self.values), n=1)
            remedy = f"Did you mean {near[0]}?" if near else "Remove it, or mend its spelling."
            remedy = TO_THE_TOP if self.path and key in AT_THE_TOP else remedy
            self.wrong(key, "is not a key that a pack has here", remedy)


class Described(Table):
    """A table of which every key is taken, and remembered with what it is for."""

    def __init__(self, path: str, keys: list[KeyShown]) -> None:
        super().__init__({}, path, [])
        self.keys = keys

    def take(
        self, key: str, kind: type[Value], default: Value | None, what: str, says: str
    ) -> Value | None:
        """Remember the key."""
        del kind
        self.keys.append(KeyShown(f"{self.path}{key}", what, default is None, says))
        return default

    def spans(self, meanings: Mapping[str, str]) -> dict[str, Span]:
        """Describe every clock that has a meaning."""
        return {key: self.span(key, says) for key, says in meanings.items()}

    def table(self, key: str, says: str) -> Table:
        """Describe what lies in the table."""
        self.take(key, dict, None, A_TABLE, says)
        return Described(f"{self.path}{key}.", self.keys)

    def table_or_none(self, key: str, says: str) -> Table | None:
        """Describe a table that may be left out."""
        self.take(key, dict, {}, A_TABLE, says)
        return Described(f"{self.path}{key}.", self.keys)

    def each(
        self, key: str, read: Callable[[Table], Value], says: str, *, least: int = 1
    ) -> tuple[Value, ...]:
        """Describe one row of the list."""
        wanted = None if least else list[Any]()
        self.take(key, list, wanted, A_TABLE, says)
        return (read(Described(f"{self.path}{key}[].", self.keys)),)


def row_name(key: str, row: Mapping[str, Any], place: int) -> str:
    """Return how a message names one table of a list: by its own key, else by its place."""
    own = row.get("key") or row.get("move")
    return f"{key}.{own}" if isinstance(own, str) else f"{key}[{place}]"


def whole(table: Table, read: Callable[[Table], Value]) -> Value:
    """Read a table, and note the keys that *read* did not ask for."""
    value = read(table)
    table.refuse_unknown()
    return value
