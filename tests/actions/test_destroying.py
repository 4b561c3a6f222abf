"""A case whose time is over is destroyed by two people, and the log still verifies."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Table, func, select

from conductdesk.audit.models import EntryDetail
from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.actions.destroying import agree_destruction, propose_destruction
from conductdesk.cases.actions.following_up import start_aftercare
from conductdesk.cases.actions.holding import begin_hold
from conductdesk.cases.actions.linking import BadTreatment, report_bad_treatment
from conductdesk.cases.closing_acts import Hold, HoldBegun, Reason
from conductdesk.cases.jobs import case_jobs, destroy_ordered, sign_checkpoints
from conductdesk.cases.models import Case, Reporter
from conductdesk.db import Base, Database
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Shredded
from conductdesk.vault.models import Compartment, Principal, PrincipalKind, SealedChunk
from conductdesk.vault.receipts import Receipt
from tests.actions.closing_steps import (
    by_pack,
    closed,
    let_worker,
    pub_of,
    verified,
)
from tests.actions.people_steps import Hands
from tests.cast import Cast
from tests.files import checked

OVER = Reason("Its time is over.")


@pytest.fixture
def case(cast: Cast, hands: Hands) -> Case:
    """A closed case with a file and check-ins, a year and a day later."""
    case = closed(cast)
    add_picture(cast, case)
    cast.let("liaison", case, start_aftercare)
    hands.pass_by(timedelta(days=367))
    return case


def add_picture(cast: Cast, case: Case) -> None:
    """Let the reporter write, with a file."""
    keys = cast.reporter_keys(case)
    with checked(b"a picture" * 1000, "picture.txt") as file:
        write_as_reporter(cast.db, case, keys, text="I have a picture.", file=file)
    write_as_reporter(cast.db, case, keys, text="It is above.")


def propose(cast: Cast, case: Case) -> None:
    keys = cast.keys(case, "liaison")
    propose_destruction(cast.db, case, keys, reason=OVER, **by_pack(cast, case, "liaison"))
    cast.db.commit()


def agree(cast: Cast, case: Case, who: str = "chair") -> None:
    cast.let(who, case, agree_destruction)


def rows_about(cast: Cast, case_id: UUID) -> dict[str, int]:
    """Count the rows of every table that names a case."""
    counts = {}
    for table in Base.metadata.sorted_tables:
        if "case_id" in table.columns:
            counts[table.name] = _count(cast, table, table.c.case_id == case_id)
    counts["cases"] = _count(cast, Base.metadata.tables["cases"], Case.id == case_id)
    counts["sealed_chunk"] = cast.db.query(SealedChunk).count()
    return {name: count for name, count in counts.items() if count}


def _count(cast: Cast, table: Table, where: Any) -> int:
    return cast.db.scalar(select(func.count()).select_from(table).where(where)) or 0


def test_two_people_destroy_a_case_and_nothing_of_it_is_left(
    cast: Cast, case: Case, database: Database
) -> None:
    case_id, pseudonym = case.id, case.pseudonym
    grants = Base.metadata.tables["key_grant"]
    grants_of_others = _count(cast, grants, grants.c.id.is_not(None))
    assert {"message", "sealed_file", "sealed_chunk", "outbox", "check_in"} <= set(
        rows_about(cast, case_id)
    )
    propose(cast, case)
    agree(cast, case)
    assert case.state == "destroyed"
    assert verified(cast).problem is None
    let_worker(cast, destroy_ordered, database, cast.keystore)
    assert rows_about(cast, case_id) == {}
    assert _count(cast, grants, grants.c.id.is_not(None)) < grants_of_others
    assert cast.db.query(Principal).filter_by(kind=PrincipalKind.REPORTER).count() == 0
    assert cast.db.query(EntryDetail).count() == 0
    with pytest.raises(Shredded):
        cast.keystore.shred_key(case_id)
    entries = entries_of_case(cast.db, cast.pack.key, pseudonym, limit=1000)
    assert entries[-1].type in ("case.destroyed", "rows.recorded")
    types = [entry.type for entry in entries]
    assert types.count("destruction.ordered") == types.count("case.destroyed") == 1
    tombstone = next(entry for entry in entries if entry.type == "case.destroyed").pub
    assert tombstone["class"] == "no_breach"
    assert set(tombstone) == {"class", "received", "closed", "keep_until"}
    assert verified(cast).problem is None


def test_the_job_is_repeatable_and_leaves_one_entry(
    cast: Cast, case: Case, database: Database
) -> None:
    pseudonym = case.pseudonym
    propose(cast, case)
    agree(cast, case)
    cast.keystore.destroy(case.id)  # as after a crash between the key and the rows
    for _again in range(2):
        let_worker(cast, destroy_ordered, database, cast.keystore)
    entries = entries_of_case(cast.db, cast.pack.key, pseudonym, limit=1000)
    assert [entry.type for entry in entries].count("case.destroyed") == 1


def test_a_backup_of_the_rows_cannot_be_read_without_the_shred_key(cast: Cast, case: Case) -> None:
    propose(cast, case)
    agree(cast, case)
    cast.keystore.destroy(case.id)
    keys = CaseKeys.load(cast.db, cast.keystore, case.id, cast["liaison"].keyring)
    reporter = cast.db.query(Reporter).filter_by(case_id=case.id).one()
    assert keys.holds(Compartment.IDENTITY)
    with pytest.raises(Shredded):
        keys.open(Reporter.identity, reporter)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_no_row_of_a_destroyed_case_is_left_in_the_files(
    cast: Cast, case: Case, database: Database, tmp_path: Path
) -> None:
    code_name = case.code_name.encode()
    propose(cast, case)
    agree(cast, case)
    cast.db.close()
    assert any(code_name in path.read_bytes() for path in tmp_path.glob("conductdesk.db*"))
    let_worker(cast, destroy_ordered, database, cast.keystore)
    assert not [path for path in tmp_path.glob("*.db*") if code_name in path.read_bytes()]


def test_a_linked_case_outlives_the_first(cast: Cast, case: Case, database: Database) -> None:
    treatment = BadTreatment(Receipt.mint(), "They leave me out.")
    keys = cast.reporter_keys(case)
    linked = report_bad_treatment(
        cast.db, cast.keystore, cast.pack, case, keys, treatment=treatment
    )
    cast.db.commit()
    assert linked.linked_to == case.id
    propose(cast, case)
    agree(cast, case)
    let_worker(cast, destroy_ordered, database, cast.keystore)
    assert linked.linked_to is None
    assert cast.keys(linked, "liaison").holds(Compartment.INTAKE)
    assert verified(cast).problem is None


def test_a_case_is_kept_until_its_date(cast: Cast, hands: Hands) -> None:
    case = closed(cast)
    with pytest.raises(Refused, match="until its retention date"):
        propose(cast, case)


def test_a_legal_hold_keeps_a_case(cast: Cast, case: Case) -> None:
    propose(cast, case)
    hold = HoldBegun(Hold.LEGAL, "A claim was made.")
    cast.let("liaison", case, begin_hold, hold=hold)
    with pytest.raises(Refused, match="legal hold"):
        agree(cast, case)
    assert case.state == "aftercare"


def test_nobody_destroys_alone(cast: Cast, case: Case) -> None:
    propose(cast, case)
    with pytest.raises(Refused, match="own proposal"):
        agree(cast, case, "liaison")


def test_an_order_is_recorded_with_both_states(cast: Cast, case: Case) -> None:
    propose(cast, case)
    agree(cast, case)
    facts = pub_of(cast, case, "destruction.ordered")
    assert (facts["from"], facts["to"], facts["class"]) == ("aftercare", "destroyed", "no_breach")


def test_a_case_that_nobody_ordered_to_destroy_stays(
    cast: Cast, case: Case, database: Database
) -> None:
    propose(cast, case)
    for job in case_jobs(database, cast.keystore):
        let_worker(cast, job.run)
    assert cast.keys(case, "liaison").holds(Compartment.INTAKE)
    assert case.state == "aftercare"
    assert verified(cast).problem is None


def test_each_log_is_signed_every_hour_and_once_by_two_workers(
    cast: Cast, case: Case, database: Database, hands: Hands
) -> None:
    before = verified(cast).size
    for _worker in range(2):
        let_worker(cast, sign_checkpoints, database, cast.keystore)
    assert verified(cast).size == before + 1
    hands.pass_by(timedelta(hours=1))
    let_worker(cast, sign_checkpoints, database, cast.keystore)
    assert verified(cast).size == before + 2
    assert verified(cast).size == cast.keystore.signed_head(cast.pack.key)[0]  # type: ignore[index]  # it was signed
