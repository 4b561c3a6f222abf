"""What the reporter agreed to have shared, and what they took back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case, Consent
from conductdesk.cases.sharing import Sharing
from conductdesk.vault.keys import CaseKeys, NotGranted
from conductdesk.vault.models import Compartment


@dataclass(frozen=True)
class ConsentFace:
    """One consent, in words."""

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
        ConsentFace(row.id, _words(keys, row), row.given_at, row.withdrawn_at)
        for row in db.scalars(rows)
    )


def _words(keys: CaseKeys, row: Consent) -> str:
    try:
        return Sharing.from_json(keys.open(Consent.terms, row)).in_words
    except NotGranted:
        return "This cannot be shown yet. It will be, once an officer has opened it for you."
