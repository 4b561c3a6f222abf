"""Auditors with a tie, or who audit no more, lose what they had of a closed case."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from conductdesk import clock
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.actions.widening import agree_glass
from conductdesk.cases.audit_rows import glass_on
from conductdesk.cases.jobs import ask_grants, take_back_from_former
from conductdesk.cases.models import Barrier, Case
from conductdesk.cases.queries import facts_of
from conductdesk.db import Database
from conductdesk.people.actions.offices import appoint_auditor, end_auditor
from conductdesk.people.queries import audits_of
from conductdesk.policy import Capacity, Permission, may
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Why
from conductdesk.vault.models import Compartment, GrantReason
from conductdesk.vault.queries import grants_of, waiting_requests
from tests.actions.audit_steps import asked_for_more, let_read_more, unlock
from tests.actions.closing_steps import bring_in, closed, let_worker, types_of, verified
from tests.actions.interest_steps import BARNABY, declare
from tests.cast import Cast


def held(cast: Cast, case: Case, who: str) -> set[str]:
    principal_id = cast[who].account.principal_id
    assert principal_id is not None
    return {str(key.compartment) for _grant, key in grants_of(cast.db, case.id, principal_id)}


def reviews(cast: Cast, case: Case, who: str) -> bool:
    return may(cast.viewer(who), Permission.REVIEW, facts_of(cast.db, case))


def keep_away(cast: Cast, case: Case, who: str) -> None:
    row_id, keys = uuid4(), cast.keys(case, "chair")
    why = keys.seal(Barrier.why, row_id, Why.TIED)
    about = {"id": row_id, "case_id": case.id, "account_id": cast[who].id}
    cast.db.add(Barrier(**about, since=clock.now(), why=why))
    record_quietly(cast.db, case, keys, actor=cast.viewer("chair"), event="conflict.found")
    cast.db.commit()


def test_whoever_declares_a_tie_after_closure_loses_the_record_at_the_next_unlock(
    cast: Cast, any_database: Database
) -> None:
    case = closed(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    cast.db.commit()
    let_worker(cast, ask_grants, any_database, cast.keystore)
    unlock(cast, "liaison")
    assert held(cast, case, "outsider") == {"record"}
    for who in ("auditor", "outsider"):
        declare(cast, who)
    for _again in range(2):
        let_worker(cast, ask_grants, any_database, cast.keystore)
    assert types_of(cast, case).count("grant.requested") == 2
    unlock(cast, "auditor")  # opens no name, and fills nothing for an auditor
    assert held(cast, case, "outsider") == {"record"}
    unlock(cast, "liaison")
    for who in ("auditor", "outsider"):
        assert not held(cast, case, who)
        assert not reviews(cast, case, who)
    assert not waiting_requests(cast.db, case.id)
    assert verified(cast).problem is None


def test_whoever_is_tied_to_somebody_else_keeps_the_record(cast: Cast, database: Database) -> None:
    case = closed(cast)
    declare(cast, "auditor", type(BARNABY)(BARNABY.kind, "Somebody Quite Different"))
    let_worker(cast, ask_grants, database, cast.keystore)
    unlock(cast, "liaison")
    let_worker(cast, ask_grants, database, cast.keystore)
    assert not waiting_requests(cast.db, case.id)
    assert held(cast, case, "auditor") == {"record"}
    assert verified(cast).problem is None


def test_an_auditor_gives_no_key_to_a_later_auditor_who_is_tied(
    cast: Cast, database: Database
) -> None:
    case = closed(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    cast.db.commit()
    declare(cast, "outsider")
    let_worker(cast, ask_grants, database, cast.keystore)
    unlock(cast, "auditor")
    assert not held(cast, case, "outsider")
    assert len(waiting_requests(cast.db, case.id)) == 1
    unlock(cast, "liaison")
    assert not held(cast, case, "outsider")
    assert not waiting_requests(cast.db, case.id)


def test_whoever_can_open_the_names_leaves_at_once_when_they_declare(cast: Cast) -> None:
    case = closed(cast)
    let_read_more(cast, case)
    declare(cast, "auditor")
    assert not held(cast, case, "auditor")
    assert not reviews(cast, case, "auditor")
    assert [one.state for one in glass_on(cast.db, case)] == ["ended"]
    assert types_of(cast, case)[-1] == "auditor.recused"
    assert verified(cast).problem is None


def test_nobody_agrees_to_open_more_to_an_auditor_who_is_tied(cast: Cast) -> None:
    case = closed(cast)
    asked = asked_for_more(cast, case)
    cast.let("liaison", case, agree_glass, glass_id=asked)
    declare(cast, "auditor")
    with pytest.raises(Refused, match="may not read the case"):
        cast.let("chair", case, agree_glass, glass_id=asked)


def test_the_yes_of_somebody_kept_away_since_counts_no_more(cast: Cast) -> None:
    case = closed(cast)
    asked = asked_for_more(cast, case)
    bring_in(cast, case, "deputy", Capacity.SECOND)
    cast.let("liaison", case, agree_glass, glass_id=asked)
    keep_away(cast, case, "liaison")
    cast.let("chair", case, agree_glass, glass_id=asked)
    one = glass_on(cast.db, case)[0]
    assert (one.state, one.first_by) == ("waiting", cast["chair"].id)
    cast.let("deputy", case, agree_glass, glass_id=asked)
    assert glass_on(cast.db, case)[0].state == "agreed"
    keep_away(cast, case, "deputy")
    unlock(cast, "chair")  # asks again before a key is given
    assert glass_on(cast.db, case)[0].state == "ended"
    assert held(cast, case, "auditor") == {"record"}


def test_when_an_appointment_ends_a_job_takes_everything_back(
    cast: Cast, any_database: Database
) -> None:
    case, other = closed(cast), closed(cast)
    let_read_more(cast, case)
    asked_for_more(cast, other)
    take_back = partial(let_worker, cast, take_back_from_former, any_database, cast.keystore)
    take_back()
    assert held(cast, case, "auditor") == {"intake", "internal", "record"}
    for appointed in audits_of(cast.db, cast["auditor"].account):
        end_auditor(cast.db, appointed, actor="system")
    cast.db.commit()
    for _again in range(2):
        take_back()
    for one in (case, other):
        assert not held(cast, one, "auditor")
        assert not waiting_requests(cast.db, one.id)
        assert [glass.state for glass in glass_on(cast.db, one)] == ["ended"]
        assert types_of(cast, one).count("auditor.left") == 1
        assert held(cast, one, "liaison")
    assert verified(cast).problem is None


def test_a_request_that_waits_ends_with_the_appointment_and_a_seat_keeps_its_keys(
    cast: Cast, database: Database
) -> None:
    case = closed(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    cast.db.commit()
    let_worker(cast, ask_grants, database, cast.keystore)
    assert [one.reason for one in waiting_requests(cast.db, case.id)] == [GrantReason.AUDIT]
    for appointed in audits_of(cast.db, cast["outsider"].account):
        end_auditor(cast.db, appointed, actor="system")
    cast.db.commit()
    let_worker(cast, take_back_from_former, database, cast.keystore)
    assert not waiting_requests(cast.db, case.id)
    assert cast.keys(case, "auditor").holds(Compartment.RECORD)
