"""Ask for a key to the record of a closed case."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.cases.actions.auditing import may_audit
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.models import Case
from conductdesk.people.models import Account
from conductdesk.people.queries import principal_of
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.actions import request_grant
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment, GrantReason
from conductdesk.vault.queries import waiting_requests


def ask_for_record(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, account: Account
) -> bool:
    """Ask the holders for a key to the record, for an auditor who was appointed after closure.

    The next holder who signs in fills it. Return whether this asked: asking twice changes nothing.
    """
    principal = principal_of(db, account)
    if principal is None or not may_audit(db, case, principal.id):
        raise Refused("You had a part in this case, so its record stays closed to you.")
    asked = request_grant(db, case.id, principal, [Compartment.RECORD], GrantReason.AUDIT)
    if asked:
        said = "Asked for a key to the record."
        record_quietly(db, case, keys, actor=actor, event="grant.requested", detail={"said": said})
    return bool(asked)


def has_asked(db: Session, case: Case, account: Account) -> bool:
    """Answer whether *account* waits for a key to the record of *case*."""
    waiting = {request.principal_id for request in waiting_requests(db, case.id)}
    return account.principal_id in waiting
