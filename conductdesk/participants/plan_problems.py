"""What can be wrong with a row of a file, beside its single cells; pure."""

from __future__ import annotations

from collections.abc import Collection

from conductdesk.participants.rules import Person, Theirs
from conductdesk.participants.spreadsheet import Cells, Problem


def missing(cells: Cells, columns: Collection[str]) -> list[Problem]:
    """Return the cells that must be filled and are not."""
    return [
        cells.problem(column, "This cell is empty.", f"Every row needs a {column}.")
        for column in columns
        if not cells[column]
    ]


def twice(cells: Cells, seen: Collection[str]) -> list[Problem]:
    """Return that a reference stood in the file before."""
    ref = cells["ref"]
    if not ref or ref not in seen:
        return []
    why = f"“{ref}” stands in this file twice."
    return [cells.problem("ref", why, "Give each person a reference of their own, and one row.")]


def own(cells: Cells) -> Problem:
    """Return that somebody would rename whom they are tied to."""
    return cells.problem(
        "name",
        "You are tied to this person, so you cannot give them another name.",
        "Ask another officer to import this file.",
    )


def elsewhere(cells: Cells, theirs: Theirs, before: Person | None, after: Person) -> list[Problem]:
    """Return that a row is about somebody whose entry the importer does not keep."""
    if before and not theirs.has(before):
        return [cells.problem("ref", "Somebody else has this reference.", "Use another one.")]
    if theirs.has(after):
        return []
    keys = ", ".join(sorted(theirs.organisations or ()))
    remedy = f"Write {keys}: you keep the people of your own organisation."
    return [cells.problem("organisation", "This is not your organisation.", remedy)]
