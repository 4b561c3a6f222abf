"""Keep and drop what an officer is writing down.

These verbs leave no entry in the audit log: nothing has happened until the concern is sent.
"""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import CursorResult, delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.intake.entry import KEPT_FOR, SHOWN_FOR, Entry
from conductdesk.intake.models import DeskDraft
from conductdesk.intake.queries import hold_draft
from conductdesk.people.models import Account
from conductdesk.people.queries import principal_of
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.personal import seal_for_one


def keep_entry(
    db: Session, keystore: Keystore, account_id: UUID, scheme: str, entry: Entry
) -> None:
    """Keep *entry* in the place of the one before, sealed to its officer."""
    kept = hold_draft(db, account_id, scheme) or _new_draft(db, account_id, scheme)
    principal = principal_of(db, db.get_one(Account, account_id))
    if principal is None:
        raise Refused("You have no key. Set up your account first.")
    kept.kept_at = clock.now()
    kept.expires = kept.kept_at + (SHOWN_FOR if entry.sent else KEPT_FOR)
    kept.body = seal_for_one(keystore, principal, "desk_draft", kept.id, entry.to_json())


def drop_entry(db: Session, account_id: UUID, scheme: str) -> None:
    """Delete what an officer has written down for *scheme*, or the receipt that was shown."""
    mine = (DeskDraft.account_id == account_id) & (DeskDraft.scheme == scheme)
    db.execute(delete(DeskDraft).where(mine))


def forget_entries(db: Session) -> int:
    """Delete every draft that nobody came back to, and return how many there were."""
    done = db.execute(delete(DeskDraft).where(DeskDraft.expires <= clock.now()))
    return cast(CursorResult[Any], done).rowcount


def _new_draft(db: Session, account_id: UUID, scheme: str) -> DeskDraft:
    moment = clock.now()
    draft = DeskDraft(
        id=uuid4(),
        account_id=account_id,
        scheme=scheme,
        kept_at=moment,
        expires=moment + KEPT_FOR,
        body=b"",
    )
    try:
        with db.begin_nested():
            db.add(draft)
    except IntegrityError as error:
        # In this very moment, in another tab.
        raise Refused("You have just begun to write in another tab. Go on there.") from error
    return draft
