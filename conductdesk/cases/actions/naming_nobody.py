"""Refuse a text that names somebody, where auditors read it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from conductdesk.cases.masking import still_named
from conductdesk.cases.models import Case
from conductdesk.cases.naming import known_on
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys


def name_nobody(db: Session, case: Case, keys: CaseKeys, text: str) -> str:
    """Return *text*, or refuse where it seems to name a party or the reporter.

    As far as *keys* open who they are: whoever knows no name cannot give one away.
    """
    named = still_named(text, known_on(db, case, keys))
    if named:
        aliases = " and ".join(named)
        raise Refused(f"This still seems to name {aliases}. Write that in place of the name.")
    return text
