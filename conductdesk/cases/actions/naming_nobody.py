"""Refuse a text that names somebody, where auditors read it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from conductdesk.cases.masking import still_named
from conductdesk.cases.models import Case
from conductdesk.cases.naming import known_on
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys


class StillNamed(Refused):
    """A text for the auditors still seems to name somebody."""

    def __init__(self, what: str, named: Sequence[str]) -> None:
        aliases = " and ".join(named)
        super().__init__(f"{what} still seems to name {aliases}. Write that in place of the name.")
        self.named = tuple(named)


def name_nobody(db: Session, case: Case, keys: CaseKeys, text: str) -> str:
    """Return *text*, or refuse where it seems to name a party or the reporter.

    As far as *keys* open who they are: whoever knows no name cannot give one away.
    """
    named = still_named(text, known_on(db, case, keys))
    if named:
        raise StillNamed("This", named)
    return text
