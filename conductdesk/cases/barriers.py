"""Whom the naming of an office keeps away: all who held it, though the reporter may mean one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.concern import Concern
from conductdesk.cases.models import Barrier, Case
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.people.queries import officers_at
from conductdesk.routing.rules import Why
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

TOLD_BY = (Compartment.INTAKE, Compartment.INTERNAL)
"""Which offices were named, and why somebody is kept away, is sealed to these."""


@dataclass(frozen=True)
class KeptByOffice:
    """Somebody who is kept away because an office that they held was named."""

    barrier_id: UUID
    account_id: UUID
    name: str
    office: str


def kept_by_office(db: Session, case: Case, keys: CaseKeys) -> tuple[KeptByOffice, ...]:
    """Return whom the reporter may not have meant: each has a colleague who is kept away too.

    Nobody, for whoever cannot read which offices were named.
    """
    if not all(keys.holds_every_epoch(part) for part in TOLD_BY):
        return ()
    kept = list(_kept(db, case, keys))
    alone = {one.account_id for one in kept if len(_in_office(kept, one.office)) == 1}
    by_account = {one.account_id: one for one in kept if one.account_id not in alone}
    return tuple(sorted(by_account.values(), key=lambda one: one.name))


def _kept(db: Session, case: Case, keys: CaseKeys) -> Iterator[KeptByOffice]:
    barriers = {
        row.account_id: row.id
        for row in db.scalars(select(Barrier).where(Barrier.case_id == case.id))
        if keys.open(Barrier.why, row) == Why.IN_OFFICE
    }
    for moment, named in _offices_named(db, case, keys):
        for office, account in officers_at(db, case.scheme, moment):
            if office in named and account.id in barriers:
                yield KeptByOffice(barriers[account.id], account.id, account.name, office)


def _in_office(kept: list[KeptByOffice], office: str) -> set[UUID]:
    return {one.account_id for one in kept if one.office == office}


def _offices_named(
    db: Session, case: Case, keys: CaseKeys
) -> Iterator[tuple[datetime, frozenset[str]]]:
    """Yield when offices were named, and which: here, and in the case to which it is linked."""
    rows = db.scalars(select(ConcernRow).where(ConcernRow.case_id == case.id))
    concerns = [Concern.from_json(keys.open(ConcernRow.answers, row)) for row in rows]
    yield case.received_at, frozenset().union(*(one.facts().offices_named for one in concerns))
    before = frozenset(office for one in concerns for office in one.offices_before)
    if case.linked_to is not None and before:
        yield db.get_one(Case, case.linked_to).received_at, before
