"""Undo that a case was joined to another, while nothing else happened."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.joining import keys_of_other, masked_reason, parties_in_order
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.clocks import find_next_due
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.joined import can_be_undone
from conductdesk.cases.models import Appointment, Case, CaseClock
from conductdesk.people.models import Account
from conductdesk.people.queries import principal_of
from conductdesk.policy import Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.actions import open_new_epochs, revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import GrantReason


def undo_joining(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, reason: Reason, seen_version: int
) -> None:
    """Let *case* go its own way again, while nothing else happened on either case.

    What protects somebody stays: who is kept away, and that somebody may be at risk.
    """
    refuse_stale(case, seen_version)
    if case.joined_to is None or case.joined_at is None:
        raise Refused("This case is not joined to another one.")
    into = db.get_one(Case, case.joined_to)
    for one in (case, into):
        require(db, one, actor, Permission.HANDLE)
    if not can_be_undone(db, case):
        raise Refused("Something else was done since the cases were joined. They stay joined.")
    held = {case.id: keys, into.id: keys_of_other(db, keys, into)}
    _start_clocks(db, case, case.joined_at)
    _take_parties_back(db, case, into)
    ended = _send_the_outside_contact_back(db, into, held[into.id], case.joined_at, actor)
    case.joined_to = case.joined_at = None
    why = masked_reason(db, (case, into), held, reason)
    for one, grants in ((case, []), (into, ended)):
        detail = {"said": f"{case.code_name} goes its own way again. {why}"}
        record(
            db, one, held[one.id], actor=actor, event="joining.undone", detail=detail, grants=grants
        )


def _start_clocks(db: Session, case: Case, stopped_at: datetime) -> None:
    stopped = select(CaseClock).where(
        CaseClock.case_id == case.id, CaseClock.dropped_at == stopped_at
    )
    for one in db.scalars(stopped):
        one.dropped_at = None
    find_next_due(db, case)


def _take_parties_back(db: Session, case: Case, into: Case) -> None:
    own = {party.id for party in parties_in_order(db, case)}
    for party in parties_in_order(db, into):
        if party.copied_from in own:
            db.delete(party)
    db.flush()


def _send_the_outside_contact_back(
    db: Session, into: Case, keys: CaseKeys, since: datetime, actor: Viewer
) -> list[Event]:
    brought = select(Appointment).where(
        Appointment.case_id == into.id,
        Appointment.capacity == Capacity.OUTSIDE,
        Appointment.since >= since,
        Appointment.until.is_(None),
    )
    events: list[Event] = []
    for one in db.scalars(brought).all():
        one.until = clock.now()
        principal = principal_of(db, db.get_one(Account, one.account_id))
        if principal is not None:
            who, about = actor.pseudonym, into.pseudonym
            left = GrantReason.LEFT
            events += revoke(db, into.id, principal, case_pseudonym=about, actor=who, reason=left)
    if events:
        events += open_new_epochs(
            db, keys.keystore, keys, case_pseudonym=into.pseudonym, actor=actor.pseudonym
        )
    return events
