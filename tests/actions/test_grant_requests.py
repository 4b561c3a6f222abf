"""What nobody was there to grant is granted at the next unlock, if the policy still agrees."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import (
    Compartment,
    GrantRequest,
    RequestState,
)
from conductdesk.vault.queries import (
    cases_held_alone,
    cases_to_tend,
    compartments_held,
)
from tests.actions.sealed_case import GRANTED, SealedCase, ask, fill, give, make_case, renew, take

INTAKE, RECORD = Compartment.INTAKE, Compartment.RECORD


@pytest.fixture
def case(db: Session, keystore: Keystore) -> SealedCase:
    """A case to which everybody has what `GRANTED` says."""
    return make_case(db, keystore)


@pytest.mark.both_backends
def test_a_request_is_filled_by_the_next_holder(case: SealedCase) -> None:
    ask(case, "outsider", INTAKE, RECORD)
    assert not case.keys_of("outsider").holds(INTAKE)
    events = fill(case, "handler")
    assert [event.type for event in events] == ["grant.made", "grant.made"]
    assert {event.pub["reason"] for event in events} == {"succeeded"}
    assert case.keys_of("outsider").holds(INTAKE)
    assert case.keys_of("outsider").holds(RECORD)
    assert fill(case, "handler") == []


def test_a_holder_of_one_part_fills_only_that(case: SealedCase) -> None:
    ask(case, "outsider", INTAKE, RECORD)
    fill(case, "reporter")
    assert case.keys_of("outsider").holds(INTAKE)
    assert not case.keys_of("outsider").holds(RECORD)
    assert fill(case, "handler")[0].pub["compartment"] == "record"


def test_policy_is_asked_again_when_a_request_is_filled(case: SealedCase) -> None:
    ask(case, "outsider", INTAKE)
    events = fill(case, "handler", allowed=False)
    assert [event.pub["state"] for event in events] == ["refused"]
    assert not case.keys_of("outsider").holds(INTAKE)
    assert fill(case, "handler") == []


def test_a_request_waits_for_somebody_who_holds_every_epoch(case: SealedCase) -> None:
    take(case, "alternate")
    renew(case, case.keys_of("handler"))
    old, new = case.keys_of("handler").epochs(INTAKE)
    case.db.execute(
        text("DELETE FROM key_grant WHERE data_key_id = :key AND principal_id = :who"),
        {"key": old.data_key_id.hex, "who": case.principal("investigator").id.hex},
    )
    ask(case, "outsider", INTAKE)
    assert [event.pub["epoch"] for event in fill(case, "investigator")] == [new.epoch]
    assert fill(case, "investigator") == []
    assert [event.pub["epoch"] for event in fill(case, "handler")] == [old.epoch]
    (request,) = case.db.scalars(select(GrantRequest))
    assert request.state == RequestState.FILLED


def test_a_request_for_what_was_given_meanwhile_is_closed(case: SealedCase) -> None:
    ask(case, "outsider", INTAKE)
    give(case, "handler", "outsider", INTAKE)
    assert [event.type for event in fill(case, "handler")] == ["request.closed"]
    assert fill(case, "handler") == []


def test_asking_twice_asks_once(case: SealedCase) -> None:
    ask(case, "outsider", INTAKE)
    ask(case, "outsider", INTAKE, RECORD)
    assert case.db.scalar(select(func.count()).select_from(GrantRequest)) == 2


@pytest.mark.both_backends
def test_a_holder_learns_which_cases_need_them(case: SealedCase) -> None:
    def tended(who: str) -> list[object]:
        return list(cases_to_tend(case.db, case.principal(who).id))

    assert tended("handler") == []
    ask(case, "outsider", RECORD)
    assert tended("handler") == [case.case_id]
    assert tended("reporter") == []  # holds nothing of `record`
    fill(case, "handler")
    assert tended("handler") == []
    take(case, "alternate")
    assert tended("handler") == [case.case_id]
    renew(case, case.keys_of("handler"))
    assert tended("handler") == []


def test_the_last_officer_on_a_case_is_known(case: SealedCase) -> None:
    handler = case.principal("handler").id
    assert cases_held_alone(case.db, handler) == []
    take(case, "alternate")
    assert cases_held_alone(case.db, handler) == [case.case_id]  # `identity`
    give(case, "handler", "outsider", *Compartment)
    assert cases_held_alone(case.db, handler) == []


def test_what_somebody_held_is_known_when_they_need_a_new_key(case: SealedCase) -> None:
    held = compartments_held(case.db, case.principal("investigator").id)
    assert held == {case.case_id: GRANTED["investigator"]}
