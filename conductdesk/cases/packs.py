"""Whether a pack leaves the kernel whole; pure."""

from __future__ import annotations

from collections.abc import Iterator

from conductdesk.cases.workflow import MOVES, Move, State, reaches_closed
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
    known = pack.left_out & set(Move)
    for state in State:
        if _entered(state, known) and state not in reaches_closed(known) | ENDED:
            yield (
                f"left_out: a case that is {state.replace('_', ' ')} could never be closed. "
                "Leave out the moves that lead there too, or none of them."
            )


def _entered(state: State, left_out: frozenset[str]) -> bool:
    return state is State.DRAFT or any(
        rule.target is state for move, rule in MOVES.items() if move not in left_out
    )


def _stricter(pack: Pack) -> Iterator[str]:
    offices = {office.key for office in pack.offices}
    for move, rule in pack.stricter.items():
        if move not in set(Move):
            yield f"stricter.{move}: there is no such move. Write one of: {_listed(set(Move))}."
        if rule.office and rule.office not in offices:
            yield f"stricter.{move}.office: there is no office “{rule.office}”. Add it under [[offices]]."
        if not (rule.reason or rule.second or rule.office):
            yield f"stricter.{move}: asks for nothing more. Add reason = true, or remove it."


def _listed(moves: frozenset[Move] | set[Move]) -> str:
    return ", ".join(sorted(moves))
