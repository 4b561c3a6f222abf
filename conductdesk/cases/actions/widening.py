"""Two people let an auditor read more than the record, for a time; a job takes it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.asking import require, tell_seats
from conductdesk.cases.actions.auditing import may_audit, tied_auditors
from conductdesk.cases.actions.recording import record
from conductdesk.cases.audit_rows import open_glass_on, parts_of
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.models import BreakGlass, Case, GlassState
from conductdesk.cases.queries import facts_of
from conductdesk.cases.ties import opens_names
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.people.models import Account
from conductdesk.people.queries import principal_of, viewer_of
from conductdesk.policy import SECONDS, SYSTEM, Permission, Viewer, may
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import iso_day
from conductdesk.vault.actions import grant, request_grant, revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment, GrantReason, Principal
from conductdesk.vault.queries import waiting_requests


def agree_glass(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, glass_id: UUID) -> None:
    """Agree to let an auditor read more: the second of two people passes on the keys they hold.

    What they do not hold, whoever does gives who unlocks next, if the policy still says so. The yes
    of a first person who may not agree any more counts no longer: whoever agrees next is the first.
    """
    require(db, case, actor, Permission.SECOND)
    asked = _waiting(db, case, glass_id)
    if actor.account_id in (asked.account_id, asked.first_by):
        raise Refused("Somebody else must agree: it takes two other people.")
    if not may_still_agree(db, case, asked.first_by):
        asked.first_by, asked.first_at = actor.account_id, clock.now()
        tell_seats(db, case, actor, *SECONDS)
        _record(db, case, keys, actor, "break_glass.agreed", asked)
        return
    asked.second_by, asked.second_at = actor.account_id, clock.now()
    asked.state = GlassState.AGREED
    grants = _pass_keys(db, case, keys, asked, actor=actor)
    notify(db, asked.account_id, Notice.UPDATE, case_id=case.id)
    _record(db, case, keys, actor, "break_glass.opened", asked, grants=grants)


def refuse_glass(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, glass_id: UUID, reason: Reason
) -> None:
    """Say no, with a reason: one person is enough for that."""
    require(db, case, actor, Permission.SECOND)
    asked = _waiting(db, case, glass_id)
    asked.second_by, asked.second_at = actor.account_id, clock.now()
    asked.state = GlassState.REFUSED
    notify(db, asked.account_id, Notice.UPDATE, case_id=case.id)
    _record(db, case, keys, actor, "break_glass.refused", asked, reason.words)


def end_glass(db: Session, case: Case, keys: CaseKeys) -> None:
    """Take back what ran out: the job does it at the end date."""
    over = [one for one in open_glass_on(db, case) if one.ends_at <= clock.now()]
    if not over:
        return
    events = close_glass(db, case, over, actor=SYSTEM)
    said = {"said": "The time of an auditor to read more than the record is over."}
    record(db, case, keys, actor=SYSTEM, event="break_glass.ended", detail=said, grants=events)


def lapse_glass(db: Session, case: Case, *, actor: Viewer) -> list[Event]:
    """End what was agreed to by somebody who may not agree any more, before its keys are given.

    The auditor is told, and may ask anew; the caller leaves the entry.
    """
    waiting = {(one.principal_id, one.compartment) for one in waiting_requests(db, case.id)}
    over = [
        one
        for one in open_glass_on(db, case)
        if one.state == GlassState.AGREED
        and waiting & _asked_for(db, one)
        and not all(may_still_agree(db, case, who) for who in (one.first_by, one.second_by))
    ]
    for one in over:
        notify(db, one.account_id, Notice.UPDATE, case_id=case.id)
    return close_glass(db, case, over, actor=actor)


def may_still_agree(db: Session, case: Case, account_id: UUID | None) -> bool:
    """Answer whether somebody is still one who may agree on this case."""
    if account_id is None:
        return False
    viewer = viewer_of(db, db.get_one(Account, account_id))
    return may(viewer, Permission.SECOND, facts_of(db, case))


def close_glass(
    db: Session, case: Case, glass: Iterable[BreakGlass], *, actor: Viewer
) -> list[Event]:
    """End requests and take their keys back; the record itself stays open to the auditor."""
    events: list[Event] = []
    for one in glass:
        one.state, one.ended_at = GlassState.ENDED, clock.now()
        principal = principal_of(db, db.get_one(Account, one.account_id))
        if principal is not None:
            events += revoke(
                db,
                case.id,
                principal,
                case_pseudonym=case.pseudonym,
                actor=actor.pseudonym,
                reason=GrantReason.BREAK_GLASS,
                only=parts_of(one),
            )
    return events


def _asked_for(db: Session, one: BreakGlass) -> set[tuple[UUID | None, Compartment]]:
    principal_id = db.get_one(Account, one.account_id).principal_id
    return {(principal_id, part) for part in parts_of(one)}


def _waiting(db: Session, case: Case, glass_id: UUID) -> BreakGlass:
    wanted = BreakGlass.id == glass_id, BreakGlass.case_id == case.id
    asked = db.scalars(select(BreakGlass).where(*wanted).with_for_update()).one_or_none()
    if asked is None:
        raise Refused("There is no such request on this case.")
    if asked.state != GlassState.WAITING:
        raise Refused("This request was answered already.")
    if asked.ends_at <= clock.now():
        raise Refused("The day until which it was asked for is over.")
    return asked


def _pass_keys(
    db: Session, case: Case, keys: CaseKeys, asked: BreakGlass, *, actor: Viewer
) -> list[Event]:
    """Give what *keys* hold, and ask for the rest.

    Whoever cannot open the names of a case cannot tell who is tied to one, and gives nothing.
    """
    principal, parts = _who_may_have_it(db, case, keys, asked), sorted(parts_of(asked))
    given = [one for one in parts if opens_names(keys) and keys.holds_every_epoch(one)]
    rest, reason = [one for one in parts if one not in given], GrantReason.BREAK_GLASS
    request_grant(db, case.id, principal, rest, reason)
    who, of = actor.pseudonym, case.pseudonym
    return grant(db, keys, principal, given, case_pseudonym=of, actor=who, reason=reason)


def _who_may_have_it(db: Session, case: Case, keys: CaseKeys, asked: BreakGlass) -> Principal:
    account, facts = db.get_one(Account, asked.account_id), facts_of(db, case)
    principal, tied = principal_of(db, account), account in tied_auditors(db, case, keys)
    if not tied and account.id in facts.unchecked:
        raise Refused(
            "Nobody has looked yet whether this auditor is tied to somebody in the case. Agree when "
            "an officer who holds its keys has signed in."
        )
    if principal is None or tied or not may_audit(db, case, principal.id):
        raise Refused("This auditor may not read the case any more. Refuse the request.")
    return principal


def _record(
    db: Session,
    case: Case,
    keys: CaseKeys,
    actor: Viewer,
    event: str,
    asked: BreakGlass,
    said: str = "",
    grants: Sequence[Event] = (),
) -> None:
    pub = {"parts": asked.parts.split(), "until": iso_day(asked.ends_at)}
    detail = {"said": said} if said else None
    record(db, case, keys, actor=actor, event=event, pub=pub, detail=detail, grants=grants)
