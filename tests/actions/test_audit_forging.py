"""A whole forgery passes where nothing was kept, and meets every checkpoint that was."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import sign_checkpoint
from conductdesk.audit.verify import Status
from conductdesk.db import Base
from conductdesk.vault.keystore import Keystore
from tests.actions.audit_checks import check
from tests.actions.audit_rows import LOG, begin_log, rewrite_log

WORDS = ["a", "b", "c", "d", "e", "f", "g"]
CHECKPOINTS = Base.metadata.tables["log_checkpoint"]


@pytest.fixture
def short_log(db: Session) -> Session:
    """A log of seven words and nothing else, which a forger can write again to the byte."""
    begin_log(db)
    rewrite_log(db, WORDS)
    db.commit()
    return db


def test_a_consistent_forgery_passes_unanchored_and_fails_against_what_was_kept(
    short_log: Session, keystore: Keystore
) -> None:
    kept = sign_checkpoint(short_log, keystore, LOG, "hourly").note
    short_log.connection().execute(delete(CHECKPOINTS))
    rewrite_log(short_log, ["a", "b", "forged", *WORDS[3:]])
    assert check(short_log, keystore).status is Status.UNANCHORED
    verdict = check(short_log, keystore, kept)
    assert verdict.status is Status.FAILED
    assert "does not match the entries" in (verdict.problem or "")


@given(st.data())
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_no_rewrite_before_an_anchored_size_is_ever_accepted(
    short_log: Session, keystore: Keystore, data: st.DataObject
) -> None:
    kept = sign_checkpoint(short_log, keystore, LOG, "hourly").note
    short_log.connection().execute(delete(CHECKPOINTS))
    forged = data.draw(st.sampled_from(REWRITES))(WORDS, data)
    rewrite_log(short_log, forged)
    try:
        assert check(short_log, keystore).status is Status.UNANCHORED
        expected = Status.VERIFIED if forged[: len(WORDS)] == WORDS else Status.FAILED
        assert check(short_log, keystore, kept).status is expected
    finally:
        short_log.rollback()


def edit(words: Sequence[str], data: st.DataObject) -> list[str]:
    at = data.draw(st.integers(0, len(words) - 1))
    return [*words[:at], "forged", *words[at + 1 :]]


def remove(words: Sequence[str], data: st.DataObject) -> list[str]:
    at = data.draw(st.integers(0, len(words) - 1))
    return [*words[:at], *words[at + 1 :]]


def insert_one(words: Sequence[str], data: st.DataObject) -> list[str]:
    at = data.draw(st.integers(0, len(words) - 1))
    return [*words[:at], "forged", *words[at:]]


def swap(words: Sequence[str], data: st.DataObject) -> list[str]:
    at = data.draw(st.integers(0, len(words) - 2))
    return [*words[:at], words[at + 1], words[at], *words[at + 2 :]]


def truncate(words: Sequence[str], data: st.DataObject) -> list[str]:
    return list(words[: data.draw(st.integers(0, len(words) - 1))])


def roll_back_and_append(words: Sequence[str], data: st.DataObject) -> list[str]:
    more = data.draw(st.lists(st.sampled_from("xyz"), min_size=1, max_size=12))
    return [*truncate(words, data), *more]


REWRITES = (edit, remove, insert_one, swap, truncate, roll_back_and_append)
