"""A case closes when nothing is open and two people agree."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from conductdesk.audit.checkpoints import mark_restored
from conductdesk.audit.models import LogCheckpoint
from conductdesk.cases.actions.answering import answer_withdrawal
from conductdesk.cases.actions.closing import (
    agree_closure,
    choose_retention,
    note_learning,
    propose_closure,
    withhold_feedback,
)
from conductdesk.cases.actions.corresponding import withdraw
from conductdesk.cases.actions.measuring import impose_measure
from conductdesk.cases.actions.proposing import refuse_proposal
from conductdesk.cases.actions.referring import record_override
from conductdesk.cases.closing_acts import MeasureImposed, OverrideMade, Reason
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import open_proposal
from conductdesk.cases.models import NEVER, ProposalKind
from conductdesk.cases.standing import open_items
from conductdesk.refusal import Refused, Stale
from conductdesk.schemes.calendar import local_day
from conductdesk.vault.models import KeyGrant
from tests.actions.closing_steps import (
    WHY,
    by,
    by_pack,
    carrying_out,
    closable,
    closed,
    key_id,
    proposed,
    pub_of,
    types_of,
    verified,
)
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def test_two_people_close_a_case(cast: Cast) -> None:
    case = closed(cast)
    assert case.state == "closed"
    assert case.closed_at is not None
    assert case.keep_until is not None
    assert (case.keep_until - case.closed_at).days in (365, 366)
    assert case.next_due_at == NEVER
    facts = {"from": "carrying_out", "to": "closed", "class": "no_breach"}
    facts["keep_until"] = local_day(case.keep_until).isoformat()
    assert pub_of(cast, case, "case.closed") == facts
    assert types_of(cast, case)[-6:] == [
        "feedback.given",
        "learning.noted",
        "retention.chosen",
        "audit_copy.checked",
        "closure.proposed",
        "case.closed",
    ]
    assert verified(cast).problem is None


def test_closing_signs_the_head_of_the_log(cast: Cast) -> None:
    closed(cast)
    signed = cast.db.scalars(select(LogCheckpoint).where(LogCheckpoint.purpose == "closure"))
    assert [one.log_id for one in signed] == [cast.pack.key]


def test_a_case_closes_also_where_signing_is_stopped(cast: Cast) -> None:
    case = proposed(cast)
    mark_restored(cast.db)
    cast.let("chair", case, agree_closure)
    assert case.state == "closed"
    assert cast.db.scalars(select(LogCheckpoint)).all() == []


def test_nobody_closes_alone(cast: Cast) -> None:
    case = proposed(cast)
    with pytest.raises(Refused, match="own proposal"):
        cast.let("liaison", case, agree_closure)
    assert case.state == "carrying_out"


def test_there_is_nothing_to_agree_to_before_somebody_proposes(cast: Cast) -> None:
    case = closable(cast)
    with pytest.raises(Refused, match="Nobody has proposed"):
        cast.let("chair", case, agree_closure)


def test_the_second_of_two_who_agree_loses_cleanly(cast: Cast) -> None:
    case = proposed(cast)
    seen = by_pack(cast, case, "chair")
    agree_closure(cast.db, case, cast.keys(case, "chair"), **seen)
    with pytest.raises(Stale):
        agree_closure(cast.db, case, cast.keys(case, "chair"), **seen)


def test_a_case_is_proposed_once_and_may_be_refused_and_proposed_again(cast: Cast) -> None:
    case = proposed(cast)
    keys = cast.keys(case, "liaison")
    with pytest.raises(Refused, match="proposed that already"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))
    proposal = open_proposal(cast.db, case, ProposalKind.CLOSE)
    assert proposal is not None
    cast.let(
        "chair", case, refuse_proposal, proposal_id=proposal.id, reason=Reason("Ask her once more.")
    )
    propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))
    cast.db.commit()
    assert verified(cast).problem is None


def test_closing_says_first_what_is_still_missing(cast: Cast) -> None:
    case = carrying_out(cast)
    keys = cast.keys(case, "liaison")
    acting = by_pack(cast, case, "liaison")
    with pytest.raises(Refused, match="Give the reporter feedback"):
        propose_closure(cast.db, case, keys, reason=WHY, **acting)
    reason = Reason("The police asked us not to.")
    withhold_feedback(cast.db, case, keys, reason=reason, **by(cast, case, "liaison"))
    with pytest.raises(Refused, match="what there is to learn"):
        propose_closure(cast.db, case, keys, reason=WHY, **acting)
    note_learning(cast.db, case, keys, text="Nothing new.", **by(cast, case, "liaison"))
    with pytest.raises(Refused, match="how long the case is kept"):
        propose_closure(cast.db, case, keys, reason=WHY, **acting)
    with pytest.raises(Refused, match="retention classes"):
        choose_retention(cast.db, case, keys, chosen="for ever", **acting)
    choose_retention(cast.db, case, keys, chosen="minor", **acting)
    with pytest.raises(Refused, match="Check the copy"):
        propose_closure(cast.db, case, keys, reason=WHY, **acting)
    assert open_proposal(cast.db, case, ProposalKind.CLOSE) is None


def test_an_open_measure_keeps_a_case_open_and_is_named(cast: Cast) -> None:
    case = closable(cast)
    keys = cast.keys(case, "liaison")
    measure = MeasureImposed("Apart.", "Risk.", "None.")
    impose_measure(cast.db, case, keys, measure=measure, **by_pack(cast, case, "liaison"))
    with pytest.raises(Refused, match="1 interim measure still in force"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))


def test_a_copy_that_is_older_than_the_case_is_checked_again(cast: Cast) -> None:
    case = closable(cast)
    keys = cast.keys(case, "liaison")
    note_learning(cast.db, case, keys, text="One thing more.", **by(cast, case, "liaison"))
    with pytest.raises(Refused, match="Something was added"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))


def test_a_copy_that_knows_nothing_of_an_override_is_checked_again(cast: Cast) -> None:
    case = closable(cast)
    keys = cast.keys(case, "liaison")
    override = OverrideMade("All of it", "The borough", "safety", "A risk.", today())
    record_override(cast.db, case, keys, override=override, **by_pack(cast, case, "liaison"))
    with pytest.raises(Refused, match="Something was added"):
        propose_closure(cast.db, case, keys, reason=WHY, **by_pack(cast, case, "liaison"))


def test_a_wish_to_stop_keeps_a_case_open_until_somebody_decides_on_it(cast: Cast) -> None:
    case = carrying_out(cast)
    withdraw(cast.db, case, cast.reporter_keys(case), reason="")
    assert "a wish to stop that nobody has decided on" in open_items(cast.db, case)
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    answer_withdrawal(cast.db, case, keys, actor=actor, go_on=True, reason="Others are at risk.")
    assert open_items(cast.db, case) == ()


def test_whoever_lacks_a_key_does_not_propose(cast: Cast) -> None:
    case = closable(cast)
    own = KeyGrant.principal_id == key_id(cast, "liaison")
    cast.db.connection().execute(delete(KeyGrant).where(own))
    with pytest.raises(Refused, match="lack keys"):
        cast.let("liaison", case, propose_closure, reason=WHY)
    cast.db.rollback()
