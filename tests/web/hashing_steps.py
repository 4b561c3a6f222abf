"""Something happens in the very moment in which a password is hashed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.models import INSTALLATION, LogHead
from conductdesk.audit.record import Event, append
from conductdesk.db import Database
from conductdesk.people.models import Account, Invitation
from conductdesk.vault import unlocking
from conductdesk.web.models import WebSession
from tests.actions.audit_rows import ACTOR


class AtEachHash:
    """Stands where hashes queue for memory, and lets *act* happen before each."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.act = act
        self.times = 0

    def __enter__(self) -> None:
        self.times += 1
        self.act()

    def __exit__(self, *_why: object) -> None:
        """Let the next one in."""


def at_each_hash(patch: pytest.MonkeyPatch, act: Callable[[], object]) -> AtEachHash:
    """Let *act* happen whenever a password is about to be hashed; return how often it did."""
    place = AtEachHash(act)
    patch.setattr(unlocking, "_HASHING", place)
    return place


def at_the_first_hash(
    patch: pytest.MonkeyPatch, database: Database, act: Callable[[Session], object]
) -> None:
    """Let somebody else do *act*, and commit, before the first password is hashed."""
    done: list[bool] = []

    def once() -> None:
        if not done:
            done.append(True)
            with database.writing() as db:
                act(db)
                db.commit()

    at_each_hash(patch, once)


def write_beside(database: Database) -> None:
    """Take every lock that the request will need, and write an entry, or fail at once."""
    with database.writing() as db:
        for row in (Account.id, Invitation.id, WebSession.id_hash, LogHead.log_id):
            db.scalars(select(row).with_for_update(nowait=True)).all()
        append(db, INSTALLATION, [Event("note.made", ACTOR)])
        db.commit()
