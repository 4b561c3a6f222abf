"""Whether a pack leaves the kernel whole; pure."""

from __future__ import annotations

from collections.abc import Iterator

from conductdesk.cases.needs import Route
from conductdesk.cases.words import STATES
from conductdesk.cases.workflow import MOVES, Move, State, reaches_closed
from conductdesk.policy import Permission
from conductdesk.schemes.kinds import path_of
from conductdesk.schemes.pack import Pack

MAY_BE_LEFT_OUT = frozenset(
    {
        Move.SETTLE_INFORMALLY,
        Move.APPEAL,
        Move.CONCLUDE_APPEAL,
        Move.REMIT,
        Move.FOLLOW_UP,
        Move.END_FOLLOW_UP,
    }
)
"""Without any other move somebody would lose what no pack can take from them."""

ENDED = frozenset({State.DESTROYED})
BY_OFFICERS = frozenset(set(Move) - {Move.RECEIVE})
"""What can be made stricter: a concern is received whoever sends it."""


def routes_offered(pack: Pack, kind: str) -> frozenset[Route]:
    """Return the routes that triage may choose: one whose move is left out would lead nowhere."""
    routes = frozenset(Route(one) for one in path_of(kind).routes)
    left_out = Move.SETTLE_INFORMALLY in pack.left_out
    return routes - {Route.INFORMAL} if left_out else routes


def kernel_problems(pack: Pack) -> list[str]:
    """Return one sentence for each way in which *pack* would break the procedure."""
    return [*_left_out(pack), *_dead_ends(pack), *_stricter(pack)]


def _left_out(pack: Pack) -> Iterator[str]:
    for move in sorted(pack.left_out):
        if move not in set(Move):
            yield f"left_out: there is no move “{move}”. Write one of: {_listed(MAY_BE_LEFT_OUT)}."
        elif move not in MAY_BE_LEFT_OUT:
            yield (
                f"left_out: “{move}” protects people, and no scheme can do without it. "
                f"Remove it; what can be left out is: {_listed(MAY_BE_LEFT_OUT)}."
            )


def _dead_ends(pack: Pack) -> Iterator[str]:
    """Name the states from which a case could only be closed by being reopened first."""
    left_out = pack.left_out & set(Move)
    alive = reaches_closed(left_out | {Move.REOPEN}) | ENDED
    stuck = [state for state in State if _entered(state, left_out) and state not in alive]
    if stuck:
        states = ", ".join(STATES[state].lower() for state in stuck)
        yield (
            f"left_out: a case that is {states} could never be closed. "
            "Leave out the moves that lead there too, or none of them."
        )


def _entered(state: State, left_out: frozenset[str]) -> bool:
    return state is State.DRAFT or any(
        rule.target is state for move, rule in MOVES.items() if move not in left_out
    )


def _stricter(pack: Pack) -> Iterator[str]:
    for move, rule in pack.stricter.items():
        at = f"stricter.{move}"
        if move not in BY_OFFICERS:
            yield f"{at}: there is no such move of an officer. Write one of: {_listed(BY_OFFICERS)}."
        elif move in pack.left_out:
            yield f"{at}: is left out above. Remove one of the two."
        elif rule.office:
            yield from _office_of(pack, at, MOVES[Move(move)].permission, rule.office)
        if not (rule.reason or rule.second or rule.office):
            yield f"{at}: asks for nothing more. Add reason = true, or remove it."


def _office_of(pack: Pack, at: str, permission: Permission, office: str) -> Iterator[str]:
    able = {one.key for one in pack.offices} & offices_for(pack, permission)
    if office not in {one.key for one in pack.offices}:
        yield f"{at}.office: there is no office “{office}”. Add it under [[offices]]."
    elif office not in able:
        yield (
            f"{at}.office: {office} is never asked to do this, so a case would stop here. "
            f"Write one of: {', '.join(sorted(able))}."
        )


def offices_for(pack: Pack, permission: Permission) -> frozenset[str]:
    """Return the offices whose holders can come to have *permission* on a case."""
    chains = {*pack.chain, *(key for rule in pack.rules for key in rule.chain)}
    if permission is Permission.HANDLE:
        return frozenset(chains)
    word = {Permission.INVESTIGATE: "investigate", Permission.DECIDE: "decide"}
    word |= {Permission.HEAR_APPEAL: "appeal", Permission.SECOND: "second"}
    taking = {one.key for one in pack.offices if word.get(permission) in one.takes}
    seconds = {*chains, *pack.safeguarding} if permission is Permission.SECOND else set()
    return frozenset(taking | seconds)


def _listed(moves: frozenset[Move] | set[Move]) -> str:
    return ", ".join(sorted(moves))
