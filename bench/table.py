"""The plain table that a run ends in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One thing that was measured; without a bar it is there to compare with."""

    what: str
    measured: str
    bar: str = ""
    ok: bool | None = None

    @property
    def verdict(self) -> str:
        """The word at the end of the line."""
        return "" if self.ok is None else "ok" if self.ok else "OVER"


def at_most(what: str, measured: float, bar: float, unit: str) -> Row:
    """Return a row whose value must not be above *bar*."""
    return Row(what, f"{measured:,.1f} {unit}", f"<= {bar:g} {unit}", measured <= bar)


def at_least(what: str, measured: float, bar: float, unit: str) -> Row:
    """Return a row whose value must not be below *bar*."""
    return Row(what, f"{measured:,.2f} {unit}", f">= {bar:g} {unit}", measured >= bar)


def shown(rows: Sequence[Row]) -> str:
    """Return the table as text."""
    first = max(len(row.what) for row in rows)
    second = max(len(row.measured) for row in rows)
    third = max(len(row.bar) for row in rows)
    return "\n".join(
        f"{row.what:{first}}  {row.measured:>{second}}  {row.bar:>{third}}  {row.verdict}".rstrip()
        for row in rows
    )
