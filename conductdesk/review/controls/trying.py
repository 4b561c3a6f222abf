"""Try control tests on the closed cases that an auditor may review."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.controls.control import Control, Result, try_on
from conductdesk.review.queries.material import logged_facts, material_of
from conductdesk.review.queries.population import Wanted

UNREADABLE = "An entry of this log was changed and cannot be read. Check the whole log."


def try_all(db: Session, viewer: Viewer, wanted: Wanted) -> dict[str, Result]:
    """Try every control; what several of them need is read once."""
    return dict(zip(CONTROLS, _try(db, viewer, wanted, CONTROLS.values()), strict=True))


def try_one(db: Session, viewer: Viewer, wanted: Wanted, control: Control) -> Result:
    """Try one control, reading nothing that it does not look at."""
    [result] = _try(db, viewer, wanted, [control])
    return result


def _try(
    db: Session, viewer: Viewer, wanted: Wanted, controls: Collection[Control]
) -> list[Result]:
    of_cases = [one for one in controls if one.of_case is not None]
    tables = frozenset[type]().union(*(one.rows for one in of_cases))
    types = frozenset[str]().union(*(one.entries for one in of_cases))
    own = frozenset[str]().union(*(one.entries for one in controls if one.of_entry))
    try:
        cases = material_of(db, viewer, wanted, tables, types) if of_cases else []
        logged = logged_facts(db, wanted.scheme, own) if wanted.scheme in viewer.audits else []
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(UNREADABLE) from error
    return [try_on(control, cases, logged) for control in controls]
