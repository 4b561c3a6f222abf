"""What the worker does case by case, when one of the cases cannot be worked on."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from conductdesk.cases import jobs
from conductdesk.cases.models import Case
from conductdesk.db import Database
from conductdesk.vault.keys import CaseKeys
from tests.actions.closing_steps import closed
from tests.cast import Cast


def test_a_case_that_a_job_fails_on_keeps_no_other_case_waiting(
    cast: Cast, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sorted((closed(cast).id, closed(cast).id))
    cast.db.commit()
    asked: list[UUID] = []

    def ask(_db: Session, case: Case, _keys: CaseKeys) -> None:
        if case.id == first:
            raise RuntimeError("this case is broken")
        asked.append(case.id)

    monkeypatch.setattr(jobs, "ask_for_auditors", ask)
    with pytest.raises(RuntimeError, match="broken"):
        jobs.ask_grants(database, cast.keystore)
    assert asked == [second]
