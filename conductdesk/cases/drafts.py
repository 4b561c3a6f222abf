"""A long text that somebody saved to go on with later."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case, Draft, DraftKind
from conductdesk.cases.queries import facts_of
from conductdesk.people.models import Account
from conductdesk.policy import Viewer
from conductdesk.vault.keys import CaseKeys, NotGranted

Answers = Mapping[str, list[str]]
"""What each field of a form held, by its name."""


@dataclass(frozen=True)
class DraftFace:
    """What was saved, when, by whom and from which page."""

    answers: Answers
    saved_at: datetime
    by: str
    """Empty where it was the viewer."""
    page: str


def draft_row(db: Session, case: Case, keys: CaseKeys, kind: DraftKind) -> Draft | None:
    """Return what was saved; None where its author is kept away by now, or it cannot be opened."""
    row = db.scalars(select(Draft).where(Draft.case_id == case.id, Draft.kind == kind)).first()
    if row is None or row.account_id in facts_of(db, case).barred:
        return None
    try:
        keys.open(Draft.body, row)
    except NotGranted:
        return None
    return row


def draft_shown(
    db: Session, case: Case, keys: CaseKeys, kind: DraftKind, viewer: Viewer
) -> DraftFace | None:
    """Return what was saved, for whoever has the seat to go on with it."""
    row = draft_row(db, case, keys, kind)
    if row is None:
        return None
    mine = row.account_id == viewer.account_id
    by = "" if mine else db.get_one(Account, row.account_id).name
    return DraftFace(json.loads(keys.open(Draft.body, row)), row.saved_at, by, row.page)
