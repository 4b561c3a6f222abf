"""Looking after keys: what waits for a holder's unlock, a lost key, and who may not leave yet."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk.audit.record import Event
from conductdesk.cases.actions.auditing import (
    case_is_closed,
    may_audit,
    unbarred_auditors,
)
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.shutting_out import shut_tied_out
from conductdesk.cases.actions.widening import lapse_glass
from conductdesk.cases.audit_rows import opened_to
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of, lock_in_turn
from conductdesk.cases.rules import READS
from conductdesk.cases.scheme_findings import pass_on
from conductdesk.cases.ties import opens_names
from conductdesk.cases.workflow import CLOSED_STATES, State
from conductdesk.db import changed_rows
from conductdesk.people.models import Account, AccountState
from conductdesk.people.queries import principal_of, viewer_of
from conductdesk.policy import Permission, Viewer, may
from conductdesk.refusal import Refused
from conductdesk.vault.actions import fill_requests, open_new_epochs, request_grant, revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment, GrantReason, GrantRequest, Keyring, Principal
from conductdesk.vault.queries import cases_held_alone, cases_to_tend, compartments_held
from conductdesk.vault.renewal import is_in_force, retire_former

OVER = CLOSED_STATES | {State.DESTROYED}
"""The states in which nobody has to keep the keys so that work can go on."""


def tend(db: Session, keystore: Keystore, viewer: Viewer, keyring: Keyring) -> list[str]:
    """Do whatever waited for this person's key, case by case.

    Return, in sentences, what could not be done: one case must not keep the others waiting.
    """
    pass_on(db, keystore, keyring)
    undone: list[str] = []
    for case in lock_in_turn(db, cases_to_tend(db, keyring.principal_id)):
        try:
            with db.begin_nested():
                _tend_case(db, keystore, case, viewer, keyring)
        except Refused as error:
            undone.append(str(error))
    return list(dict.fromkeys(undone))


def ask_anew(db: Session, keystore: Keystore, account: Account, old_principal_id: UUID) -> None:
    """Ask for everything that *account* may read, because a reset lost its old key.

    The old wraps go: a key that nobody has any more must not count as a holder.
    """
    old, new = db.get_one(Principal, old_principal_id), principal_of(db, account)
    viewer = viewer_of(db, account)
    if new is None:
        return
    for case in lock_in_turn(db, compartments_held(db, old_principal_id)):
        _ask_anew_in(db, keystore, case, viewer, old, new)


def reasons_to_stay(db: Session, account_id: UUID) -> list[str]:
    """Return why an account cannot leave yet; no case is named."""
    principal_id = db.get_one(Account, account_id).principal_id
    alone = cases_held_alone(db, principal_id) if principal_id else []
    needed = select(func.count()).where(Case.id.in_(alone), Case.state.not_in(OVER))
    count = db.scalar(needed) or 0
    if count == 0:
        return []
    # No number: whoever administers may be named in one of these cases.
    return [
        "They alone hold a key that is needed. Another officer must sign in and take over first."
    ]


def _tend_case(
    db: Session, keystore: Keystore, case: Case, viewer: Viewer, keyring: Keyring
) -> None:
    keys = CaseKeys.load(db, keystore, case.id, keyring)
    grants, later = _look_at_auditors(db, case, keys, viewer)
    who, may_receive = viewer.pseudonym, partial(_may_receive, db, case)
    grants += fill_requests(
        db, keys, may_receive, case_pseudonym=case.pseudonym, actor=who, later=later
    )
    grants += retire_former(db, case.id, case_pseudonym=case.pseudonym, actor=who)
    grants += open_new_epochs(db, keystore, keys, case_pseudonym=case.pseudonym, actor=who)
    if grants or changed_rows(db):
        said = {"said": "Keys that waited were given, and ended ones replaced."}
        record(db, case, keys, actor=viewer, event="keys.tended", detail=said, grants=grants)


def _look_at_auditors(
    db: Session, case: Case, keys: CaseKeys, viewer: Viewer
) -> tuple[list[Event], frozenset[UUID]]:
    """Shut out of a closed case whoever must not read it, before anybody is given a key.

    Return the events, and who must wait for another holder: whoever cannot open the names of a
    case cannot tell who is tied to one, and gives no auditor a key.
    """
    if not case_is_closed(db, case):
        return [], frozenset()
    events = shut_tied_out(db, case, keys, actor=viewer) + lapse_glass(db, case, actor=viewer)
    if opens_names(keys):
        return events, frozenset()
    return events, frozenset(one.id for one in unbarred_auditors(db, case))


def _may_receive(db: Session, case: Case, request: GrantRequest) -> bool:
    """Ask the policy again, now that somebody is there to give the key."""
    if is_in_force(db, request.principal_id):
        return True
    if request.compartment == Compartment.RECORD and may_audit(db, case, request.principal_id):
        return True
    wanted = select(Account).where(
        Account.principal_id == request.principal_id, Account.state != AccountState.ENDED
    )
    account = db.scalars(wanted).one_or_none()
    return account is not None and request.compartment in _reads(db, case, viewer_of(db, account))


def _reads(db: Session, case: Case, viewer: Viewer) -> frozenset[Compartment]:
    """Return what *viewer* is to hold on *case*: by their seats, or as its auditor."""
    facts = facts_of(db, case)
    if may(viewer, Permission.REVIEW, facts):
        return frozenset({Compartment.RECORD}) | opened_to(db, case, viewer.account_id)
    if viewer.account_id is None or not may(viewer, Permission.SEE, facts):
        return frozenset()
    return frozenset().union(*(READS[capacity] for capacity in facts.seats[viewer.account_id]))


def _ask_anew_in(
    db: Session, keystore: Keystore, case: Case, viewer: Viewer, old: Principal, new: Principal
) -> None:
    ended = revoke(
        db,
        case.id,
        old,
        case_pseudonym=case.pseudonym,
        actor=viewer.pseudonym,
        reason=GrantReason.REPLACED,
    )
    request_grant(db, case.id, new, sorted(_reads(db, case, viewer)), GrantReason.NEW_KEY)
    keys = CaseKeys.load(db, keystore, case.id, None)
    said = {"said": "Has a new key, and waits for another officer to give access again."}
    record(db, case, keys, actor=viewer, event="grant.requested", detail=said, grants=ended)
