"""Declare an interest: it counts for what is to come, and for every open case at once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.actions.attesting import live_seats
from conductdesk.cases.actions.copying import audit_copies
from conductdesk.cases.actions.rerouting import recuse
from conductdesk.cases.actions.shutting_out import leave_as_auditor
from conductdesk.cases.days import today
from conductdesk.cases.joined import OVER, lock_joined
from conductdesk.cases.models import Appointment, AuditCopy, Case, TieCheck
from conductdesk.cases.queries import facts_of, pack_of, reviewable_cases
from conductdesk.cases.ties import is_named
from conductdesk.participants.actions.declaring import check_declared, declare
from conductdesk.participants.interests import Declared
from conductdesk.participants.queries import declarations_of
from conductdesk.policy import Permission, Viewer, may
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Keyring


def declare_interest(
    db: Session, keystore: Keystore, keyring: Keyring, *, actor: Viewer, declared: Declared
) -> int:
    """Keep *actor* away from whatever names the person, and return from how many open cases.

    Only their own key is used: they step away from each case in which it opens that name. New
    epochs follow when the next holder unlocks, as with any other recusal. Closed cases that they
    audit are compared at once where their key opens the codes of the names. The others show
    nothing to them any more until a holder who opens the names unlocks.
    """
    check_declared(db, actor, declared)
    _refuse_twice(db, keyring, actor, declared)
    cases = lock_joined(db, *_open_cases(db, actor), *_audited(db, actor))
    before, copies = len(_open_cases(db, actor)), audit_copies(db, _audited(db, actor))
    compared = [
        case.id
        for case, keys in zip(cases, _keys(db, keystore, keyring, cases), strict=True)
        if _leave_if_named(db, case, keys, copies.get(case.id), actor=actor, declared=declared)
    ]
    left = before - len(_open_cases(db, actor))
    tie_id = declare(db, keystore, actor=actor, declared=declared)
    db.add_all(TieCheck(case_id=case_id, tie_id=tie_id) for case_id in compared)
    db.flush()
    return left


def _leave_if_named(
    db: Session,
    case: Case,
    keys: CaseKeys,
    copy: AuditCopy | None,
    *,
    actor: Viewer,
    declared: Declared,
) -> bool:
    """Keep *actor* away if the case names the person.

    Tell whether it is one that they audit, of which there is a *copy*, and was compared.
    """
    named = is_named(db, case, keys, copy, declared)
    if named and live_seats(db, case, actor):
        recuse(db, case, keys, pack=pack_of(db, case), actor=actor)
    elif named and may(actor, Permission.REVIEW, facts_of(db, case)):
        leave_as_auditor(db, case, keys, actor=actor)
    return copy is not None and named is not None


def _refuse_twice(db: Session, keyring: Keyring, actor: Viewer, declared: Declared) -> None:
    for one in declarations_of(db, keyring, actor.account_id):
        if one.declared and one.counts(today()) and one.declared.same_person(declared):
            raise Refused("You declared this already. Take the other declaration back first.")


def _keys(
    db: Session, keystore: Keystore, keyring: Keyring, cases: Sequence[Case]
) -> list[CaseKeys]:
    """Return the keys of each case as they are now, which a recusal takes away one by one."""
    found = CaseKeys.load_many(db, keystore, [case.id for case in cases], keyring)
    return [found[case.id] for case in cases]


def _open_cases(db: Session, actor: Viewer) -> Sequence[UUID]:
    """Return the cases that are not closed, and that *actor* has a seat on."""
    seated = (
        select(Case.id)
        .join(Appointment, Appointment.case_id == Case.id)
        .where(Appointment.account_id == actor.account_id, Appointment.until.is_(None))
        .where(Case.state.not_in(OVER))
    )
    return db.scalars(seated.distinct()).all()


def _audited(db: Session, actor: Viewer) -> Sequence[UUID]:
    """Return the closed cases that *actor* may review, as an auditor."""
    return db.scalars(reviewable_cases(actor).with_only_columns(Case.id)).all()
