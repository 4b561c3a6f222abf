"""Let the auditors of a scheme read the record of a closed case, and shut them out again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.recording import SYSTEM, record
from conductdesk.cases.models import Barrier, Case, Proposal
from conductdesk.cases.queries import facts_of
from conductdesk.cases.ties import named_in
from conductdesk.db import UtcDateTime
from conductdesk.participants.index import index_facts
from conductdesk.participants.models import Interest
from conductdesk.people.models import Account, AuditorAppointment
from conductdesk.people.queries import auditors, viewer_of
from conductdesk.policy import Permission, Viewer, may
from conductdesk.routing.rules import Why
from conductdesk.vault.actions import grant, request_grant, revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment, GrantReason, GrantRequest, Principal
from conductdesk.vault.queries import grants_of, waiting_requests


def let_auditors_in(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer) -> list[Event]:
    """Grant `record` to each auditor who is clear and never had a seat on the case.

    Whoever declared a tie since the names were opened last waits until somebody opens them again.
    """
    keep_tied_auditors_away(db, case, keys)
    unchecked = frozenset() if opens_names(keys) else declared_since_checked(db, case)
    return [
        event
        for principal in clear_auditors(db, case)
        if principal.id not in unchecked
        for event in grant(
            db,
            keys,
            principal,
            [Compartment.RECORD],
            case_pseudonym=case.pseudonym,
            actor=actor.pseudonym,
            reason=GrantReason.AUDIT,
        )
    ]


def keep_tied_auditors_away(db: Session, case: Case, keys: CaseKeys) -> list[Account]:
    """Keep each auditor away who declared a tie to somebody in the case: they learn nothing of it.

    As far as *keys* open whom it names; the caller's entry covers the rows. Return who is kept
    away from now on.
    """
    tied = tied_auditors(db, case, keys)
    for account in tied:
        row_id = uuid4()
        why = keys.seal(Barrier.why, row_id, Why.TIED)
        about = {"id": row_id, "case_id": case.id, "account_id": account.id}
        db.add(Barrier(**about, since=clock.now(), why=why))
    db.flush()
    return tied


def tied_auditors(db: Session, case: Case, keys: CaseKeys) -> list[Account]:
    """Return the auditors who are tied to somebody in the case, and not kept away from it yet."""
    named, barred = named_in(db, case, keys), facts_of(db, case).barred
    officers = sorted(named.officers)
    found = index_facts(db, keys.keystore, case.scheme, named.names, officers)
    tied = frozenset().union(*(facts.tied | facts.declared for facts in found))
    return [account for account in auditors(db, case.scheme) if account.id in tied - barred]


def opens_names(keys: CaseKeys) -> bool:
    """Answer whether *keys* open whom a case names, so that ties can be looked for."""
    return keys.holds(Compartment.INTERNAL)


def shut_auditors_out(db: Session, case: Case, *, actor: Viewer) -> list[Event]:
    """Take back what auditors were granted, because the case is open again."""
    served = facts_of(db, case).served
    ever = (
        select(Principal)
        .join(Account, Account.principal_id == Principal.id)
        .join(AuditorAppointment, AuditorAppointment.account_id == Account.id)
        .where(AuditorAppointment.scheme == case.scheme, Account.id.not_in(served))
        .distinct()
    )
    return [
        event
        for principal in db.scalars(ever).all()
        for event in revoke(
            db,
            case.id,
            principal,
            case_pseudonym=case.pseudonym,
            actor=actor.pseudonym,
            reason=GrantReason.AUDIT,
        )
    ]


def ask_for_auditors(db: Session, case: Case, keys: CaseKeys) -> bool:
    """Ask a holder to let in those who became auditors after closure; tell whether any did.

    Those who declared a tie since are asked for again, though they hold a key: whoever opens the
    names next leaves it to them, or takes it back.
    """
    waiting = {request.principal_id for request in waiting_requests(db, case.id)}
    declared = declared_since_checked(db, case)
    lacking = [
        principal
        for principal in clear_auditors(db, case)
        if principal.id not in waiting
        and (principal.id in declared or not grants_of(db, case.id, principal.id))
    ]
    for principal in lacking:
        request_grant(db, case.id, principal, [Compartment.RECORD], GrantReason.AUDIT)
    if lacking:
        said = "A key to the record was asked for on behalf of auditors."
        record(db, case, keys, actor=SYSTEM, event="grant.requested", detail={"said": said})
    return bool(lacking)


def may_audit(db: Session, case: Case, principal_id: UUID) -> bool:
    """Answer whether *principal_id* is an auditor who may read the record of *case* now."""
    return case_is_closed(db, case) and principal_id in {one.id for one in clear_auditors(db, case)}


def case_is_closed(db: Session, case: Case) -> bool:
    """Answer whether *case* is open to its auditors."""
    return facts_of(db, case).closed


def clear_auditors(db: Session, case: Case) -> Iterator[Principal]:
    """Yield the keys of the scheme's auditors who are neither barred nor ever had a seat."""
    facts = replace(facts_of(db, case), closed=True)
    for account in auditors(db, case.scheme):
        if may(viewer_of(db, account), Permission.REVIEW, facts):
            principal = db.get(Principal, account.principal_id) if account.principal_id else None
            if principal is not None:
                yield principal


def declared_since_checked(db: Session, case: Case) -> frozenset[UUID]:
    """Return the keys of auditors who declared an interest since somebody looked for their ties.

    That is when the closure was proposed, and whenever a request of theirs was filled after that.
    """
    closing = Proposal.case_id == case.id, Proposal.kind == "close"
    proposed = db.scalar(select(func.max(Proposal.proposed_at)).where(*closing))
    asked = select(func.max(GrantRequest.made_at)).where(
        GrantRequest.case_id == case.id,
        GrantRequest.compartment == Compartment.RECORD,
        GrantRequest.principal_id == Account.principal_id,
    )
    since = func.coalesce(
        asked.scalar_subquery(), literal(proposed or case.received_at, UtcDateTime())
    )
    wanted = (
        select(Account.principal_id)
        .join(Interest, Interest.account_id == Account.id)
        .join(AuditorAppointment, AuditorAppointment.account_id == Account.id)
        .where(AuditorAppointment.scheme == case.scheme, Account.principal_id.is_not(None))
        .where(Interest.ended_at.is_(None), Interest.declared_at >= since)
    )
    return frozenset(one for one in db.scalars(wanted) if one is not None)
