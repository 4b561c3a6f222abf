"""What the reporter agreed to have shared, and what they took back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case, Consent
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment


@dataclass(frozen=True)
class ConsentFace:
    """One consent."""

    id: UUID
    terms: str
    given_at: datetime
    withdrawn_at: datetime | None


def consents_of(db: Session, case: Case, keys: CaseKeys) -> tuple[ConsentFace, ...] | None:
    """Return every consent, the oldest first; None for whoever holds no key to them."""
    if not keys.holds(Compartment.INTAKE):
        return None
    rows = select(Consent).where(Consent.case_id == case.id).order_by(Consent.given_at)
    return tuple(
        ConsentFace(row.id, keys.open(Consent.terms, row), row.given_at, row.withdrawn_at)
        for row in db.scalars(rows)
    )
