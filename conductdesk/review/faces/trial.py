"""A trial of all control tests, as far as it has come: what the session keeps between two steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from conductdesk.review.controls.control import Result
from conductdesk.review.queries.population import Place

KEPT = 200
"""How many cases with exceptions are kept of each test: as many as its page shows."""


@dataclass(frozen=True)
class Tally:
    """What became of one test."""

    tested: int
    passed: int
    exceptions: int
    """How many cases, or entries, have at least one."""
    not_applicable: int
    faults: int
    """How many exceptions there are in all; a case can have several."""
    cases: tuple[str, ...] = ()
    """The ids of the first cases that have one."""

    def __add__(self, other: Tally) -> Tally:
        """Return what both found, on other cases each."""
        return Tally(
            self.tested + other.tested,
            self.passed + other.passed,
            self.exceptions + other.exceptions,
            self.not_applicable + other.not_applicable,
            self.faults + other.faults,
            (self.cases + other.cases)[:KEPT],
        )


NOTHING = Tally(0, 0, 0, 0, 0)


@dataclass(frozen=True)
class Trial:
    """When all tests were begun, on what, how far they have come, and what each has found."""

    at: datetime
    chosen: Mapping[str, str]
    """Scheme and days, as a link says them."""
    total: int
    """How many cases there were when it began."""
    done: int = 0
    behind: Place | None = None
    """Where to go on; None before the first step, and after the last."""
    tallies: Mapping[str, Tally] | None = None

    @property
    def goes_on(self) -> bool:
        """Whether there are cases that it has not looked at."""
        return self.behind is not None

    def with_step(self, results: Mapping[str, Result], count: int, behind: Place | None) -> Trial:
        """Return the trial one step further."""
        before = self.tallies or {}
        found = {key: before.get(key, NOTHING) + tally_of(one) for key, one in results.items()}
        done = self.done + count
        return replace(self, done=done, behind=behind, tallies={**before, **found})

    def kept(self) -> dict[str, Any]:
        """Return it as a session keeps it."""
        behind = self.behind and [self.behind.closed_at.isoformat(), self.behind.id.hex]
        return {**asdict(self), "at": self.at.isoformat(), "behind": behind}


def trial_of(kept: dict[str, Any]) -> Trial:
    """Return the trial that a session keeps."""
    tallies = {
        key: Tally(**{**tally, "cases": tuple(tally["cases"])})
        for key, tally in kept["tallies"].items()
    }
    behind = kept["behind"]
    place = Place(datetime.fromisoformat(behind[0]), UUID(behind[1])) if behind else None
    at = datetime.fromisoformat(kept["at"])
    return Trial(at, kept["chosen"], kept["total"], kept["done"], place, tallies)


def tally_of(result: Result) -> Tally:
    """Return the numbers of a result, and the first cases with exceptions."""
    cases = dict.fromkeys(one.case_id.hex for one in result.exceptions if one.case_id)
    return Tally(
        result.tested,
        result.passed,
        result.failed,
        result.not_applicable,
        len(result.exceptions),
        tuple(cases)[:KEPT],
    )
