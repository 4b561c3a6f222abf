"""Join a case to another about the same matter, in which it is then looked into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.asking import refuse_unless_in, require
from conductdesk.cases.actions.moving import refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.rerouting import NOBODY, Left, bar, fill_empty_seats
from conductdesk.cases.actions.seating import seat
from conductdesk.cases.clocks import find_next_due, running_clocks
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.concern import Part
from conductdesk.cases.joined import JOINED, TOOK_IN, others_joined
from conductdesk.cases.models import Allegation, Case, Party
from conductdesk.cases.naming import masked
from conductdesk.cases.queries import facts_of, pack_of, seats_of
from conductdesk.cases.ties import tied_to_case
from conductdesk.cases.words import alias
from conductdesk.cases.workflow import State
from conductdesk.policy import Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Holder, Why
from conductdesk.schemes.kinds import may_be_inquired
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import GrantReason

CAN_TAKE_IN = (State.ACKNOWLEDGED, State.TRIAGED, State.INFORMAL, State.INVESTIGATING)
"""Where a case is early enough that what another one says is still looked into."""

RUNS_ON = frozenset({"feedback", "referral", "interim_review"})
"""The clocks of a joined case that do not stop: what is owed to its reporter, and safety."""

TIED = "You are kept away from one of these cases, or tied to somebody named in it. Step away from both."

Grants = dict[UUID, list[Event]]
"""The events of keys, by the case that they belong to."""

KeptAway = dict[UUID, list[str]]
"""The pseudonyms of those who lost a seat, by the case."""


def join_case(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    into: Case,
    actor: Viewer,
    reason: Reason,
    seen_version: int,
) -> None:
    """Join *case* to *into*: its course goes on there, and its own clocks of the inquiry stop.

    Its people are copied, unless they are there by the same name. Whoever is kept away from one of
    the cases, or tied to somebody named in one, is kept away from all that are joined.
    """
    refuse_stale(case, seen_version)
    for one in (case, into):
        require(db, one, actor, Permission.HANDLE)
    _refuse_unless_joinable(db, case, into)
    held = {case.id: keys, into.id: keys_of_other(db, keys, into)}
    case.joined_to, case.joined_at = into.id, clock.now()
    _stop_clocks(db, case)
    _copy_parties(db, case, into, held)
    into.urgent, into.at_risk = into.urgent or case.urgent, into.at_risk or case.at_risk
    grants, kept_away = _keep_away_from_all(db, case, held, actor)
    grants[into.id] += fill_empty_seats(
        db, into, held[into.id], pack=pack_of(db, into), actor=actor
    )
    grants[into.id] += _bring_the_outside_contact(db, case, into, held[into.id], actor)
    why = masked_reason(db, (case, into), held, reason)
    said = {case.id: f"Joined to {into.code_name}.", into.id: f"Took in {case.code_name}."}
    for one, event in ((case, JOINED), (into, TOOK_IN)):
        detail = {"said": f"{said[one.id]} {why}"}
        record(
            db,
            one,
            held[one.id],
            actor=actor,
            event=event,
            pub={"kept_away": kept_away[one.id]},
            detail=detail,
            grants=grants[one.id],
        )


def can_be_joined_to(case: Case, others: Iterable[Case]) -> list[Case]:
    """Return those of *others* that can take *case* in: alike enough, and early enough.

    Where each organisation has readers of its own, a case never goes to those of another one.
    """
    if not may_be_inquired(case.kind):
        return []
    place = (case.scheme, case.organisation)
    return [
        one
        for one in others
        if one.id != case.id
        and (one.scheme, one.organisation) == place
        and one.state in CAN_TAKE_IN
        and one.joined_to is None
        and may_be_inquired(one.kind)
    ]


def _refuse_unless_joinable(db: Session, case: Case, into: Case) -> None:
    refuse_unless_in(case, State.TRIAGED)
    if into.id not in {one.id for one in can_be_joined_to(case, [into])}:
        raise Refused("Choose another open case of this scheme that is not reported on yet.")
    if case.joined_to is not None:
        raise Refused("This case is joined to another one already.")
    if others_joined(db, case):
        raise Refused("Other cases are joined to this one. Join the other case to this one.")
    if db.scalar(select(Allegation.id).where(Allegation.case_id == case.id).limit(1)):
        raise Refused("This case has allegations already. Join the other case to this one.")
    if _holds(case) - _holds(into):
        raise Refused("This case is on hold. Begin the same hold on the other case first.")


def _holds(case: Case) -> set[str]:
    since = {"safeguarding": case.safeguarding_hold_since, "police": case.police_pause_since}
    return {which for which, moment in since.items() if moment is not None}


def keys_of_other(db: Session, keys: CaseKeys, case: Case) -> CaseKeys:
    """Return the keys of another case in the same hands."""
    return CaseKeys.load(db, keys.keystore, case.id, keys.keyring)


def _stop_clocks(db: Session, case: Case) -> None:
    for running in running_clocks(db, case):
        if running.name not in RUNS_ON:
            running.dropped_at = case.joined_at
    find_next_due(db, case)


def _copy_parties(db: Session, case: Case, into: Case, held: Mapping[UUID, CaseKeys]) -> None:
    there = parties_in_order(db, into)
    known = {(one.part, _same(held[into.id].open(Party.name, one))) for one in there}
    counts = {part: sum(one.part == part for one in there) for part in Part}
    for party in parties_in_order(db, case):
        name = held[case.id].open(Party.name, party)
        if (party.part, _same(name)) not in known:
            row_id, part = uuid4(), Part(party.part)
            sealed = held[into.id].seal(Party.name, row_id, name)
            called = alias(part, counts[part])
            db.add(
                Party(
                    id=row_id,
                    case_id=into.id,
                    part=part,
                    alias=called,
                    name=sealed,
                    copied_from=party.id,
                )
            )
            counts[part] += 1


def parties_in_order(db: Session, case: Case) -> list[Party]:
    """Return the people of a case, by what they are called."""
    return list(db.scalars(select(Party).where(Party.case_id == case.id).order_by(Party.alias)))


def _same(name: str) -> str:
    return " ".join(name.split()).casefold()


def _keep_away_from_all(
    db: Session, case: Case, held: dict[UUID, CaseKeys], actor: Viewer
) -> tuple[Grants, KeptAway]:
    """Bar from each case whoever is barred from another; return what the two joined ones say.

    So is whoever is tied to somebody named in any of them, as all of them are now one matter.
    """
    db.flush()
    together = [case, *others_joined(db, case)]
    tied = tied_to_case(db, case, held[case.id])
    away = tied.union(*(facts_of(db, one).barred for one in together))
    if actor.account_id in away:
        raise Refused(TIED)
    grants: Grants = {}
    kept_away: KeptAway = {}
    for one in together:
        keys = held.get(one.id) or keys_of_other(db, held[case.id], one)
        missing = dict.fromkeys(sorted(away - facts_of(db, one).barred), Why.TIED)
        left = NOBODY
        if missing:
            left = bar(db, one, keys, pack=pack_of(db, one), leaving=missing, actor=actor)
        kept_away[one.id], grants[one.id] = left.pseudonyms, left.events
        if missing and one.id not in held:
            _record_barred(db, one, keys, actor, left)
    return grants, kept_away


def _record_barred(db: Session, case: Case, keys: CaseKeys, actor: Viewer, left: Left) -> None:
    said = "Kept away, because a case was joined in which they are."
    pub = {"kept_away": left.pseudonyms}
    record(
        db,
        case,
        keys,
        actor=actor,
        event="conflict.found",
        pub=pub,
        detail={"said": said},
        grants=left.events,
    )


def _bring_the_outside_contact(
    db: Session, case: Case, into: Case, keys: CaseKeys, actor: Viewer
) -> list[Event]:
    """Seat on *into* whom the reporter of *case* asked for from outside."""
    there = {one.account_id for one in seats_of(db, into)} | facts_of(db, into).barred
    there |= tied_to_case(db, into, keys)
    events: list[Event] = []
    for one in seats_of(db, case):
        if one.capacity == Capacity.OUTSIDE and one.account_id not in there:
            holder = Holder(one.account_id, one.office)
            events += seat(db, into, keys, holder, Capacity.OUTSIDE, actor, GrantReason.ROUTED)
    return events


def masked_reason(
    db: Session, cases: tuple[Case, Case], held: Mapping[UUID, CaseKeys], reason: Reason
) -> str:
    """Return the reason without the names of either case: auditors of one read it."""
    words = reason.words
    for one in cases:
        words = masked(db, one, held[one.id], words)
    return f"Reason: {words}"
