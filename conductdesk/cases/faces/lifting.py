"""Somebody whom the reporter may not have meant, as the page on letting them in again shows it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.barriers import kept_by_office
from conductdesk.cases.faces.proposals import waiting_proposals
from conductdesk.cases.inquiry import open_proposal
from conductdesk.cases.models import Barrier, Case, ProposalKind
from conductdesk.people.models import Account
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


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
    if open_proposal(db, case, ProposalKind.LIFT) is not None:
        return ()
    names = {office.key: office.name for office in pack.offices}
    return tuple(
        KeptFace(one.account_id, one.name, names.get(one.office, one.office))
        for one in kept_by_office(db, case, keys)
    )


def waiting_lift(db: Session, case: Case, keys: CaseKeys) -> tuple[LiftFace, ...]:
    """Return the proposal that waits, or nothing."""
    return tuple(
        LiftFace(one.id, db.get_one(Account, barrier.account_id).name, one.reason, one.proposed_by)
        for one in waiting_proposals(db, case, keys, ProposalKind.LIFT)
        if (barrier := db.get(Barrier, one.subject_id)) is not None
    )
