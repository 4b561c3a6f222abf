"""An auditor steps away from a closed case, because of an interest of their own."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.shutting_out import leave_as_auditor
from conductdesk.cases.joined import lock_joined
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of
from conductdesk.policy import Permission, Viewer
from conductdesk.vault.keys import CaseKeys


def step_away(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer) -> None:
    """Keep *actor* away from the case and from those joined with it; no reason is asked.

    Their keys go at once. The epoch that they knew ends, and the next holder opens a new one.
    """
    require(db, case, actor, Permission.REVIEW)
    for one in lock_joined(db, case.id):
        if actor.account_id not in facts_of(db, one).barred:
            held = keys if one.id == case.id else CaseKeys.load(db, keys.keystore, one.id, None)
            leave_as_auditor(db, one, held, actor=actor)
