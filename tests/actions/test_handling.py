"""The handler acknowledges, triages, appoints, and looks after the reporter's identity."""

from __future__ import annotations

from typing import Any

import pytest

from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.appointing import appoint, candidates
from conductdesk.cases.actions.identifying import reissue_receipt, reveal_identity
from conductdesk.cases.actions.receiving import case_of_receipt
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.actions.triaging import triage
from conductdesk.cases.actions.writing import acknowledge
from conductdesk.cases.concern import Answer, Mode
from conductdesk.cases.models import Case
from conductdesk.cases.needs import Route
from conductdesk.cases.queries import seats_of
from conductdesk.cases.workflow import State
from conductdesk.notices.models import OutboxRow
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused, Stale
from conductdesk.vault.models import Compartment
from tests.cast import Cast, a_concern, a_triage

pytestmark = pytest.mark.both_backends


def types(cast: Cast, case: Case) -> list[str]:
    """Return the types of a case's entries, without those of its keys."""
    entries = entries_of_case(cast.db, case.scheme, case.pseudonym, limit=500)
    return [entry.type for entry in entries if not entry.type.startswith(("grant.", "key."))]


def test_the_first_message_by_a_person_acknowledges_the_case_wb_03(cast: Cast) -> None:
    case = cast.acknowledged()
    assert case.state == State.ACKNOWLEDGED
    assert types(cast, case)[-1] == "case.acknowledged"


def test_an_empty_message_does_not_acknowledge_and_changes_nothing(cast: Cast) -> None:
    case = cast.attested()
    with pytest.raises(Refused, match="Write a message first"):
        cast.let("liaison", case, acknowledge, text="   ")
    cast.db.rollback()
    assert case.state == State.RECEIVED


def test_the_second_of_two_who_act_on_one_page_is_told_that_it_is_old(cast: Cast) -> None:
    case = cast.attested()
    old = case.version
    for who in ("liaison", "chair"):
        act: dict[str, Any] = {
            "pack": cast.pack,
            "actor": cast.viewer(who),
            "seen_version": old,
            "text": "Thank you.",
        }
        if who == "liaison":
            acknowledge(cast.db, case, cast.keys(case, who), **act)
            cast.db.commit()
        else:
            with pytest.raises(Stale):
                acknowledge(cast.db, case, cast.keys(case, who), **act)


def test_triage_needs_a_reason_for_every_answer_wb_23(cast: Cast) -> None:
    case = cast.acknowledged()
    given = a_triage(Route.FORMAL)
    bare = {**given.answers, "crime": type(given.answers["crime"])(Answer.NO, " ")}
    with pytest.raises(Refused, match="each with a reason"):
        cast.let("liaison", case, triage, given=type(given)(bare, "low", "r", Route.FORMAL, "r"))


def test_a_not_sure_at_triage_brings_the_safeguarding_lead_in_sg_04(cast: Cast) -> None:
    case = cast.acknowledged()
    cast.let("liaison", case, triage, given=a_triage(Route.FORMAL, risk=Answer.NOT_SURE))
    assert "safeguarding" in {seat.capacity for seat in seats_of(cast.db, case)}
    assert cast.keys(case, "lead").holds(Compartment.INTAKE)
    told = cast.db.query(OutboxRow).filter_by(account_id=cast["lead"].id, case_id=case.id)
    assert [row.notice for row in told] == ["urgent"]


def test_the_custodians_are_told_where_no_safeguarding_officer_is_clear(cast: Cast) -> None:
    case = cast.acknowledged()
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    for who in ("lead", "deputy", "outside"):
        leaving = cast[who].account
        find_conflict(cast.db, case, keys, pack=cast.pack, actor=actor, leaving=leaving)
    assert cast.db.query(OutboxRow).filter_by(notice="custodians").count() == 0
    given = a_triage(Route.FORMAL, risk=Answer.NOT_SURE)
    seen = case.version
    triage(cast.db, case, keys, pack=cast.pack, actor=actor, seen_version=seen, given=given)
    assert cast.db.query(OutboxRow).filter_by(notice="custodians").count() == 3


def test_an_investigator_is_appointed_from_a_fitting_office_and_gets_no_identity(
    cast: Cast,
) -> None:
    case = cast.triaged()
    chosen = cast["investigator"]
    cast.let("liaison", case, appoint, account_id=chosen.id, capacity=Capacity.INVESTIGATOR)
    keys = cast.keys(case, "investigator")
    assert keys.holds(Compartment.INTAKE)
    assert not keys.holds(Compartment.IDENTITY)
    deciders = candidates(
        cast.db, case, cast.keys(case, "liaison"), cast.pack, Capacity.DECISION_MAKER
    )
    assert chosen.id not in {one.account_id for one in deciders}


def test_the_identity_is_shown_for_a_reason_only_and_leaves_an_entry_wb_13(cast: Cast) -> None:
    case = cast.acknowledged()
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    with pytest.raises(Refused, match="reason"):
        reveal_identity(cast.db, case, keys, actor=actor, reason=" ")
    identity = reveal_identity(cast.db, case, keys, actor=actor, reason="To ring her back")
    cast.db.commit()
    assert identity == a_concern().identity
    assert types(cast, case)[-1] == "identity.revealed"


def test_a_new_receipt_opens_the_mailbox_and_the_old_one_does_not(cast: Cast) -> None:
    case = cast.acknowledged()
    old = cast.receipts[case.id]
    new = cast.let("liaison", case, reissue_receipt, how_checked="Rang the number on file")
    assert case_of_receipt(cast.db, old) is None
    assert case_of_receipt(cast.db, new) is case
    cast.receipts[case.id] = new
    assert cast.reporter_keys(case).holds(Compartment.INTAKE)


def test_nobody_can_replace_the_receipt_of_an_anonymous_reporter(cast: Cast) -> None:
    case = cast.acknowledged(a_concern(mode=Mode.ANONYMOUS))
    with pytest.raises(Refused, match="cannot be replaced"):
        cast.let("liaison", case, reissue_receipt, how_checked="Rang")
