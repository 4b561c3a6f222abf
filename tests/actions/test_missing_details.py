"""The details that entries commit to may go with their case, and not before."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import verifier_key
from conductdesk.audit.queries import entries_of_case
from conductdesk.audit.record import DETAILS, Event, SealedDetail, append
from conductdesk.audit.verify import Status, Verdict, verify_log
from conductdesk.vault.keystore import Keystore
from tests.actions.audit_rows import ACTOR, CASE, LOG, begin_log, fill_log
from tests.cast import Cast

OTHER = "ff" * 16


def say(db: Session, case: str, case_id: UUID) -> int:
    """An entry of *case* with details; return its index."""
    detail = SealedDetail(commit="ab" * 32, case_id=case_id, sealed=b"sealed")
    return append(db, LOG, [Event("note.made", ACTOR, case=case, detail=detail)])[0]


def lose(db: Session, *indexes: int) -> None:
    db.connection().execute(delete(DETAILS).where(DETAILS.c.idx.in_(indexes)))


def check(db: Session, keystore: Keystore) -> Verdict:
    return verify_log(db, LOG, verifier_key(db, keystore, LOG))


@pytest.mark.both_backends
def test_missing_details_are_named_by_their_entry(db: Session, keystore: Keystore) -> None:
    begin_log(db)
    fill_log(db, ["word"] * 3)
    case_id = uuid4()
    kept, lost, later = (say(db, CASE, case_id) for _each in range(3))
    assert check(db, keystore).problem is None
    lose(db, later, lost)
    verdict = check(db, keystore)
    assert verdict.status is Status.FAILED
    assert verdict.problem == f"entry {lost}: the details that it commits to are missing"
    assert kept < lost < later


@pytest.mark.both_backends
def test_details_go_with_a_destroyed_case_and_with_no_other(
    db: Session, keystore: Keystore
) -> None:
    begin_log(db)
    gone, stays = say(db, CASE, uuid4()), say(db, OTHER, uuid4())
    append(db, LOG, [Event("case.destroyed", "system", case=CASE)])
    lose(db, gone)
    assert check(db, keystore).problem is None
    lose(db, stays)
    assert check(db, keystore).problem == (
        f"entry {stays}: the details that it commits to are missing"
    )


@pytest.mark.both_backends
def test_an_order_to_destroy_lets_no_details_go_yet(db: Session, keystore: Keystore) -> None:
    begin_log(db)
    lost = say(db, CASE, uuid4())
    append(db, LOG, [Event("destruction.ordered", ACTOR, case=CASE)])
    lose(db, lost)
    assert check(db, keystore).status is Status.FAILED


@pytest.mark.both_backends
def test_a_case_that_lost_the_details_of_its_first_entry_is_found_out(cast: Cast) -> None:
    case = cast.received()
    assert check(cast.db, cast.keystore).problem is None
    entries = entries_of_case(cast.db, LOG, case.pseudonym)
    first = next(entry.idx for entry in entries if entry.commit)
    lose(cast.db, first)
    assert f"entry {first}:" in (check(cast.db, cast.keystore).problem or "")
