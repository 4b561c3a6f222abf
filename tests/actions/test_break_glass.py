"""More than the record: two other people, a reason, an end date, and no longer than that."""

from __future__ import annotations

from datetime import timedelta

import pytest

from conductdesk import clock
from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.auditing import ask_for_auditors
from conductdesk.cases.actions.closing import agree_closure
from conductdesk.cases.actions.reopening import reopen_case
from conductdesk.cases.actions.widening import agree_glass, refuse_glass
from conductdesk.cases.audit_acts import MoreWanted
from conductdesk.cases.audit_rows import opened_to
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.jobs import take_back_more
from conductdesk.cases.models import Barrier, BreakGlass, Case
from conductdesk.cases.queries import facts_of
from conductdesk.db import Database
from conductdesk.people.actions.offices import appoint_auditor
from conductdesk.policy import Capacity, Permission, may
from conductdesk.refusal import Refused
from conductdesk.review.actions.stepping_away import step_away
from conductdesk.review.actions.widening import ask_for_more
from conductdesk.review.faces.originals import originals_of
from conductdesk.vault.models import Compartment
from conductdesk.vault.queries import waiting_requests
from tests.actions.audit_steps import MORE, asked_for_more, in_days, let_read_more, unlock, work
from tests.actions.closing_steps import bring_in, closed, let_worker, proposed, types_of, verified
from tests.actions.interest_steps import declare
from tests.cast import Cast


def held(cast: Cast, case: Case) -> set[Compartment]:
    keys = cast.keys(case, "auditor")
    return {part for part in Compartment if keys.holds(part)}


def ended(cast: Cast, case: Case) -> set[object]:
    found = entries_of_case(cast.db, case.scheme, case.pseudonym, limit=1000)
    return {one.pub["compartment"] for one in found if one.type == "grant.ended"}


def test_it_takes_two_other_people_and_the_second_passes_on_the_keys_they_hold(cast: Cast) -> None:
    case = closed(cast)
    asked = asked_for_more(cast, case)
    cast.let("liaison", case, agree_glass, glass_id=asked)
    with pytest.raises(Refused, match="two other people"):
        cast.let("liaison", case, agree_glass, glass_id=asked)
    cast.db.rollback()
    assert opened_to(cast.db, case, cast["auditor"].id) == frozenset()
    cast.let("chair", case, agree_glass, glass_id=asked)
    assert held(cast, case) == {Compartment.RECORD, *MORE}
    assert not waiting_requests(cast.db, case.id)
    assert work(cast, case).glass[0].keys == "Euphemia Longbarrow has the keys now."
    assert verified(cast).problem is None
    text = repr(originals_of(cast.db, case, cast.keys(case, "auditor")))
    assert "He passed on what I had said in private." in text
    assert "Marigold" not in text


def test_keys_that_the_second_person_does_not_hold_wait_for_somebody_who_does(cast: Cast) -> None:
    case = closed(cast)
    bring_in(cast, case, "investigator", Capacity.SECOND)
    asked = asked_for_more(cast, case)
    for who in ("chair", "investigator"):
        cast.let(who, case, agree_glass, glass_id=asked)
    assert held(cast, case) == {Compartment.RECORD}
    assert "wait until an officer" in work(cast, case).glass[0].keys
    unlock(cast, "investigator")
    assert held(cast, case) == {Compartment.RECORD}
    unlock(cast, "liaison")
    assert held(cast, case) == {Compartment.RECORD, *MORE}
    assert "has the keys now" in work(cast, case).glass[0].keys


def test_a_job_takes_it_back_on_the_day_that_was_given(cast: Cast, any_database: Database) -> None:
    case = closed(cast)
    asked = let_read_more(cast, case)
    case_id, until = case.id, cast.db.get_one(BreakGlass, asked).ends_at
    with clock.at(until + timedelta(minutes=1)):
        let_worker(cast, take_back_more, any_database, cast.keystore)
        case = cast.db.get_one(Case, case_id)
        assert held(cast, case) == {Compartment.RECORD}
        assert ended(cast, case) == {part.value for part in MORE}
        assert types_of(cast, case)[-1] == "break_glass.ended"
        unlock(cast, "liaison")
        keys = cast.keys(case, "liaison")
        assert len(keys.epochs(Compartment.INTERNAL)) == 2
    assert work(cast, case).glass[0].stage == "Ended"
    assert verified(cast).problem is None


def test_one_person_is_enough_to_say_no(cast: Cast) -> None:
    case = closed(cast)
    asked = asked_for_more(cast, case)
    cast.let("liaison", case, agree_glass, glass_id=asked)
    no = Reason("The record says it.")
    cast.let("chair", case, refuse_glass, glass_id=asked, reason=no)
    with pytest.raises(Refused, match="answered already"):
        cast.let("chair", case, agree_glass, glass_id=asked)
    cast.db.rollback()
    unlock(cast, "liaison")
    assert held(cast, case) == {Compartment.RECORD}
    assert asked_for_more(cast, case) != asked


def test_reopening_the_case_ends_it_too(cast: Cast) -> None:
    case = closed(cast)
    bring_in(cast, case, "investigator", Capacity.SECOND)
    asked = let_read_more(cast, case)
    cast.let("investigator", case, reopen_case, reason=Reason("A new witness."))
    assert held(cast, case) == set()
    assert cast.db.get_one(BreakGlass, asked).state == "ended"
    assert verified(cast).problem is None


def test_it_is_asked_with_a_reason_for_a_month_at_most_and_never_for_the_identity(
    cast: Cast,
) -> None:
    case = closed(cast)
    with pytest.raises(Refused, match="Choose what"):
        MoreWanted((Compartment.IDENTITY,), "To know.", in_days(3))
    with pytest.raises(Refused, match="why"):
        MoreWanted(MORE, " ", in_days(3))
    for days in (-1, 31):
        with pytest.raises(Refused):
            asked_for_more(cast, case, days)
        cast.db.rollback()
    for who in ("liaison", "outsider", "administrator"):
        wanted = MoreWanted(MORE, "To know.", in_days(3))
        with pytest.raises(Refused, match="auditor"):
            cast.let(who, case, ask_for_more, wanted=wanted)
        cast.db.rollback()
    asked_for_more(cast, case)
    with pytest.raises(Refused, match="asked already"):
        asked_for_more(cast, case)


def test_whoever_steps_away_loses_every_key_and_nobody_can_open_more_to_them(cast: Cast) -> None:
    case = closed(cast)
    let_read_more(cast, case)
    cast.let("auditor", case, step_away)
    assert held(cast, case) == set()
    assert not may(cast.viewer("auditor"), Permission.REVIEW, facts_of(cast.db, case))
    with pytest.raises(Refused, match="auditor"):
        asked_for_more(cast, case)
    cast.db.rollback()
    unlock(cast, "liaison")
    assert held(cast, case) == set()
    assert types_of(cast, case)[-2:] == ["auditor.recused", "keys.tended"]
    assert verified(cast).problem is None


def test_a_request_that_waits_dies_with_the_auditor_who_steps_away(cast: Cast) -> None:
    case = closed(cast)
    asked = asked_for_more(cast, case)
    cast.let("auditor", case, step_away)
    with pytest.raises(Refused, match="answered already"):
        cast.let("liaison", case, agree_glass, glass_id=asked)


def test_an_auditor_appointed_later_is_kept_away_when_a_holder_opens_the_names(
    cast: Cast,
) -> None:
    declare(cast, "outsider")
    case = closed(cast)
    appoint_auditor(cast.db, cast["outsider"].account, scheme="wcc", actor="system")
    assert ask_for_auditors(cast.db, case, cast.keys(case))
    cast.db.commit()
    unlock(cast, "liaison")
    assert not cast.keys(case, "outsider").holds(Compartment.RECORD)
    assert not may(cast.viewer("outsider"), Permission.REVIEW, facts_of(cast.db, case))
    assert verified(cast).problem is None


def test_an_auditor_who_declared_a_tie_never_learns_of_the_case(cast: Cast) -> None:
    declare(cast, "auditor")
    case = proposed(cast)
    cast.let("chair", case, agree_closure)
    assert held(cast, case) == set()
    assert not may(cast.viewer("auditor"), Permission.REVIEW, facts_of(cast.db, case))
    barred = {row.account_id for row in cast.db.query(Barrier).filter_by(case_id=case.id)}
    assert barred == {cast["auditor"].id}
