"""Who brought the parts of the recovery key."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from conductdesk.people.models import Account
from conductdesk.people.queries import custodians
from conductdesk.people.rules import tidy_email
from conductdesk.refusal import Refused

PARTS_NEEDED = 2


def bearers(db: Session, emails: Iterable[str]) -> list[Account]:
    """Return the two custodians who have these addresses, or refuse."""
    named = {tidy_email(email) for email in emails}
    found = [account for account in custodians(db) if account.email in named]
    if len(found) != PARTS_NEEDED or len(named) != PARTS_NEEDED:
        raise Refused(
            "Name the two custodians who brought their parts, each by --custodian EMAIL. The log "
            "keeps who they were. See: conductdesk people list"
        )
    return found
