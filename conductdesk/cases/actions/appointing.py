"""Appoint somebody to a case: to investigate, decide, hear an appeal, or agree as a second."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.actions.asking import refuse_without_inquiry, require
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.seating import refuse_tied, seat
from conductdesk.cases.models import Case
from conductdesk.cases.queries import facts_of, seats_of
from conductdesk.cases.rules import SEPARATE
from conductdesk.cases.standing_in import held_apart, stand_ins
from conductdesk.cases.ties import tied_to_case
from conductdesk.people.models import Account
from conductdesk.people.queries import in_office
from conductdesk.policy import IN_CHARGE, Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Holder, is_theirs
from conductdesk.schemes.kinds import may_be_inquired
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import GrantReason

TAKES: Mapping[Capacity, str] = {
    Capacity.INVESTIGATOR: "investigate",
    Capacity.DECISION_MAKER: "decide",
    Capacity.APPEAL_BODY: "appeal",
    Capacity.SECOND: "second",
}
"""Which word in an office's `takes` allows which capacity."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who could be appointed."""

    account_id: UUID
    name: str
    office: str


def appointable(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> tuple[Capacity, ...]:
    """Return the parts that somebody can have in a case of this kind.

    The contact outside is appointed where they stand in for the office that takes a step.
    """
    wanted = TAKES if may_be_inquired(case.kind) else TAKES.keys() - SEPARATE
    found = tuple(capacity for capacity in TAKES if capacity in wanted)
    outside = candidates(db, case, keys, pack, Capacity.OUTSIDE)
    return (*found, Capacity.OUTSIDE) if outside else found


def candidates(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, capacity: Capacity
) -> list[Candidate]:
    """Return who may be appointed to *capacity*: in a fitting office, clear, and not yet apart."""
    barred = facts_of(db, case).barred | tied_to_case(db, case, keys)
    apart = held_apart(db, case, capacity) | _seated_now(
        db, case, *_ALIKE.get(capacity, [capacity])
    )
    offices = {office.key for office in pack.offices if _fits(pack, office.key, capacity)}
    offices |= stand_ins(db, case, keys, pack, capacity)
    found: dict[UUID, Candidate] = {}
    for one in in_office(db, pack.key):
        holder = Holder(one.account_id, one.office, organisation=one.organisation)
        fits = one.office in offices and is_theirs(pack, holder, case.organisation)
        if fits and one.account_id not in barred | apart:
            found.setdefault(one.account_id, Candidate(one.account_id, one.name, one.office))
    return list(found.values())


def appoint(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    account_id: UUID,
    capacity: Capacity,
) -> None:
    """Appoint the account to *capacity*; they attest or recuse before they read."""
    require(db, case, actor, Permission.HANDLE)
    if capacity in SEPARATE:
        refuse_without_inquiry(case)
    refuse_tied(db, case, keys, account_id)
    by_id = {one.account_id: one for one in candidates(db, case, keys, pack, capacity)}
    chosen = by_id.get(account_id)
    if chosen is None:
        raise Refused("That person cannot be appointed to this. Choose somebody from the list.")
    _refuse_one_too_many(db, case, pack, capacity)
    holder = Holder(chosen.account_id, chosen.office)
    grants = seat(db, case, keys, holder, capacity, actor, GrantReason.APPOINTED)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="officer.appointed",
        pub={
            "capacity": capacity.value,
            "office": chosen.office,
            "who": _pseudonym(db, account_id),
        },
        detail={"said": f"{chosen.name} was appointed: {capacity.value.replace('_', ' ')}."},
        grants=grants,
    )


def _fits(pack: Pack, office: str, capacity: Capacity) -> bool:
    return TAKES.get(capacity) in pack.office(office).takes


_ALIKE: Mapping[Capacity, Collection[Capacity]] = {Capacity.OUTSIDE: IN_CHARGE}
"""Whoever is in charge already needs no seat as the contact outside."""


def _seated_now(db: Session, case: Case, *capacities: Capacity) -> frozenset[UUID]:
    return frozenset(one.account_id for one in seats_of(db, case) if one.capacity in capacities)


def _refuse_one_too_many(db: Session, case: Case, pack: Pack, capacity: Capacity) -> None:
    """Refuse another where every seat is taken; only a panel, and a second person, have several."""
    seats = pack.decision.members if capacity is Capacity.DECISION_MAKER else 1
    if capacity in SEPARATE and len(_seated_now(db, case, capacity)) >= seats:
        raise Refused("Somebody is appointed to this already.")


def _pseudonym(db: Session, account_id: UUID) -> str:
    return db.get_one(Account, account_id).pseudonym
