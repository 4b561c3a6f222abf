"""The originals of a closed case, as far as two people opened them to an auditor."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy.orm import Session

from conductdesk.cases.closing_acts import Section
from conductdesk.cases.models import Case
from conductdesk.cases.telling import told_as_far_as
from conductdesk.vault.keys import CaseKeys


def originals_of(db: Session, case: Case, keys: CaseKeys) -> tuple[Section, ...]:
    """Return what the auditor's keys open now, in the words in which it was written.

    Nothing of it is stored anew, and who the reporter is lies in a compartment that stays closed.
    """
    return tuple(_sections(db, case, keys))


def _sections(db: Session, case: Case, keys: CaseKeys) -> Iterator[Section]:
    for title, text in told_as_far_as(db, case, keys):
        if text.strip():
            yield Section(title, text)
