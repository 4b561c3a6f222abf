"""Set the organisation of a case: its own officers come in, and those of another one go."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.joining import keys_of_other
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.receiving import holders_of
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.rerouting import fill_empty_seats
from conductdesk.cases.actions.seating import seat
from conductdesk.cases.closing_acts import Placed
from conductdesk.cases.concern import Concern
from conductdesk.cases.joined import OVER, others_joined
from conductdesk.cases.models import Appointment, Case
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.cases.naming import masked
from conductdesk.cases.queries import facts_of, pack_of, seats_of
from conductdesk.cases.rules import READS
from conductdesk.cases.ties import tied_to_case
from conductdesk.people.models import Account
from conductdesk.people.queries import principal_of
from conductdesk.policy import IN_CHARGE, Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Holder, chain_of, is_theirs
from conductdesk.schemes.pack import Pack
from conductdesk.vault.actions import open_new_epochs, revoke
from conductdesk.vault.keys import CaseKeys, NotGranted
from conductdesk.vault.models import Compartment, GrantReason

CHAIN = (Capacity.HANDLER, Capacity.ALTERNATE)
"""What the first two are who are clear, in their turn."""


def set_organisation(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    placed: Placed,
    seen_version: int,
) -> None:
    """Set the organisation of *case*, and of those joined with it; no clock begins anew.

    Its officers get their seats under the same rules as at the beginning, and see the names before
    anything else. Whoever sat for another organisation loses seat and keys at once.
    """
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    refuse_unless_placeable(db, case, pack, actor)
    if placed.organisation not in {one.key for one in pack.organisations}:
        raise Refused("Choose an organisation of this scheme.")
    if placed.organisation == case.organisation:
        raise Refused("The case is with that organisation already.")
    for one in (case, *others_joined(db, case)):
        held = keys if one is case else keys_of_other(db, keys, one)
        _place(db, one, held, actor, placed)


def refuse_unless_placeable(db: Session, case: Case, pack: Pack, actor: Viewer) -> None:
    """Refuse where no organisation receives, where it is too late, and to officers of one alone."""
    if not pack.asks_organisation:
        raise Refused("In this scheme, one desk receives for every organisation.")
    if case.state in OVER:
        raise Refused("This case is closed. Reopen it first, if it went to the wrong people.")
    if not is_of_the_whole(db, case, pack, actor):
        raise Refused(
            "Only an officer of the whole scheme can set the organisation, not one of a single "
            "organisation. Where yours is the wrong one, step away, and say so to the next."
        )


def is_of_the_whole(db: Session, case: Case, pack: Pack, actor: Viewer) -> bool:
    """Answer whether *actor* is in charge of *case*, and not for one organisation alone."""
    per = _per_organisation(pack)
    mine = [one for one in seats_of(db, case) if one.account_id == actor.account_id]
    return any(one.capacity in IN_CHARGE and one.office not in per for one in mine)


def _place(db: Session, case: Case, keys: CaseKeys, actor: Viewer, placed: Placed) -> None:
    pack = pack_of(db, case)
    name = pack.organisation_named(placed.organisation).name
    case.organisation = placed.organisation
    before = {one.account_id for one in seats_of(db, case)}
    grants = _seat_in_turn(db, case, keys, pack, actor)
    grants += fill_empty_seats(db, case, keys, pack=pack, actor=actor)
    left = before - {one.account_id for one in seats_of(db, case)}
    grants += _take_keys(db, case, keys, actor, before)
    case.taken = any(one.attested_at is not None for one in seats_of(db, case))
    record(
        db,
        case,
        keys,
        actor=actor,
        event="organisation.set",
        pub={"left": len(left)},
        detail={
            "said": f"The organisation was set: {name}.",
            "reason": masked(db, case, keys, placed.reason),
        },
        grants=grants,
    )


def _seat_in_turn(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, actor: Viewer
) -> list[Event]:
    """Put the first two of the chain in charge who are clear; those who were, keep their turn."""
    clear = _clear(db, case, keys, pack)
    before = {one.account_id: one for one in seats_of(db, case) if one.capacity in CHAIN}
    first_two = _first_two(clear, chain_of(pack, case.routing_rule), before)
    _end(one for one in seats_of(db, case) if not _stays(pack, one, clear))
    events: list[Event] = []
    for capacity, holder in zip(CHAIN, first_two, strict=False):
        had = before.pop(holder.account_id, None)
        if had is None:
            events += seat(db, case, keys, holder, capacity, actor, GrantReason.ROUTED)
        elif (had.capacity, had.office) != (capacity, holder.office):
            _move_seat(db, had, capacity, holder.office)
    _let_stand_outside(db, case, keys, pack, before)
    return events


def _clear(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> list[Holder]:
    barred = facts_of(db, case).barred | tied_to_case(db, case, keys)
    return [
        one
        for one in holders_of(db, pack.key)
        if one.account_id not in barred and is_theirs(pack, one, case.organisation)
    ]


def _first_two(
    clear: Sequence[Holder], chain: Sequence[str], seated: Collection[UUID]
) -> list[Holder]:
    by_turn = sorted(
        (one for one in clear if one.office in chain),
        key=lambda one: (chain.index(one.office), one.account_id not in seated, one.place),
    )
    people: dict[UUID, Holder] = {}
    for one in by_turn:
        people.setdefault(one.account_id, one)
    return list(people.values())[: len(CHAIN)]


def _stays(pack: Pack, one: Appointment, clear: Sequence[Holder]) -> bool:
    """Answer whether a seat outside the chain's is not one for another organisation."""
    if one.office not in _per_organisation(pack):
        return True
    return (one.account_id, one.office) in {(who.account_id, who.office) for who in clear}


def _move_seat(db: Session, had: Appointment, capacity: Capacity, office: str) -> None:
    """Change in which capacity somebody is on the case; what they attested stays."""
    _end([had])
    moved = Appointment(
        case_id=had.case_id,
        account_id=had.account_id,
        capacity=capacity,
        office=office,
        since=clock.now(),
        attested_at=had.attested_at,
    )
    db.add(moved)
    db.flush()


def _let_stand_outside(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, before: dict[UUID, Appointment]
) -> None:
    """End the seats in charge of those who are not needed, but of the contact who was asked for."""
    outside = {office.key for office in pack.offices if office.outside}
    for one in before.values():
        if one.until is None and one.office in outside and _wants_outside(db, case, keys):
            _move_seat(db, one, Capacity.OUTSIDE, one.office)
        _end([one])
    db.flush()


def _wants_outside(db: Session, case: Case, keys: CaseKeys) -> bool:
    """Answer whether the reporter asked for the contact outside; yes, where one cannot tell."""
    sent = select(ConcernRow).where(ConcernRow.case_id == case.id).order_by(ConcernRow.sent_at)
    row = db.scalars(sent.limit(1)).one()
    try:
        return Concern.from_json(keys.open(ConcernRow.answers, row)).wants_outside
    except NotGranted:
        return True


def _end(seats: Iterable[Appointment]) -> None:
    for one in seats:
        one.until = one.until or clock.now()


def _take_keys(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, before: Collection[UUID]
) -> list[Event]:
    """Take from those who were on the case what they do not read any more; return the events."""
    events: list[Event] = []
    who, about = actor.pseudonym, case.pseudonym
    for account_id in sorted(before):
        sits = [one for one in seats_of(db, case) if one.account_id == account_id]
        reads = frozenset[Compartment]().union(*(READS[Capacity(one.capacity)] for one in sits))
        principal = principal_of(db, db.get_one(Account, account_id))
        if principal is not None:
            events += revoke(
                db,
                case.id,
                principal,
                case_pseudonym=about,
                actor=who,
                reason=GrantReason.LEFT,
                only=frozenset(Compartment) - reads,
            )
    return events + open_new_epochs(db, keys.keystore, keys, case_pseudonym=about, actor=who)


def _per_organisation(pack: Pack) -> frozenset[str]:
    return frozenset(office.key for office in pack.offices if office.per_organisation)
