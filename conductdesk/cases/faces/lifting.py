"""Somebody whom the reporter may not have meant, as the page on letting them in again shows it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.actions.lifting import LIFT
from conductdesk.cases.barriers import kept_by_office
from conductdesk.cases.faces.measures import SEALED
from conductdesk.cases.inquiry import open_proposal
from conductdesk.cases.models import Barrier, Case, Proposal
from conductdesk.people.models import Account
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment


@dataclass(frozen=True)
class KeptFace:
    """Somebody who is kept away because an office was named that they share."""

    account_id: UUID
    name: str
    office: str


@dataclass(frozen=True)
class LiftFace:
    """The proposal to let somebody in again, which waits for a second person."""

    id: UUID
    name: str
    reason: str
    proposed_by: UUID


def kept_shown(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> tuple[KeptFace, ...]:
    """Return whom a handler may propose to let in again; nobody, while a proposal waits."""
    if open_proposal(db, case, LIFT) is not None:
        return ()
    names = {office.key: office.name for office in pack.offices}
    return tuple(
        KeptFace(one.account_id, one.name, names.get(one.office, one.office))
        for one in kept_by_office(db, case, keys)
    )


def waiting_lift(db: Session, case: Case, keys: CaseKeys) -> tuple[LiftFace, ...]:
    """Return the proposal that waits, or nothing."""
    waiting = open_proposal(db, case, LIFT)
    barrier = db.get(Barrier, waiting.subject_id) if waiting else None
    if waiting is None or barrier is None:
        return ()
    name = db.get_one(Account, barrier.account_id).name
    can_read = keys.holds(Compartment.RECORD)
    reason = keys.open(Proposal.reason, waiting) if can_read else SEALED
    return (LiftFace(waiting.id, name, reason, waiting.proposed_by),)
