"""Control tests as an auditor sees them: each with its result, and one with its exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.people.queries import names_by_pseudonym
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.controls.control import Control, Result
from conductdesk.review.sheets import Row

COLUMNS = ("control", "case", "pseudonym", "reason", "who", "entry")
SHOWN = 200
"""How many exceptions a page shows; an export has all."""


@dataclass(frozen=True)
class Tally:
    """What became of one test when all were tried."""

    tested: int
    passed: int
    exceptions: int
    """How many cases, or entries, have at least one."""
    not_applicable: int


@dataclass(frozen=True)
class Tried:
    """When all tests were tried, on what, and what became of each."""

    at: datetime
    chosen: Mapping[str, str]
    """Scheme and days, as a link says them."""
    tallies: Mapping[str, Tally]


@dataclass(frozen=True)
class ExceptionRow:
    """One exception on the page of its test."""

    id: UUID | None
    case: str
    reason: str
    who: str
    """A name; officers' names are shown to auditors, and leave the desk as pseudonyms."""
    entry: int | None


@dataclass(frozen=True)
class ControlFace:
    """One test with what it found."""

    key: str
    title: str
    criterion: str
    reference: str
    tally: Tally
    rows: tuple[ExceptionRow, ...]
    more: int
    """How many exceptions the page leaves to the export."""
    of_entries: bool
    """Whether it looks at entries of the log, and not at cases."""


def tally_of(result: Result) -> Tally:
    """Return the numbers of a result."""
    return Tally(result.tested, result.passed, result.failed, result.not_applicable)


def controls_listed(tried: Tried | None) -> tuple[tuple[Control, Tally | None], ...]:
    """Return every control, with what it found when all were tried last."""
    tallies = tried.tallies if tried else {}
    return tuple((control, tallies.get(key)) for key, control in CONTROLS.items())


def control_shown(db: Session, control: Control, result: Result) -> ControlFace:
    """Return one test with what it found."""
    found = result.exceptions[:SHOWN]
    names = names_by_pseudonym(db, {one.fault.who for one in found})
    return ControlFace(
        key=control.key,
        title=control.title,
        criterion=control.criterion,
        reference=control.reference,
        tally=tally_of(result),
        rows=tuple(
            ExceptionRow(
                one.case_id,
                one.case,
                one.fault.reason,
                names.get(one.fault.who, ""),
                one.fault.entry,
            )
            for one in found
        ),
        more=len(result.exceptions) - len(found),
        of_entries=control.of_entry is not None,
    )


def exception_rows(control: Control, result: Result) -> list[Row]:
    """Return every exception as a line of a list, people by their pseudonyms."""
    return [
        {
            "control": control.key,
            "case": one.case,
            "pseudonym": one.pseudonym,
            "reason": one.fault.reason,
            "who": one.fault.who,
            "entry": one.fault.entry,
        }
        for one in result.exceptions
    ]
