"""Every pack, every state, every move: one written table, and one sentence for each need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from conductdesk.cases.needs import MoveFacts, Route
from conductdesk.cases.workflow import (
    FROM_STATE_NEEDS,
    MOVES,
    Move,
    NoSuchMoveError,
    State,
    check,
    moves_from,
    reaches_closed,
)
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.reading import read_pack
from tests.house.sources import PACKAGE

TABLE = """
draft          receive            received
received       acknowledge        acknowledged
acknowledged   triage             triaged
triaged        triage_again       triaged
informal       triage_again       triaged
carrying_out   triage_again       triaged
triaged        settle_informally  informal
triaged        investigate        investigating
triaged        carry_out          carrying_out
informal       carry_out          carrying_out
investigating  report             reported
reported       decide             decided
decided        appeal             appealed
decided        carry_out          carrying_out
carrying_out   appeal             appealed
appealed       conclude_appeal    carrying_out
appealed       remit              investigating
carrying_out   close              closed
closed         follow_up          aftercare
closed         reopen             acknowledged
closed         destroy            destroyed
aftercare      end_follow_up      closed
aftercare      reopen             acknowledged
aftercare      destroy            destroyed
"""
"""From where, by which move, to where. What is not here is refused."""

NEEDS = """
acknowledge        *             attested message
triage             *             attested triage route-of-kind
triage_again       *             attested triage route-of-kind not-joined not-decided allegations-kept reason
settle_informally  *             informal-route not-joined
investigate        *             formal-route not-joined terms investigator separate
report             *             no-hold notice heard weighed report separate
decide             *             no-hold report notice heard decision-maker separate all-found voices
appeal             *             told window appeal
conclude_appeal    *             appeal-body separate appeal reason
remit              *             appeal-body separate appeal reason
carry_out          *             some-route
carry_out          decided       told
carry_out          informal      agreement
carry_out          triaged       another-route other-closed
close              *             nothing-open no-hold feedback learning retention two-people
end_follow_up      *             reason
reopen             *             reason not-involved
destroy            *             retention-ended no-legal-hold two-people
"""
"""What a move needs, from any state (`*`) or from one state besides."""

ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))

LACKING: Mapping[str, tuple[dict[str, Any], str]] = {
    "attested": ({"handler_attested": False}, "say that you have no conflict of interest"),
    "message": ({"human_message_sent": False}, "Write to the reporter first."),
    "triage": ({"triage_answered": False}, "Answer every triage question with a reason"),
    "route-of-kind": ({"routes": frozenset({Route.REQUEST})}, "Choose a route that its kind has."),
    "not-decided": ({"decided": True}, "This case was decided."),
    "allegations-kept": (
        {"allegations": 2, "route": Route.ADVICE},
        "There are allegations on this",
    ),
    "informal-route": ({"route": Route.FORMAL}, "The route chosen at triage is not informal."),
    "formal-route": ({"route": Route.ADVICE}, "is not a formal investigation."),
    "terms": ({"terms_set": False}, "Set the terms of reference first"),
    "investigator": ({"investigator": None}, "Appoint an investigator first."),
    "separate": (
        {"decision_makers": frozenset({ONE, TWO}), "investigator": ONE},
        "must be different people.",
    ),
    "no-hold": ({"on_police_pause": True}, "The case is on hold."),
    "notice": ({"notice_served": False}, "served with notice of every allegation first."),
    "heard": ({"both_sides_heard": False}, "Record the respondent's reply to the notice"),
    "weighed": ({"evidence_weighed": False}, "Consider each item of evidence first"),
    "report": ({"report_locked": False}, "Lock the report first."),
    "decision-maker": ({"deciders_missing": 1}, "Appoint a decision maker first; where a panel"),
    "voices": ({"voices": 1}, "Not enough members of the panel agree"),
    "all-found": ({"findings": 1}, "Give a finding, with its standard of proof and reasons"),
    "told": ({"both_sides_told": False}, "Record that both sides were told"),
    "window": ({"appeal_window_open": False}, "The time for an appeal has ended."),
    "appeal": ({"appeal_recorded": False}, "Record the appeal and the reasons for each ground"),
    "appeal-body": ({"appeal_body": None}, "Appoint an appeal body first."),
    "reason": ({"reason_given": False}, "Give a reason."),
    "some-route": ({"route": None}, "Choose a route first."),
    "agreement": ({"agreement_recorded": False}, "Record what was agreed, by whom and by when"),
    "another-route": ({"route": Route.FORMAL}, "The route chosen at triage goes another way."),
    "not-joined": ({"joined": True}, "is looked into there."),
    "other-closed": ({"joined": True, "other_closed": False}, "It closes after that one."),
    "nothing-open": ({"open_items": ("one outcome",)}, "Something on this case is still open."),
    "feedback": ({"feedback_settled": False}, "Give the reporter feedback first"),
    "learning": ({"learning_noted": False}, "Note what there is to learn from this first."),
    "retention": ({"retention_set": False}, "Choose how long the case is kept first."),
    "two-people": ({"second_person": ONE}, "A second person must agree."),
    "not-involved": ({"approver_involved": True}, "Somebody who had no part in this case"),
    "retention-ended": ({"retention_ended": False}, "must be kept until its retention date."),
    "no-legal-hold": ({"on_legal_hold": True}, "A legal hold keeps this case"),
}
"""Each need: what to take away, and words of the sentence that then refuses."""

ALSO_LACKING: tuple[tuple[str, dict[str, Any]], ...] = (
    ("no-hold", {"on_safeguarding_hold": True}),
    ("terms", {"allegations": 0}),
    ("two-people", {"second_person": None}),
    ("two-people", {"first_person": None}),
    ("triage", {"route": None}),
    ("separate", {"decision_makers": frozenset({TWO}), "appeal_body": TWO}),
    ("separate", {"investigator": ONE, "appeal_body": ONE}),
)
"""Other ways to lack the same."""

EVERYTHING = MoveFacts(
    handler_attested=True,
    human_message_sent=True,
    triage_answered=True,
    route=Route.ADVICE,
    routes=frozenset(Route),
    agreement_recorded=True,
    allegations=2,
    terms_set=True,
    investigator=ONE,
    decision_makers=frozenset({TWO}),
    deciders_missing=0,
    voices=2,
    voices_wanted=2,
    appeal_body=THREE,
    on_safeguarding_hold=False,
    on_police_pause=False,
    on_legal_hold=False,
    notice_served=True,
    both_sides_heard=True,
    evidence_weighed=True,
    report_locked=True,
    findings=2,
    decided=False,
    both_sides_told=True,
    appeal_window_open=True,
    appeal_recorded=True,
    open_items=(),
    feedback_settled=True,
    learning_noted=True,
    retention_set=True,
    second_person=TWO,
    first_person=ONE,
    approver_involved=False,
    reason_given=True,
    retention_ended=True,
    joined=False,
    other_closed=True,
)
"""Nothing is lacking; only the route differs from move to move."""

ROUTES = {
    Move.TRIAGE_AGAIN: Route.FORMAL,
    Move.SETTLE_INFORMALLY: Route.INFORMAL,
    Move.INVESTIGATE: Route.FORMAL,
}


def pack_files() -> list[Path]:
    return sorted((PACKAGE / "schemes" / "packs").glob("*.toml"))


def packs() -> list[Pack]:
    return [read_pack(path.read_text(encoding="utf-8"), path.name) for path in pack_files()]


def enough_for(move: Move) -> MoveFacts:
    """Return facts with which nothing stops *move*."""
    return replace(EVERYTHING, route=ROUTES.get(move, Route.ADVICE))


def table() -> dict[tuple[State, Move], State]:
    rows = (row.split() for row in TABLE.strip().splitlines())
    return {(State(source), Move(move)): State(target) for source, move, target in rows}


def needs() -> list[tuple[Move, State, str]]:
    """Return each need of each move from each state, as the written table has them."""
    found = []
    for move, source, *names in (row.split() for row in NEEDS.strip().splitlines()):
        sources = MOVES[Move(move)].sources if source == "*" else {State(source)}
        found += [(Move(move), state, name) for state in sorted(sources) for name in names]
    return found


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.key)
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("move", Move)
def test_a_move_leads_where_the_table_says_or_nowhere(pack: Pack, state: State, move: Move) -> None:
    target = None if move in pack.left_out else table().get((state, move))
    assert (move in moves_from(state, pack.left_out)) == (target is not None)
    if target is None:
        with pytest.raises(NoSuchMoveError, match="not possible now"):
            check(move, state, enough_for(move), pack.left_out)
    else:
        assert check(move, state, enough_for(move), pack.left_out) is target


@pytest.mark.parametrize(("move", "state", "name"), needs())
def test_each_need_that_is_lacking_refuses_with_its_sentence(
    move: Move, state: State, name: str
) -> None:
    lacking, sentence = LACKING[name]
    with pytest.raises(Refused, match=sentence.replace(".", r"\.")):
        check(move, state, replace(enough_for(move), **lacking))


@pytest.mark.parametrize(("name", "lacking"), ALSO_LACKING)
def test_the_same_need_can_be_lacking_in_another_way(name: str, lacking: dict[str, Any]) -> None:
    for move, state, needed in needs():
        if needed == name:
            with pytest.raises(Refused, match=LACKING[name][1].replace(".", r"\.")):
                check(move, state, replace(enough_for(move), **lacking))


def test_the_table_of_needs_is_whole() -> None:
    kernel = {
        (move, state): sorted(
            need.otherwise for need in (*rule.needs, *FROM_STATE_NEEDS.get((move, state), ()))
        )
        for move, rule in MOVES.items()
        for state in rule.sources
    }
    ours: dict[tuple[Move, State], list[str]] = {place: [] for place in kernel}
    for move, state, name in needs():
        ours[move, state].append(LACKING[name][1])
    for place, sentences in kernel.items():
        assert len(ours[place]) == len(sentences), place
        for words in ours[place]:
            assert any(words in sentence for sentence in sentences), (place, words)


@pytest.mark.parametrize("move", sorted({move for move, _state, _name in needs()}))
def test_a_case_of_which_nothing_is_known_makes_no_move_that_needs_something(move: Move) -> None:
    for state in MOVES[move].sources:
        with pytest.raises(Refused):
            check(move, state, MoveFacts())


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.key)
def test_from_every_state_of_a_pack_closed_can_be_reached(pack: Pack) -> None:
    assert reaches_closed(pack.left_out) == frozenset(State) - {State.DESTROYED}


def test_a_pack_can_only_leave_moves_out() -> None:
    assert {pack.key for pack in packs()} >= {"wcc"}
    for pack in packs():
        assert pack.left_out <= set(Move)


def test_states_outside_the_table_are_ends() -> None:
    assert {state for state in State if not moves_from(state)} == {State.DESTROYED}


def test_a_joined_case_goes_on_only_when_the_other_one_is_closed() -> None:
    joined = replace(EVERYTHING, route=Route.FORMAL, joined=True)
    assert check(Move.CARRY_OUT, State.TRIAGED, joined) is State.CARRYING_OUT
    with pytest.raises(Refused, match="closes after that one"):
        check(Move.CARRY_OUT, State.TRIAGED, replace(joined, other_closed=False))
