"""Try control tests on the closed cases that an auditor may review, a few hundred at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.controls.control import NOTHING_FOUND, Control, Result, try_on
from conductdesk.review.queries.material import logged_facts, material_of
from conductdesk.review.queries.population import Place, Wanted, next_places

AT_ONCE = 250
"""How many cases are looked at in one step: half a second, and memory for so many."""

UNREADABLE = "An entry of this log was changed and cannot be read. Check the whole log."


def try_next(
    db: Session, viewer: Viewer, wanted: Wanted, behind: Place | None
) -> tuple[dict[str, Result], int, Place | None]:
    """Try every control on the next cases: what is found, on how many, and where to go on.

    Entries that belong to no case are looked at in the first step. Nothing follows the last one.
    """
    places = next_places(db, viewer, wanted, behind, AT_ONCE)
    controls = [one for one in CONTROLS.values() if one.of_case is not None or behind is None]
    found = _try(db, viewer, wanted, controls, [place.id for place in places])
    results = {one.key: result for one, result in zip(controls, found, strict=True)}
    return results, len(places), places[-1] if len(places) == AT_ONCE else None


def try_all(db: Session, viewer: Viewer, wanted: Wanted) -> dict[str, Result]:
    """Try every control on all cases; what several of them need is read once."""
    results, _count, behind = try_next(db, viewer, wanted, None)
    while behind is not None:
        more, _count, behind = try_next(db, viewer, wanted, behind)
        results |= {key: results[key] + result for key, result in more.items()}
    return results


def try_one(db: Session, viewer: Viewer, wanted: Wanted, control: Control) -> Result:
    """Try one control on all cases, reading nothing that it does not look at."""
    if control.of_case is None:
        return try_one_on(db, viewer, wanted, control, ())
    result = NOTHING_FOUND
    for ids in _some_at_a_time(db, viewer, wanted):
        result += try_one_on(db, viewer, wanted, control, ids)
    return result


def try_one_on(
    db: Session, viewer: Viewer, wanted: Wanted, control: Control, only: Collection[UUID]
) -> Result:
    """Try one control on those of the cases *only* that the viewer may review."""
    [result] = _try(db, viewer, wanted, [control], only)
    return result


def _some_at_a_time(db: Session, viewer: Viewer, wanted: Wanted) -> Iterator[list[UUID]]:
    behind: Place | None = None
    while places := next_places(db, viewer, wanted, behind, AT_ONCE):
        yield [place.id for place in places]
        behind = places[-1]


def _try(
    db: Session,
    viewer: Viewer,
    wanted: Wanted,
    controls: Collection[Control],
    only: Collection[UUID],
) -> list[Result]:
    of_cases = [one for one in controls if one.of_case is not None]
    tables = frozenset[type]().union(*(one.rows for one in of_cases))
    types = frozenset[str]().union(*(one.entries for one in of_cases))
    own = frozenset[str]().union(*(one.entries for one in controls if one.of_entry))
    try:
        cases = material_of(db, viewer, wanted, tables, types, only) if only else []
        logged = logged_facts(db, wanted.scheme, own) if wanted.scheme in viewer.audits else []
        return [try_on(control, cases, logged) for control in controls]
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(UNREADABLE) from error
