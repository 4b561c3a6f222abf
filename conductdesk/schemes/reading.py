"""Read a scheme pack from TOML, and say everything that is wrong with it at once."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from conductdesk.schemes.checking import check
from conductdesk.schemes.pack import (
    Appeal,
    Clause,
    HelpLine,
    Kind,
    Office,
    OutcomeKind,
    Pack,
    RetentionClass,
    Span,
    Unit,
    Wording,
)

Value = TypeVar("Value")


class PackError(Exception):
    """A pack that cannot be used; `problems` has one line for each mistake."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))
        self.problems = tuple(problems)


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

    def _take(self, key: str, kind: type[Value], default: Value | None, what: str) -> Value | None:
        self.used.add(key)
        if key not in self.values:
            if default is None:
                self.wrong(key, "is missing", f"Add {key} = {what}.")
            return default
        value = self.values[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(key, f"has a value of the wrong kind, {value!r}", f"Write {what}.")
            return default
        return value

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text; it may not be empty."""
        value = self._take(key, str, default, '"a text in quotes"') or ""
        if key in self.values and not value.strip():
            self.wrong(key, "is empty", "Write what it should say.")
        return value.strip()

    def number(self, key: str, default: int | None = None) -> int:
        """Return a whole number above zero."""
        value = self._take(key, int, default, "a whole number") or 0
        if key in self.values and value < 1:
            self.wrong(key, "is less than 1", "Write 1 or more.")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; false where it is not said."""
        return bool(self._take(key, bool, False, "true or false"))

    def day(self, key: str) -> date | None:
        """Return a date, or None where none is given."""
        self.used.add(key)
        value = self.values.get(key)
        if value is None or type(value) is date:
            return value
        self.wrong(key, f"is not a date, {value!r}", "Write it as 2026-11-22, without quotes.")
        return None

    def texts(self, key: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
        """Return a list of texts."""
        wanted = None if default is None else list(default)
        values = self._take(key, list, wanted, '["one", "two"]') or []
        if not all(isinstance(value, str) for value in values):
            self.wrong(key, "holds something that is not a text", "Put each text in quotes.")
            return ()
        return tuple(values)

    def span(self, key: str) -> Span:
        """Return a span of time such as `"10 working days"`."""
        return self._span(key, self.text(key))

    def _span(self, key: str, words: str) -> Span:
        amount, _space, unit = words.partition(" ")
        plural = unit if unit.endswith("s") else f"{unit}s"
        if amount.isascii() and amount.isdigit() and int(amount) > 0 and plural in set(Unit):
            return Span(int(amount), Unit(plural))
        if words:
            self.wrong(
                key, f"“{words}” is no length of time", 'Write it as "7 days" or "2 working days".'
            )
        return Span(1, Unit.DAYS)

    def spans(self) -> dict[str, Span]:
        """Read the whole table as named spans."""
        return {key: self.span(key) for key in self.values}

    def table(self, key: str) -> Table:
        """Return the table under *key*, empty where there is none."""
        values = self._take(key, dict, None, f"a table: [{key}]") or {}
        return Table(values, f"{self.path}{key}.", self.problems)

    def tables(self, key: str) -> list[Table]:
        """Return each table of the list under *key*."""
        rows = self._take(key, list, None, f"a list of tables: [[{key}]]") or []
        path = f"{self.path}{key}"
        return [
            Table(row if isinstance(row, dict) else {}, f"{path}[{place}].", self.problems)
            for place, row in enumerate(rows, start=1)
        ]

    def each(self, key: str, read: Callable[[Table], Value]) -> tuple[Value, ...]:
        """Read each table of the list under *key*."""
        return tuple(_whole(row, read) for row in self.tables(key))

    def refuse_unknown(self) -> None:
        """Note every key that nothing has read."""
        for key in sorted(set(self.values) - self.used):
            self.wrong(key, "is not a key that a pack has", "Remove it, or mend its spelling.")


def _whole(table: Table, read: Callable[[Table], Value]) -> Value:
    value = read(table)
    table.refuse_unknown()
    return value


def read_pack(text: str, source: str) -> Pack:
    """Return the pack that *text* describes, or raise `PackError` with every mistake in it."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(source, [f"this is not TOML: {error}"]) from error
    problems: list[str] = []
    pack = _whole(Table(values, "", problems), _pack)
    if not problems:
        problems.extend(check(pack))
    if problems:
        raise PackError(source, problems)
    return pack


def _pack(top: Table) -> Pack:
    routing = top.table("routing")
    chain, safeguarding = routing.texts("chain"), routing.texts("safeguarding")
    routing.refuse_unknown()
    return Pack(
        key=top.text("key"),
        version=top.number("version"),
        name=top.text("name"),
        organisation=top.text("organisation"),
        nation=top.text("nation"),
        child_age=top.number("child_age", 18),
        participants=top.texts("participants"),
        clauses=top.each("clauses", _clause),
        offices=top.each("offices", _office),
        kinds=top.each("kinds", _kind),
        chain=chain,
        safeguarding=safeguarding,
        clocks=top.table("clocks").spans(),
        outcomes=top.each("outcomes", _outcome),
        appeal=_whole(top.table("appeal"), _appeal),
        retention=top.each("retention", _retention),
        left_out=frozenset(top.texts("left_out", ())),
        wording=_whole(top.table("wording"), _wording),
    )


def _clause(row: Table) -> Clause:
    return Clause(
        number=row.text("number"),
        title=row.text("title"),
        text=row.text("text"),
        in_force_from=row.day("from") or date.min,
        in_force_to=row.day("to"),
    )


def _office(row: Table) -> Office:
    return Office(
        key=row.text("key"),
        name=row.text("name"),
        plain=row.text("plain"),
        ours=row.flag("ours"),
        outside=row.flag("outside"),
        takes=frozenset(row.texts("takes", ())),
    )


def _kind(row: Table) -> Kind:
    return Kind(key=row.text("key"), name=row.text("name"), hint=row.text("hint"))


def _outcome(row: Table) -> OutcomeKind:
    return OutcomeKind(
        key=row.text("key"),
        name=row.text("name"),
        hours=row.flag("hours"),
        waits_for_appeal=row.flag("waits_for_appeal"),
        adverse=row.flag("adverse"),
    )


def _appeal(row: Table) -> Appeal:
    return Appeal(grounds=row.texts("grounds"), lodge=row.span("lodge"), decide=row.span("decide"))


def _retention(row: Table) -> RetentionClass:
    return RetentionClass(key=row.text("key"), name=row.text("name"), keep=row.span("keep"))


def _wording(row: Table) -> Wording:
    return Wording(
        intro=row.text("intro"),
        limit=row.text("limit"),
        limit_clause=row.text("limit_clause"),
        outside_route=row.text("outside_route"),
        help_lines=row.each("help_lines", _help_line),
    )


def _help_line(row: Table) -> HelpLine:
    return HelpLine(who=row.text("who"), number=row.text("number"), words=row.text("words"))
