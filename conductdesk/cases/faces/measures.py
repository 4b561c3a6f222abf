"""What stands beside a case: its holds, interim measures, and what left the organisation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.actions.holding import SINCE
from conductdesk.cases.actions.measuring import measures_in_force
from conductdesk.cases.closing_acts import HOLDS, Hold
from conductdesk.cases.faces.proposals import SEALED, ProposalFace, waiting_proposals
from conductdesk.cases.models import Case, InterimMeasure, ProposalKind, Referral
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment


@dataclass(frozen=True)
class HoldFace:
    """A hold that the case is on."""

    key: str
    name: str
    since: datetime


@dataclass(frozen=True)
class MeasureFace:
    """An interim measure that is in force."""

    id: UUID
    what: str
    reason: str
    imposed_at: datetime
    review_at: datetime


@dataclass(frozen=True)
class ReferralFace:
    """Something that was taken to another body and has no answer yet."""

    id: UUID
    agency: str
    what: str
    made_at: datetime


def holds_of(case: Case) -> tuple[HoldFace, ...]:
    """Return the holds that *case* is on."""
    since = {hold: getattr(case, column) for hold, column in SINCE.items()}
    return tuple(HoldFace(hold.value, HOLDS[hold], since[hold]) for hold in Hold if since[hold])


def measures_of(
    db: Session, case: Case, keys: CaseKeys, measure_id: UUID | None = None
) -> tuple[MeasureFace, ...]:
    """Return the measures in force, or only one of them, the next to be reviewed first."""
    can_read = keys.holds(Compartment.INTERNAL)
    return tuple(
        MeasureFace(
            id=row.id,
            what=keys.open(InterimMeasure.what, row) if can_read else SEALED,
            reason=keys.open(InterimMeasure.reason, row) if can_read else "",
            imposed_at=row.imposed_at,
            review_at=row.review_at,
        )
        for row in measures_in_force(db, case)
        if measure_id in (None, row.id)
    )


def waiting_referrals(
    db: Session, case: Case, keys: CaseKeys, referral_id: UUID | None = None
) -> tuple[ReferralFace, ...]:
    """Return the referrals that have no answer yet, or only one of them, the oldest first."""
    rows = select(Referral).where(
        Referral.case_id == case.id, Referral.referred.is_(True), Referral.answered_at.is_(None)
    )
    can_read = keys.holds(Compartment.INTERNAL)
    return tuple(
        _referral(row, keys.open(Referral.body, row) if can_read else "")
        for row in db.scalars(rows.order_by(Referral.made_at))
        if referral_id in (None, row.id)
    )


def waiting_no_referrals(
    db: Session, case: Case, keys: CaseKeys, proposal_id: UUID | None = None
) -> tuple[ProposalFace, ...]:
    """Return the proposals not to refer something that wait for a second person."""
    return tuple(
        face
        for face in waiting_proposals(db, case, keys, ProposalKind.NO_REFERRAL)
        if proposal_id in (None, face.id)
    )


def _referral(row: Referral, body: str) -> ReferralFace:
    said = json.loads(body) if body else {"agency": SEALED, "what": ""}
    return ReferralFace(row.id, said["agency"], said["what"], row.made_at)
