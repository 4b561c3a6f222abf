"""Save a long text that is not finished, and go on with it later.

Saving leaves no entry: what counts is the text that is locked in the end, and that has one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import delete
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import refuse_unless_in, require
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.drafts import Answers, draft_row
from conductdesk.cases.models import Case, Draft, DraftKind
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused, Stale
from conductdesk.vault.keys import CaseKeys

WRITTEN_BY: Mapping[DraftKind, tuple[Permission, tuple[State, ...]]] = {
    DraftKind.TERMS: (Permission.HANDLE, (State.TRIAGED, State.INVESTIGATING)),
    DraftKind.REPORT: (Permission.INVESTIGATE, (State.INVESTIGATING,)),
    DraftKind.DECISION: (Permission.DECIDE, (State.REPORTED,)),
}
"""Who writes each text, and in which states of the case."""


class SavedElsewhere(Stale):
    """The text was saved from another page since this one was opened."""

    def __init__(self) -> None:
        Refused.__init__(
            self,
            "This text was saved from another page since you opened this one. Copy what you wrote "
            "here, then load the page again.",
        )


@dataclass(frozen=True)
class Unfinished:
    """What a page holds."""

    answers: Answers
    page: str
    """The page's own name, which it keeps until it is loaded again."""
    known: str = ""
    """The name of the page that had saved last when this one was opened."""


def save_draft(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    kind: DraftKind,
    actor: Viewer,
    seen_version: int,
    unfinished: Unfinished,
) -> Draft:
    """Save what is there so far, in place of what this page, or the one before it, saved."""
    refuse_stale(case, seen_version)
    permission, states = WRITTEN_BY[kind]
    require(db, case, actor, permission)
    refuse_unless_in(case, *states)
    if actor.account_id is None:
        raise LookupError("whoever has a seat has an account")
    earlier = draft_row(db, case, keys, kind)
    if earlier is not None and earlier.page not in (unfinished.page, unfinished.known):
        raise SavedElsewhere
    drop_drafts(db, case, kind)
    row_id = uuid4()
    draft = Draft(
        id=row_id,
        case_id=case.id,
        kind=kind,
        account_id=actor.account_id,
        saved_at=clock.now(),
        page=unfinished.page,
        body=keys.seal(Draft.body, row_id, json.dumps(dict(unfinished.answers))),
    )
    db.add(draft)
    db.flush()
    return draft


def drop_drafts(db: Session, case: Case, *kinds: DraftKind) -> None:
    """Delete what was saved: the text is finished, or nobody goes on with it."""
    db.execute(delete(Draft).where(Draft.case_id == case.id, Draft.kind.in_(kinds)))
