"""What one person proposed and a second person must agree to, as every page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.inquiry import open_proposals
from conductdesk.cases.models import Case, Proposal, ProposalKind
from conductdesk.people.models import Account
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

SEALED = "You have no key to the words"


@dataclass(frozen=True)
class ProposalFace:
    """What somebody proposed, and a second person must agree to."""

    id: UUID
    subject_id: UUID | None
    proposed_by: UUID
    proposer: str
    at: datetime
    reason: str


def waiting_proposals(
    db: Session, case: Case, keys: CaseKeys, kind: ProposalKind
) -> tuple[ProposalFace, ...]:
    """Return the proposals of *kind* that wait for a second person, the oldest first."""
    can_read = keys.holds(Compartment.RECORD)
    return tuple(
        ProposalFace(
            id=row.id,
            subject_id=row.subject_id,
            proposed_by=row.proposed_by,
            proposer=db.get_one(Account, row.proposed_by).name,
            at=row.proposed_at,
            reason=keys.open(Proposal.reason, row) if can_read else SEALED,
        )
        for row in open_proposals(db, case, kind)
    )
