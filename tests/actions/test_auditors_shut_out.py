"""Auditors with a tie, or who audit no more, lose what they had of a closed case."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest

from conductdesk import clock
from conductdesk.cases.actions.auditing import ask_for_auditors
from conductdesk.cases.actions.closing import agree_closure
from conductdesk.cases.actions.copying import latest_audit_copy
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.actions.widening import agree_glass
from conductdesk.cases.audit_rows import glass_on
from conductdesk.cases.jobs import ask_grants, take_back_from_former
from conductdesk.cases.models import AuditCopy, Barrier, Case
from conductdesk.cases.queries import facts_of, reviewable_cases
from conductdesk.cases.ties import NamedInCopy
from conductdesk.db import Database
from conductdesk.participants.actions.declaring import declare as note
from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.participants.rules import Person, TieKind
from conductdesk.people.actions.offices import appoint_auditor, end_auditor
from conductdesk.people.queries import audits_of
from conductdesk.policy import Capacity, Permission, may
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Why
from conductdesk.vault.models import Compartment, GrantReason
from conductdesk.vault.queries import grants_of, waiting_requests
from tests.actions.audit_steps import asked_for_more, let_read_more, unlock
from tests.actions.closing_steps import bring_in, closed, let_worker, proposed, types_of, verified
from tests.actions.interest_steps import BARNABY, declare, naming, to_officer
from tests.actions.register_steps import begun
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


def two_cases(cast: Cast) -> tuple[Case, Case]:
    """Two closed cases: one names Barnaby, the other somebody else."""
    return closed(cast), closed(cast, naming("Ulysses Invented-Nowhere"))


def tie_elsewhere(cast: Cast, who: str, declared: Declared) -> None:
    """Let a tie be known without its owner's session comparing anything, as from the register."""
    note(cast.db, cast.keystore, actor=cast.viewer(who), declared=declared)
    cast.db.commit()


def test_whoever_declares_a_tie_after_closure_loses_the_case_in_that_moment_and_no_other(
    cast: Cast, any_database: Database
) -> None:
    case, other = two_cases(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    cast.db.commit()
    let_worker(cast, ask_grants, any_database, cast.keystore)
    unlock(cast, "liaison")
    assert held(cast, case, "outsider") == {"record"}
    for who in ("auditor", "outsider"):
        declare(cast, who, Declared(InterestKind.FAMILY, "Thistlewood, Mr Barnaby"))
        assert not held(cast, case, who)
        assert not reviews(cast, case, who)
        assert reviews(cast, other, who)
        assert held(cast, other, who) == {"record"}
    assert types_of(cast, case).count("auditor.recused") == 2
    let_worker(cast, ask_grants, any_database, cast.keystore)
    assert not waiting_requests(cast.db, case.id) + waiting_requests(cast.db, other.id)
    assert verified(cast).problem is None


def test_a_tie_that_their_own_key_cannot_compare_hides_every_case_until_a_holder_looked(
    cast: Cast, any_database: Database
) -> None:
    case, other = two_cases(cast)
    tie_elsewhere(cast, "auditor", BARNABY)
    for _again in range(2):
        let_worker(cast, ask_grants, any_database, cast.keystore)
    unlock(cast, "auditor")  # opens no name, and looks for nobody
    for one in (case, other):
        assert not reviews(cast, one, "auditor")
        assert types_of(cast, one).count("grant.requested") == 1
    assert not list(cast.db.scalars(reviewable_cases(cast.viewer("auditor"))))
    unlock(cast, "liaison")
    assert not held(cast, case, "auditor")
    assert not reviews(cast, case, "auditor")
    assert held(cast, other, "auditor") == {"record"}
    assert list(cast.db.scalars(reviewable_cases(cast.viewer("auditor")))) == [other]
    assert not waiting_requests(cast.db, case.id)
    assert verified(cast).problem is None


def test_a_tie_of_the_register_counts_from_the_moment_when_it_is_noted(cast: Cast) -> None:
    case, other = two_cases(cast)
    kept = begun(cast)
    barnaby = kept.add(Person("Barnaby Thistlewood", "mentee"))
    assert reviews(cast, case, "auditor")
    kept.tie(barnaby, TieKind.MANAGES, "auditor")
    for one in (case, other):
        assert not reviews(cast, one, "auditor")
        ask_for_auditors(cast.db, one, cast.keys(one, None))
    unlock(cast, "liaison")
    assert (reviews(cast, case, "auditor"), reviews(cast, other, "auditor")) == (False, True)


def test_a_tie_to_an_officer_whom_the_case_names_counts_at_once(cast: Cast) -> None:
    case = proposed(cast, naming("Somebody", "chair"))
    bring_in(cast, case, "deputy")
    cast.let("deputy", case, agree_closure)
    declare(cast, "auditor", to_officer(cast, "liaison"))
    assert reviews(cast, case, "auditor")
    declare(cast, "auditor", to_officer(cast, "chair"))
    assert not reviews(cast, case, "auditor")


def test_what_an_auditor_holds_of_the_names_is_no_name_and_of_that_case_alone(cast: Cast) -> None:
    codes = []
    for case in (closed(cast), closed(cast)):
        copy, keys = latest_audit_copy(cast.db, case), cast.keys(case, "auditor")
        assert copy is not None
        text = keys.open(AuditCopy.named, copy)
        assert "arnaby" not in text
        codes.append(NamedInCopy.from_json(text).codes)
    assert codes[0]
    assert codes[0].isdisjoint(codes[1])


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
    tie_elsewhere(cast, "auditor", BARNABY)
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
