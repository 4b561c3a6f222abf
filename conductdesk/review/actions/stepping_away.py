"""An auditor steps away from a closed case, because of an interest of their own."""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.actions.widening import close_glass
from conductdesk.cases.audit_rows import open_glass_on
from conductdesk.cases.joined import lock_joined
from conductdesk.cases.models import Barrier, Case
from conductdesk.cases.queries import facts_of
from conductdesk.people.models import Account
from conductdesk.people.queries import principal_of
from conductdesk.policy import Permission, Viewer
from conductdesk.routing.rules import Why
from conductdesk.vault.actions import revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import GrantReason


def step_away(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer) -> None:
    """Keep *actor* away from the case and from those joined with it; no reason is asked.

    Their keys go at once. The epoch that they knew ends, and the next holder opens a new one.
    """
    require(db, case, actor, Permission.REVIEW)
    for one in lock_joined(db, case.id):
        if actor.account_id not in facts_of(db, one).barred:
            held = keys if one.id == case.id else CaseKeys.load(db, keys.keystore, one.id, None)
            _leave(db, one, held, actor)


def _leave(db: Session, case: Case, keys: CaseKeys, actor: Viewer) -> None:
    account, row_id = db.get_one(Account, actor.account_id), uuid4()
    why = keys.seal(Barrier.why, row_id, Why.RECUSED)
    db.add(Barrier(id=row_id, case_id=case.id, account_id=account.id, since=clock.now(), why=why))
    mine = [one for one in open_glass_on(db, case) if one.account_id == account.id]
    events = close_glass(db, case, mine, actor=actor)
    events += _take_back(db, case, account, actor)
    record_quietly(
        db,
        case,
        keys,
        actor=actor,
        event="auditor.recused",
        pub={"kept_away": [actor.pseudonym]},
        detail={"said": "An auditor stepped away from this case."},
        grants=events,
    )


def _take_back(db: Session, case: Case, account: Account, actor: Viewer) -> list[Event]:
    principal = principal_of(db, account)
    if principal is None:
        return []
    return revoke(
        db,
        case.id,
        principal,
        case_pseudonym=case.pseudonym,
        actor=actor.pseudonym,
        reason=GrantReason.RECUSED,
    )
