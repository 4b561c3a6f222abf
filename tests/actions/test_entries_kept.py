"""What an officer is writing down is kept in one place, and opens to them alone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select

from conductdesk import clock
from conductdesk.cases.concern import Mode
from conductdesk.db import Database
from conductdesk.intake.actions import drop_entry, forget_entries, keep_entry
from conductdesk.intake.answers import Answers, PersonTyped
from conductdesk.intake.entry import Entry, Sent
from conductdesk.intake.models import DeskDraft
from conductdesk.intake.queries import entry_of, held_entry_of
from conductdesk.vault.principals import KeySwapped
from conductdesk.vault.receipts import Receipt
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def an_entry(account: str = "He shouted.") -> Entry:
    """Return an entry under way."""
    answers = Answers(kind="concern", account=account)
    return Entry(Receipt.mint(), "telephone", answers, (PersonTyped("Olive", "witness"),))


def keep(cast: Cast, entry: Entry, who: str = "liaison") -> None:
    keep_entry(cast.db, cast.keystore, cast[who].id, "wcc", entry)
    cast.db.commit()


def kept(cast: Cast, who: str = "liaison", account_id: UUID | None = None) -> Entry | None:
    return entry_of(cast.db, cast[who].keyring, account_id or cast[who].id, "wcc")


def test_an_entry_comes_back_as_it_was(cast: Cast, any_database: Database) -> None:
    entry = an_entry()
    keep(cast, entry)
    assert kept(cast) == entry
    keep(cast, entry.after_sending(Sent(clock.now(), Mode.NAMED, ("The chair",))))
    found = kept(cast)
    assert found is not None
    assert found.answers == Answers()
    assert found.receipt == entry.receipt
    assert found.sent is not None


def test_there_is_one_for_each_officer_and_scheme(cast: Cast, any_database: Database) -> None:
    keep(cast, an_entry())
    keep(cast, an_entry("He shouted twice."))
    keep(cast, an_entry(), "chair")
    assert cast.db.scalar(select(func.count()).select_from(DeskDraft)) == 2
    found = kept(cast)
    assert found is not None
    assert found.answers.account == "He shouted twice."


def test_nobody_else_opens_it(cast: Cast, any_database: Database) -> None:
    keep(cast, an_entry())
    assert kept(cast, "chair", cast["liaison"].id) is None


def test_a_draft_that_was_moved_to_another_officer_s_row_does_not_open(
    cast: Cast, any_database: Database
) -> None:
    keep(cast, an_entry())
    keep(cast, an_entry(), "chair")
    mine, theirs = cast.db.scalars(select(DeskDraft).order_by(DeskDraft.kept_at)).all()
    mine.body, theirs.body = theirs.body, mine.body
    cast.db.commit()
    assert kept(cast) is None


def test_nothing_is_sealed_to_a_key_that_somebody_exchanged(
    cast: Cast, any_database: Database
) -> None:
    cast.db.connection().exec_driver_sql("UPDATE principal SET public_key = pub_mac")
    cast.db.expire_all()
    with pytest.raises(KeySwapped):
        keep_entry(cast.db, cast.keystore, cast["liaison"].id, "wcc", an_entry())
    cast.db.rollback()


def test_what_is_held_is_what_was_committed_last(cast: Cast, any_database: Database) -> None:
    entry = an_entry()
    keep(cast, entry)
    keyring, account_id = cast["liaison"].keyring, cast["liaison"].id
    cast.db.commit()  # the other session must find the write lock free
    with any_database.writing() as another:
        assert held_entry_of(another, keyring, account_id, "wcc") == entry
        drop_entry(another, account_id, "wcc")
        another.commit()
    cast.db.expire_all()
    assert kept(cast) is None
    cast.db.commit()


def test_what_is_over_opens_to_nobody_and_is_deleted(cast: Cast, any_database: Database) -> None:
    keep(cast, an_entry())
    with clock.at(clock.now() + timedelta(hours=25)):
        assert kept(cast) is None
        assert forget_entries(cast.db) == 1
        cast.db.commit()
    assert kept(cast) is None
    cast.db.commit()
