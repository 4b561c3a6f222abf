"""Let the auditors of a scheme read the record of a closed case, and shut them out again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.recording import record
from conductdesk.cases.meant import may_name
from conductdesk.cases.models import Barrier, Case, TieCheck
from conductdesk.cases.queries import facts_of, ties_to_look_for
from conductdesk.cases.ties import named_in, opens_names
from conductdesk.participants.index import index_facts
from conductdesk.people.models import Account, AuditorAppointment
from conductdesk.people.queries import auditors, held_an_office, viewer_of
from conductdesk.policy import SYSTEM, CaseFacts, Permission, Viewer, may
from conductdesk.routing.rules import Why
from conductdesk.vault.actions import grant, request_grant, revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment, GrantReason, Principal
from conductdesk.vault.queries import grants_of, waiting_requests


def let_auditors_in(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer) -> list[Event]:
    """Grant `record` to each auditor who is clear and never had a seat on the case.

    Whoever declared a tie since the names were opened last waits until somebody opens them again.
    """
    keep_tied_auditors_away(db, case, keys)
    return [
        event
        for principal in clear_auditors(db, case)
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
    """Keep each auditor away who is named in the case, or tied to somebody: they learn nothing of it.

    As far as *keys* open whom it names; the caller's entry covers the rows. Return who is kept
    away from now on. The others are let see the case, if *keys* open all of its names.
    """
    looked_for = ties_to_look_for(db, case) if opens_names(keys) else []
    tied = tied_auditors(db, case, keys)
    for account, because in tied.items():
        row_id = uuid4()
        why = keys.seal(Barrier.why, row_id, because)
        about = {"id": row_id, "case_id": case.id, "account_id": account.id}
        db.add(Barrier(**about, since=clock.now(), why=why))
    db.add_all(TieCheck(case_id=case.id, tie_id=one) for one in looked_for)
    db.flush()
    return list(tied)


def tied_auditors(db: Session, case: Case, keys: CaseKeys) -> dict[Account, Why]:
    """Return the auditors who may be named in the case, or are tied to somebody who is, and why.

    Of those who are not kept away from it yet. A name that may be theirs counts as theirs: keeping
    one auditor too many away costs little, and another of the scheme looks at the case.
    """
    here, named = auditors(db, case.scheme), named_in(db, case, keys)
    themselves = may_name(named.names, here)
    officers = sorted(named.officers | themselves)
    found = index_facts(db, keys.keystore, case.scheme, named.names, officers)
    tied = frozenset().union(*(facts.tied | facts.declared for facts in found))
    tied |= held_an_office(db, case.scheme, named.offices)
    why = {**dict.fromkeys(tied, Why.TIED), **dict.fromkeys(themselves, Why.NAMED)}
    barred = facts_of(db, case).barred
    return {one: why[one.id] for one in here if one.id in why and one.id not in barred}


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
    checked = {principal.id for principal in clear_auditors(db, case)}
    lacking = [
        principal
        for principal in unbarred_auditors(db, case)
        if principal.id not in waiting
        and (principal.id not in checked or not grants_of(db, case.id, principal.id))
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
    """Yield the keys of those auditors of the scheme who may read the case, once it is closed."""
    return _auditors_by(db, case, replace(facts_of(db, case), closed=True))


def unbarred_auditors(db: Session, case: Case) -> Iterator[Principal]:
    """Yield the same, and those whose ties nobody has looked for yet."""
    facts = replace(facts_of(db, case), closed=True, unchecked=frozenset())
    return _auditors_by(db, case, facts)


def _auditors_by(db: Session, case: Case, facts: CaseFacts) -> Iterator[Principal]:
    for account in auditors(db, case.scheme):
        if may(viewer_of(db, account), Permission.REVIEW, facts):
            principal = db.get(Principal, account.principal_id) if account.principal_id else None
            if principal is not None:
                yield principal
