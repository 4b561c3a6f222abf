"""A panel decides: seats, a proposal, votes that are sealed, and enough who agree (HD-01)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from conductdesk import clock
from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.appointing import appoint, candidates
from conductdesk.cases.actions.deciding import decide, decide_together
from conductdesk.cases.actions.rerouting import find_conflict, recuse
from conductdesk.cases.actions.voting import (
    current_proposal,
    propose_decision,
    vote,
    votes_on,
)
from conductdesk.cases.acts import Ballot, Decision
from conductdesk.cases.faces.letters import feedback_of, letters_of
from conductdesk.cases.inquiry import findings_of, outcomes_of
from conductdesk.cases.models import Case, ProposedDecision, Vote
from conductdesk.cases.queries import members_of
from conductdesk.cases.standing import move_facts
from conductdesk.db import Database
from conductdesk.people.actions.offices import give_office
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import bring_in, pub_of, types_of, verified
from tests.actions.panel_steps import PANEL, panel_reported
from tests.cast import Cast
from tests.changed_packs import a_panel, put_in_force


@pytest.fixture(autouse=True)
def a_panel_of_three_decides(cast: Cast) -> None:
    put_in_force(cast, a_panel(3, "2/3"))


def reported(cast: Cast, *members: str) -> Case:
    """Return a case with a locked report, and these members or all."""
    return panel_reported(cast, *(members or PANEL))


def a_decision(cast: Cast, case: Case, result: str = "upheld") -> Decision:
    outcomes = (steps.ordered(cast.db, case, "apology"),)
    return Decision(steps.findings(cast.db, case, result), outcomes)


def propose(cast: Cast, case: Case, who: str = "decision_maker", **said: Any) -> ProposedDecision:
    given = a_decision(cast, case, **said)
    proposed: ProposedDecision = cast.let(who, case, propose_decision, decision=given)
    return proposed


def cast_vote(cast: Cast, case: Case, who: str, *, agrees: bool = True) -> None:
    current = current_proposal(cast.db, case)
    assert current is not None
    ballot = Ballot(current.id, agrees, "Two people say so.")
    cast.let(who, case, vote, ballot=ballot)


def conclude(cast: Cast, case: Case, who: str = "decision_maker") -> None:
    current = current_proposal(cast.db, case)
    assert current is not None
    cast.let(who, case, decide_together, proposed_id=current.id)


def test_a_panel_has_as_many_seats_as_its_scheme_says(cast: Cast) -> None:
    case = steps.with_terms(cast)
    for who in PANEL:
        bring_in(cast, case, who, Capacity.DECISION_MAKER)
    assert len(members_of(cast.db, case)) == 3
    free = candidates(cast.db, case, cast.keys(case, "liaison"), cast.pack, Capacity.DECISION_MAKER)
    assert not {cast[who].id for who in PANEL} & {one.account_id for one in free}
    one_more: dict[str, Any] = {
        "account_id": cast["chair"].id,
        "capacity": Capacity.DECISION_MAKER,
    }
    with pytest.raises(Refused, match="Somebody is appointed to this already"):
        cast.let("liaison", case, appoint, **one_more)


def test_no_member_of_a_panel_investigates_or_hears_the_appeal(cast: Cast) -> None:
    case = steps.with_terms(cast)
    bring_in(cast, case, "decision_maker", Capacity.DECISION_MAKER)
    for capacity in (Capacity.INVESTIGATOR, Capacity.APPEAL_BODY):
        free = candidates(cast.db, case, cast.keys(case, "liaison"), cast.pack, capacity)
        assert cast["decision_maker"].id not in {one.account_id for one in free}
    bring_in(cast, case, "investigator", Capacity.INVESTIGATOR)
    free = candidates(cast.db, case, cast.keys(case, "liaison"), cast.pack, Capacity.DECISION_MAKER)
    assert cast["investigator"].id not in {one.account_id for one in free}


def test_two_of_three_who_agree_make_the_decision(cast: Cast, any_database: Database) -> None:
    assert any_database
    case = reported(cast)
    propose(cast, case)
    with pytest.raises(Refused, match="Not enough members of the panel"):
        conclude(cast, case)
    cast.db.rollback()
    cast_vote(cast, case, "decision_maker")
    cast_vote(cast, case, "appeal_body", agrees=False)
    with pytest.raises(Refused, match="Not enough members of the panel"):
        conclude(cast, case)
    cast.db.rollback()
    cast_vote(cast, case, "outside")
    conclude(cast, case, "outside")
    assert case.state == "decided"
    assert [one.result for one in findings_of(cast.db, case)] == ["upheld"]
    assert [one.kind for one in outcomes_of(cast.db, case)] == ["apology"]
    said = pub_of(cast, case, "case.decided")
    assert (said["agreed"], said["members"]) == (2, 3)
    assert verified(cast).problem is None


def test_the_log_says_that_somebody_voted_and_never_how(cast: Cast) -> None:
    case = reported(cast)
    propose(cast, case)
    cast_vote(cast, case, "outside", agrees=False)
    found = entries_of_case(cast.db, case.scheme, case.pseudonym, newest_first=True)[0]
    assert (found.type, found.pub) == ("decision.voted", {})
    detail = cast.keys(case, "liaison").open_detail(found)
    assert "agree" not in json.dumps(detail)
    stored = cast.db.query(Vote).one()
    assert set(vars(stored)) >= {"body", "account_id"}
    assert b"agrees" not in stored.body


def test_another_proposal_clears_the_votes(cast: Cast) -> None:
    case = reported(cast)
    first = propose(cast, case)
    for who in PANEL:
        cast_vote(cast, case, who)
    with clock.at(clock.now() + timedelta(seconds=5)):
        second = propose(cast, case, "appeal_body", result="not_upheld")
        assert current_proposal(cast.db, case) is second
        assert votes_on(cast.db, case, cast.keys(case, "outside"), second) == ()
        with pytest.raises(Refused, match="Another decision has been proposed since"):
            cast.let("outside", case, decide_together, proposed_id=first.id)
        cast.db.rollback()
        with pytest.raises(Refused, match="Another decision has been proposed since"):
            cast.let("outside", case, vote, ballot=Ballot(first.id, agrees=True, reason="Yes."))


def test_a_member_who_votes_again_changes_their_vote(cast: Cast) -> None:
    case = reported(cast)
    propose(cast, case)
    cast_vote(cast, case, "decision_maker")
    cast_vote(cast, case, "outside")
    with clock.at(clock.now() + timedelta(seconds=5)):
        cast_vote(cast, case, "outside", agrees=False)
        with pytest.raises(Refused, match="Not enough members"):
            conclude(cast, case)


def test_a_vote_needs_a_reason(cast: Cast) -> None:
    case = reported(cast)
    proposed = propose(cast, case)
    with pytest.raises(Refused, match="Give a reason for your vote"):
        cast.let("outside", case, vote, ballot=Ballot(proposed.id, agrees=True, reason=" "))


@pytest.mark.parametrize("who", ["liaison", "investigator", "outsider"])
def test_only_members_propose_and_vote(cast: Cast, who: str) -> None:
    case = reported(cast)
    proposed = propose(cast, case)
    with pytest.raises(Refused, match="Only the decision maker"):
        cast.let(who, case, propose_decision, decision=a_decision(cast, case))
    cast.db.rollback()
    with pytest.raises(Refused, match="Only the decision maker"):
        cast.let(who, case, vote, ballot=Ballot(proposed.id, agrees=True, reason="Yes."))


def test_no_member_decides_alone(cast: Cast) -> None:
    case = reported(cast)
    with pytest.raises(Refused, match="a panel decides"):
        cast.let("decision_maker", case, decide, decision=a_decision(cast, case))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"findings": ()}, "for every allegation"),
        ({"outcomes": ()}, "Say what follows"),
    ],
)
def test_what_is_proposed_is_whole(cast: Cast, change: dict[str, Any], sentence: str) -> None:
    case = reported(cast)
    unfinished = replace(a_decision(cast, case), **change)
    with pytest.raises(Refused, match=sentence):
        cast.let("outside", case, propose_decision, decision=unfinished)


def test_an_outcome_that_weighs_on_somebody_is_not_proposed_where_nothing_is_upheld(
    cast: Cast,
) -> None:
    case = reported(cast)
    warning = (steps.ordered(cast.db, case, "warning"),)
    harsh = replace(a_decision(cast, case, "not_upheld"), outcomes=warning)
    with pytest.raises(Refused, match="weighs on a respondent"):
        cast.let("outside", case, propose_decision, decision=harsh)


def test_a_decision_that_is_kept_as_text_reads_back_the_same(cast: Cast) -> None:
    case = reported(cast)
    given = a_decision(cast, case)
    assert Decision.from_json(given.to_json()) == given


def test_a_panel_that_is_too_small_to_agree_cannot_decide(cast: Cast) -> None:
    case = reported(cast, "outside")
    assert move_facts(cast.db, case).deciders_missing == 1
    propose(cast, case, "outside")
    cast_vote(cast, case, "outside")
    with pytest.raises(Refused, match="appoint its members"):
        conclude(cast, case, "outside")


def test_the_seat_of_a_member_who_steps_away_is_filled_and_their_vote_counts_no_more(
    cast: Cast,
) -> None:
    case = reported(cast)
    propose(cast, case)
    cast_vote(cast, case, "outside")
    cast_vote(cast, case, "decision_maker")
    give_office(cast.db, cast["outsider"].account, scheme="wcc", office="committee", actor="system")
    cast.let("outside", case, recuse)
    sitting = {cast.who(seat.account_id) for seat in members_of(cast.db, case)}
    assert sitting == {"decision_maker", "appeal_body", "outsider"}
    with pytest.raises(Refused, match="Not enough members"):
        conclude(cast, case)
    cast.db.rollback()
    cast.let_attest(case, "outsider")
    cast_vote(cast, case, "outsider")
    conclude(cast, case)
    assert case.state == "decided"


def test_a_member_who_is_kept_away_is_followed_by_nobody_who_has_another_part(cast: Cast) -> None:
    case = reported(cast)
    cast.let("liaison", case, find_conflict, leaving=cast["outside"].account)
    sitting = {cast.who(seat.account_id) for seat in members_of(cast.db, case)}
    assert sitting == {"decision_maker", "appeal_body"}  # the investigator is in a fitting office


def test_the_letters_say_how_many_agreed_and_not_who(cast: Cast) -> None:
    case = reported(cast)
    propose(cast, case)
    for who in ("decision_maker", "appeal_body"):
        cast_vote(cast, case, who)
    cast_vote(cast, case, "outside", agrees=False)
    conclude(cast, case)
    letter = letters_of(cast.db, case, cast.keys(case, "liaison"), cast.pack, "")[0].text
    assert "A panel of 3 decided, and 2 of them agreed." in letter
    feedback = feedback_of(cast.db, case, "")
    assert "A panel of 3 decided, and 2 of them agreed." in feedback
    for who in PANEL:
        name = cast[who].account.name
        assert name not in letter
        assert name not in feedback
    assert types_of(cast, case).count("decision.voted") == 3


def test_where_one_officer_decides_nobody_votes(cast: Cast) -> None:
    put_in_force(cast)
    case = steps.reported(cast)
    with pytest.raises(Refused, match="one person decides"):
        cast.let("decision_maker", case, propose_decision, decision=a_decision(cast, case))
    cast.db.rollback()
    steps.give(cast, case, a_decision(cast, case))
    assert "A panel" not in feedback_of(cast.db, case, "")
    assert "agreed" not in pub_of(cast, case, "case.decided")
