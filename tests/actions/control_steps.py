"""What the tests of the control tests share: try one, and change rows behind every action's back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from conductdesk import clock
from conductdesk.audit.record import Event, append
from conductdesk.cases.models import Case
from conductdesk.review.controls.catalogue import CONTROLS
from conductdesk.review.controls.control import Result
from conductdesk.review.controls.trying import try_one
from conductdesk.review.queries.population import Wanted
from tests.cast import Cast, note_looked

WCC = Wanted("wcc")
DAY = timedelta(days=1)


def found(cast: Cast, key: str) -> list[str]:
    """Return the reasons of all exceptions of one test."""
    result = tried(cast, key)
    assert (result.failed > 0) == bool(result.exceptions)
    return [one.fault.reason for one in result.exceptions]


def tried(cast: Cast, key: str) -> Result:
    cast.db.flush()
    return try_one(cast.db, cast.viewer("auditor"), WCC, CONTROLS[key])


def passes(cast: Cast, key: str) -> bool:
    result = tried(cast, key)
    return result.passed > 0 and not result.exceptions


def change(cast: Cast, table: type[Any], *where: Any, **values: object) -> None:
    """Change rows behind the back of every action; the test never commits."""
    assert cast.db.execute(update(table).where(*where).values(**values)).rowcount  # type: ignore[attr-defined]  # of an UPDATE


def shut(cast: Cast, case: Case) -> Case:
    """Close a case as no action would: with whatever is still open."""
    change(cast, Case, Case.id == case.id, state="closed", closed_at=clock.now())
    note_looked(cast.db, case)
    return case


def read_by(cast: Cast, case: Case, who: str) -> None:
    """Leave the entry that somebody read the case, whoever they are."""
    actor = cast.viewer(who).pseudonym
    append(cast.db, "wcc", [Event("case.read", actor, case=case.pseudonym)])
