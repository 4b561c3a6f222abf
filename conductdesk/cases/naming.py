"""Whose names stand in a case, so that they can be masked."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.concern import Identity
from conductdesk.cases.masking import Known, mask
from conductdesk.cases.models import Case, Party, Reporter
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

THE_REPORTER = "the reporter"


def known_on(db: Session, case: Case, keys: CaseKeys) -> tuple[Known, ...]:
    """Return everybody named in *case*, as far as *keys* open who they are."""
    return (*_parties(db, case, keys), *_reporters(db, case, keys))


def masked(db: Session, case: Case, keys: CaseKeys, text: str) -> str:
    """Return *text* with each name in *case* replaced by its pseudonym."""
    return mask(text, known_on(db, case, keys))


def _parties(db: Session, case: Case, keys: CaseKeys) -> Iterator[Known]:
    if keys.holds(Compartment.INTERNAL):
        found = select(Party).where(Party.case_id == case.id).order_by(Party.alias)
        for party in db.scalars(found):
            yield Known(party.alias, keys.open(Party.name, party))


def _reporters(db: Session, case: Case, keys: CaseKeys) -> Iterator[Known]:
    if keys.holds(Compartment.IDENTITY):
        for reporter in db.scalars(select(Reporter).where(Reporter.case_id == case.id)):
            if reporter.identity is not None:
                who = Identity.from_json(keys.open(Reporter.identity, reporter))
                yield Known(THE_REPORTER, who.name, f"{who.contact}\n{who.safe_times}")
