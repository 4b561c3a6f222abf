"""Shut auditors out of a closed case: for a tie to somebody named, or because they audit no more."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.auditing import keep_tied_auditors_away
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.actions.widening import close_glass
from conductdesk.cases.audit_rows import open_glass_on
from conductdesk.cases.models import NOT_OVER, Appointment, Barrier, BreakGlass, Case
from conductdesk.people.models import Account, AuditorAppointment
from conductdesk.people.queries import principal_of
from conductdesk.policy import SYSTEM, Viewer
from conductdesk.routing.rules import Why
from conductdesk.vault.actions import revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import DataKey, GrantReason, GrantRequest, KeyGrant, RequestState


def shut_tied_out(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer) -> list[Event]:
    """Keep tied auditors away, as far as *keys* open whom the case names, and take back what they had.

    The caller leaves the entry.
    """
    away = keep_tied_auditors_away(db, case, keys)
    return [
        event
        for account in away
        for event in take_all_back(db, case, account, GrantReason.CONFLICT, actor=actor)
    ]


def take_all_back(
    db: Session, case: Case, account: Account, reason: GrantReason, *, actor: Viewer
) -> list[Event]:
    """End whatever an auditor asked for on the case, and take every key to it; no entry is left."""
    mine = [one for one in open_glass_on(db, case) if one.account_id == account.id]
    events = close_glass(db, case, mine, actor=actor)
    principal = principal_of(db, account)
    if principal is None:
        return events
    who, of = actor.pseudonym, case.pseudonym
    return events + revoke(db, case.id, principal, case_pseudonym=of, actor=who, reason=reason)


def leave_as_auditor(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer) -> None:
    """Keep *actor* away from one closed case, and take their keys to it; no reason is asked."""
    account, row_id = db.get_one(Account, actor.account_id), uuid4()
    why = keys.seal(Barrier.why, row_id, Why.RECUSED)
    db.add(Barrier(id=row_id, case_id=case.id, account_id=account.id, since=clock.now(), why=why))
    events = take_all_back(db, case, account, GrantReason.RECUSED, actor=actor)
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


def shut_former_out(db: Session, case: Case, keys: CaseKeys) -> None:
    """Take back what those still have who do not audit the scheme any more; the job does it."""
    events: list[Event] = []
    former = former_auditors(db, case)
    for account in former:
        events += take_all_back(db, case, account, GrantReason.LEFT, actor=SYSTEM)
    if former:
        said = {"said": "Whoever does not audit this scheme any more lost their keys to the case."}
        record_quietly(
            db, case, keys, actor=SYSTEM, event="auditor.left", detail=said, grants=events
        )


def former_auditors(db: Session, case: Case) -> Sequence[Account]:
    """Return who does not audit the scheme any more and still has something of the case."""
    of_case = select(Case.id).where(Case.id == case.id, _has_left_keys()).correlate(Account)
    wanted = select(Account).where(of_case.exists())
    return db.scalars(wanted.order_by(Account.id)).all()


def left_to_former_auditors() -> ColumnElement[bool]:
    """Hold for the cases of which a former auditor still has a key, or a request that waits."""
    return select(Account.id).where(_has_left_keys()).correlate(Case).exists()


def _has_left_keys() -> ColumnElement[bool]:
    """Hold for an account that audited the scheme of a case, and what it still has of that case."""
    appointed, now = aliased(AuditorAppointment), clock.now()
    of_scheme = appointed.account_id == Account.id, appointed.scheme == Case.scheme
    audits = or_(appointed.until.is_(None), appointed.until > now)
    seated = _there(
        Appointment.case_id == Case.id,
        Appointment.account_id == Account.id,
        Appointment.until.is_(None),
    )
    has_key = _there(
        DataKey.case_id == Case.id,
        KeyGrant.data_key_id == DataKey.id,
        KeyGrant.principal_id == Account.principal_id,
    )
    asked = _there(
        GrantRequest.case_id == Case.id,
        GrantRequest.principal_id == Account.principal_id,
        GrantRequest.state == RequestState.WAITING,
    )
    glass = _there(
        BreakGlass.case_id == Case.id,
        BreakGlass.account_id == Account.id,
        BreakGlass.state.in_(NOT_OVER),
    )
    left = _there(*of_scheme) & ~_there(*of_scheme, audits)
    return left & ~seated & or_(has_key, asked, glass)


def _there(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Hold where there is such a row, of the account and the case that are asked about."""
    return exists().where(*which).correlate(Account, Case)
