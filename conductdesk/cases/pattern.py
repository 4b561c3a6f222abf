"""Low-level records about the same person: each is small, and together they may not be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.concern import Part
from conductdesk.cases.models import Case, Party
from conductdesk.cases.needs import Route
from conductdesk.cases.queries import readable_cases
from conductdesk.participants.rules import name_keys
from conductdesk.policy import Viewer
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment


@dataclass(frozen=True)
class EarlierRecord:
    """A low-level record about somebody whom this case is about, too; its words are on its own page."""

    case_id: UUID
    name: str
    """Its code name."""
    received_at: datetime


def earlier_records(
    db: Session, case: Case, keys: CaseKeys, viewer: Viewer
) -> tuple[EarlierRecord, ...]:
    """Return what *viewer* may read of the other low-level records, the oldest first.

    Names are compared as the register compares them. Nothing is looked up in an index: what the
    viewer holds no key to is not found.
    """
    wanted = _respondents(db, [case.id], {case.id: keys}).get(case.id)
    if not wanted:
        return ()
    others = readable_cases(viewer).where(
        Case.scheme == case.scheme, Case.route == Route.LOW_LEVEL, Case.id != case.id
    )
    found = db.scalars(others.order_by(Case.received_at, Case.id)).all()
    ids = [one.id for one in found]
    held = CaseKeys.load_many(db, keys.keystore, ids, keys.keyring)
    named = _respondents(db, ids, held)
    return tuple(
        EarlierRecord(one.id, one.code_name, one.received_at)
        for one in found
        if wanted & named.get(one.id, frozenset())
    )


def _respondents(
    db: Session, case_ids: list[UUID], held: dict[UUID, CaseKeys]
) -> dict[UUID, frozenset[str]]:
    """Return the forms of the names of those whom each case is about, as far as the keys open."""
    parties = select(Party).where(Party.case_id.in_(case_ids), Party.part == Part.RESPONDENT)
    named: dict[UUID, frozenset[str]] = {}
    for party in db.scalars(parties):
        keys = held[party.case_id]
        if keys.holds(Compartment.INTERNAL):
            forms = frozenset(name_keys(keys.open(Party.name, party)))
            named[party.case_id] = named.get(party.case_id, frozenset()) | forms
    return named
