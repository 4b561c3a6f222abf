"""Who takes a step that a scheme leaves to one office, and who does where nobody in it can.

The contact outside stands in. Where they cannot either, whoever the kernel lets takes the step: a
scheme asks for more than the kernel, and never for so much that a case stands still for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.models import Appointment, Case
from conductdesk.cases.queries import facts_of
from conductdesk.cases.rules import SEPARATE
from conductdesk.cases.stricter import Takers
from conductdesk.cases.ties import tied_to_case
from conductdesk.cases.workflow import MOVES, Move
from conductdesk.people.queries import InOffice, in_office
from conductdesk.policy import Capacity, Permission
from conductdesk.routing.rules import Holder, is_theirs
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

NEEDED_FOR: dict[Capacity, Permission] = {
    Capacity.INVESTIGATOR: Permission.INVESTIGATE,
    Capacity.DECISION_MAKER: Permission.DECIDE,
    Capacity.APPEAL_BODY: Permission.HEAR_APPEAL,
    Capacity.SECOND: Permission.SECOND,
    Capacity.OUTSIDE: Permission.HANDLE,
}
"""What somebody is appointed for, by what they are appointed as."""


def takers_of(db: Session, case: Case, keys: CaseKeys, pack: Pack, which: Move) -> Takers:
    """Return the offices whose holders take the step *which* on *case*."""
    rule = pack.stricter.get(which)
    if rule is None or not rule.office:
        return Takers()
    able = {one.office for one in _able(db, case, keys, pack, MOVES[which].permission)}
    if rule.office in able:
        return Takers(rule.office, frozenset({rule.office}))
    outside = {office.key for office in pack.offices if office.outside}
    return Takers(rule.office, frozenset(able & outside))


def stood_in_for(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> dict[Move, Takers]:
    """Return the steps that are left to an office in which nobody can take them."""
    asked = [Move(move) for move, rule in pack.stricter.items() if rule.office]
    found = {move: takers_of(db, case, keys, pack, move) for move in asked}
    return {move: takers for move, takers in found.items() if takers.stood_in_for}


def stand_ins(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, capacity: Capacity
) -> frozenset[str]:
    """Return the offices whose holders may be *capacity*, because they stand in for another."""
    found = stood_in_for(db, case, keys, pack).items()
    wanted = NEEDED_FOR.get(capacity)
    here = [takers.offices for move, takers in found if MOVES[move].permission is wanted]
    return frozenset().union(*here)


def held_apart(db: Session, case: Case, capacity: Capacity | None) -> frozenset[UUID]:
    """Return who can never be *capacity*, because they have a part that stays apart from it."""
    if capacity not in SEPARATE:
        return frozenset()
    others = select(Appointment.account_id).where(
        Appointment.case_id == case.id, Appointment.capacity.in_(SEPARATE - {capacity})
    )
    return frozenset(db.scalars(others))


def _able(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, permission: Permission
) -> Iterable[InOffice]:
    """Yield who is in office, and neither kept away from the case nor in a part apart."""
    capacity = next(one for one, needed in NEEDED_FOR.items() if needed is permission)
    away = facts_of(db, case).barred | tied_to_case(db, case, keys)
    away |= held_apart(db, case, capacity)
    for one in in_office(db, pack.key):
        holder = Holder(one.account_id, one.office, organisation=one.organisation)
        if one.account_id not in away and is_theirs(pack, holder, case.organisation):
            yield one
