"""What has left the case: referrals with their answers, and overrides of confidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Case, Override, Referral
from conductdesk.cases.wording import left_in_words
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

WAITS = "No answer yet"


@dataclass(frozen=True)
class LeftFace:
    """Something that left the case, or was kept from leaving it."""

    kind: str
    at: datetime
    words: str
    state: str
    answer: str = ""


def what_left(db: Session, case: Case, keys: CaseKeys) -> tuple[LeftFace, ...]:
    """Return everything that left *case*, the newest first; the words only to whom they open."""
    found = [*_referrals(db, case, keys), *_overrides(db, case, keys)]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _referrals(db: Session, case: Case, keys: CaseKeys) -> Iterator[LeftFace]:
    can_read = keys.holds(Compartment.INTERNAL)
    for row in db.scalars(select(Referral).where(Referral.case_id == case.id)):
        words = left_in_words(keys.open(Referral.body, row)) if can_read else ""
        answer = keys.open(Referral.answer, row) if can_read else ""
        kind = "Referral" if row.referred else "Decision against a referral"
        yield LeftFace(kind, row.made_at, words, _state(row), answer)


def _state(row: Referral) -> str:
    if row.answered_at is None:
        return WAITS if row.referred else "A second person is asked"
    return "Answered" if row.referred else "Two people decided it"


def _overrides(db: Session, case: Case, keys: CaseKeys) -> Iterator[LeftFace]:
    can_read = keys.holds(Compartment.INTERNAL)
    for row in db.scalars(select(Override).where(Override.case_id == case.id)):
        words = left_in_words(keys.open(Override.body, row)) if can_read else ""
        told = "Told beforehand" if row.told_beforehand else "Not told beforehand"
        yield LeftFace("Override of confidence", row.made_at, words, told)
