"""What a control test is, and what it finds; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from conductdesk.db import Base
from conductdesk.review.controls.material import LoggedFact, Material


@dataclass(frozen=True)
class Fault:
    """Why something did not pass."""

    reason: str
    who: str = ""
    """The pseudonym of the account that it is about; empty for nobody in particular."""
    entry: int | None = None
    """The index of the log entry that shows it."""


Verdict = list[Fault] | None
"""None: the test does not apply. No fault: passed."""


@dataclass(frozen=True)
class Control:
    """One control test, over cases or over entries of the scheme's log."""

    key: str
    title: str
    criterion: str
    """What must hold, in a sentence."""
    reference: str
    """Where that is asked for."""
    rows: frozenset[type[Base]] = frozenset()
    """The tables whose rows of the case the test looks at."""
    entries: frozenset[str] = frozenset()
    """The types of the entries that it looks at."""
    of_case: Callable[[Material], Verdict] | None = None
    of_entry: Callable[[LoggedFact], Verdict] | None = None
    """For a test of entries that belong to no case."""


@dataclass(frozen=True)
class Found:
    """One exception: the case, or the entry, and why it did not pass."""

    fault: Fault
    case_id: UUID | None = None
    case: str = ""
    """The case's code name; empty where the entry belongs to no case."""
    pseudonym: str = ""


@dataclass(frozen=True)
class Result:
    """What a test found."""

    passed: int
    failed: int
    """How many cases, or entries, have at least one exception."""
    not_applicable: int
    exceptions: tuple[Found, ...]

    @property
    def tested(self) -> int:
        """How many the test applied to."""
        return self.passed + self.failed

    def __add__(self, other: Result) -> Result:
        """Return what this found, and then *other* on other cases."""
        return Result(
            self.passed + other.passed,
            self.failed + other.failed,
            self.not_applicable + other.not_applicable,
            self.exceptions + other.exceptions,
        )


NOTHING_FOUND = Result(0, 0, 0, ())


def try_on(control: Control, cases: Iterable[Material], logged: Iterable[LoggedFact]) -> Result:
    """Try a control on *cases*, or on entries of the scheme's log that belong to none."""
    if control.of_case is not None:
        test = control.of_case
        return _sum((test(material), _about(material)) for material in cases)
    of_entry = control.of_entry
    facts = (one for one in logged if one.type in control.entries)
    return _sum((of_entry(one), {}) for one in facts) if of_entry else NOTHING_FOUND


def _about(material: Material) -> dict[str, object]:
    case = material.case
    return {"case_id": case.id, "case": case.code_name, "pseudonym": case.pseudonym}


def _sum(verdicts: Iterable[tuple[Verdict, dict[str, object]]]) -> Result:
    counts, found = {"passed": 0, "failed": 0, "not_applicable": 0}, []
    for faults, about in verdicts:
        which = "not_applicable" if faults is None else "failed" if faults else "passed"
        counts[which] += 1
        found += [Found(fault, **about) for fault in faults or ()]  # type: ignore[arg-type]  # _about
    return Result(**counts, exceptions=tuple(found))
