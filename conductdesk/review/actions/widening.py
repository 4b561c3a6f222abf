"""Ask for more of a closed case than its record: break-glass, for a time, with a reason."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require, tell_seats
from conductdesk.cases.actions.auditing import may_audit
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.audit_acts import LONGEST_DAYS, MoreWanted
from conductdesk.cases.audit_rows import glass_on, runs
from conductdesk.cases.days import end_of, refuse_past, today
from conductdesk.cases.models import BreakGlass, Case, GlassState
from conductdesk.people.models import Account
from conductdesk.policy import SECONDS, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys


def ask_for_more(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, wanted: MoreWanted
) -> BreakGlass:
    """Ask two other people to let this auditor read more, until a day; they get an empty mail."""
    require(db, case, actor, Permission.REVIEW)
    account = db.get_one(Account, actor.account_id)
    if account.principal_id is None or not may_audit(db, case, account.principal_id):
        raise Refused("You had a part in this case, so its record stays closed to you.")
    refuse_past(wanted.until)
    if wanted.until > today() + timedelta(days=LONGEST_DAYS):
        raise Refused(f"Give a day within the next {LONGEST_DAYS} days.")
    if any(_is_mine(one, actor) for one in glass_on(db, case)):
        raise Refused("You have asked already, or may read more already.")
    row_id, parts = uuid4(), " ".join(sorted(wanted.parts))
    asked = BreakGlass(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        asked_at=clock.now(),
        parts=parts,
        ends_at=end_of(wanted.until),
        reason=keys.seal(BreakGlass.reason, row_id, wanted.reason),
    )
    db.add(asked)
    tell_seats(db, case, actor, *SECONDS)
    record_quietly(
        db,
        case,
        keys,
        actor=actor,
        event="break_glass.asked",
        pub={"parts": parts.split(), "until": wanted.until.isoformat()},
        detail={"said": wanted.reason},
    )
    return asked


def _is_mine(one: BreakGlass, actor: Viewer) -> bool:
    return one.account_id == actor.account_id and (one.state == GlassState.WAITING or runs(one))
