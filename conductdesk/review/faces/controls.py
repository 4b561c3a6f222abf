"""Control tests as an auditor sees them: each with its result, and one with its exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.people.queries import names_by_pseudonym
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.controls.control import Control, Result
from conductdesk.review.faces.trial import KEPT, Tally, Trial
from conductdesk.review.sheets import Row

COLUMNS = ("control", "case", "pseudonym", "reason", "who", "entry")


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


def controls_listed(tried: Trial | None) -> tuple[tuple[Control, Tally | None], ...]:
    """Return every control, with what it has found since all were tried last."""
    tallies = (tried and tried.tallies) or {}
    return tuple((control, tallies.get(key)) for key, control in CONTROLS.items())


def control_shown(db: Session, control: Control, result: Result, tally: Tally) -> ControlFace:
    """Return one test with what it found; *result* may hold no more of it than is shown."""
    found = result.exceptions[:KEPT]
    names = names_by_pseudonym(db, {one.fault.who for one in found})
    return ControlFace(
        key=control.key,
        title=control.title,
        criterion=control.criterion,
        reference=control.reference,
        tally=tally,
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
        more=tally.faults - len(found),
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
