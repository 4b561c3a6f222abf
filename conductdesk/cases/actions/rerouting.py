"""When somebody leaves a case: the next who is clear takes the seat, and the keys follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event, Pub
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.attesting import live_seats
from conductdesk.cases.actions.receiving import holders_of
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.seating import fill_panel, first_clear, seat
from conductdesk.cases.joined import others_joined
from conductdesk.cases.models import Appointment, Barrier, Case
from conductdesk.cases.queries import facts_of, pack_of, seats_of
from conductdesk.cases.ties import tied_to_case
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify, notify_custodians
from conductdesk.people.models import Account
from conductdesk.people.queries import principal_of
from conductdesk.policy import Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Why, chain_of, is_theirs
from conductdesk.schemes.pack import Pack
from conductdesk.vault.actions import open_new_epochs, revoke
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import GrantReason


def recuse(db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer) -> None:
    """Let *actor* step away, without a reason; the next who is clear takes their seats.

    Their keys are wrapped to the successor first, and deleted from them last. The epochs that
    they knew are marked as ended: the next holder who unlocks opens new ones.
    """
    if not live_seats(db, case, actor):
        raise Refused("You are not on this case any more.")
    leaving = {_account(db, actor.account_id).id: Why.RECUSED}
    _leave(db, case, keys, pack, leaving, actor, "officer.recused")


def find_conflict(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, leaving: Account
) -> None:
    """Keep *leaving* away from *case*, because an interest in it was found later."""
    require(db, case, actor, Permission.HANDLE)
    if leaving.id == actor.account_id:
        raise Refused("To step away yourself, recuse yourself from the case.")
    if leaving.id in facts_of(db, case).barred:
        raise Refused("That person is kept away from this case already.")
    _leave(db, case, keys, pack, {leaving.id: Why.TIED}, actor, "conflict.found")


def fill_empty_seats(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer
) -> list[Event]:
    """Seat the next who are clear wherever nobody is in charge, alternate, or safeguarding lead.

    A member who leaves a panel before it has decided is followed by another, too.
    """
    barred = facts_of(db, case).barred | tied_to_case(db, case, keys)
    clear = [
        one
        for one in holders_of(db, pack.key)
        if one.account_id not in barred and is_theirs(pack, one, case.organisation)
    ]
    events: list[Event] = []
    _promote_alternate(db, case)
    taken = {seat.account_id for seat in seats_of(db, case) if seat.capacity in _IN_CHAIN}
    for capacity in (Capacity.HANDLER, Capacity.ALTERNATE):
        if not _seated(db, case, capacity):
            found = first_clear(clear, chain_of(pack, case.routing_rule), besides=taken)
            if found is not None:
                taken.add(found.account_id)
                events += seat(db, case, keys, found, capacity, actor, GrantReason.SUCCEEDED)
    if case.at_risk and not _seated(db, case, Capacity.SAFEGUARDING):
        found = first_clear(clear, pack.safeguarding, besides=set())
        if found is not None:
            events += seat(
                db, case, keys, found, Capacity.SAFEGUARDING, actor, GrantReason.SAFEGUARDING
            )
    events += fill_panel(db, case, keys, pack, actor, clear)
    _tell_custodians_if_somebody_is_missing(db, case)
    return events


_IN_CHAIN = frozenset({Capacity.HANDLER, Capacity.ALTERNATE})


@dataclass(frozen=True)
class Left:
    """What somebody who is kept away had, and the events of the keys."""

    names: tuple[str, ...]
    """Everybody who is kept away, for the detail of the entry."""
    capacities: list[str]
    pseudonyms: list[str]
    """Of those who left a seat, so that a verifier finds what they do later.

    Of somebody who had no seat the log says nothing: they may be named in the case.
    """
    events: list[Event]

    @property
    def said(self) -> str:
        """What the entry says of it; nothing where nobody is kept away."""
        verb = "is" if len(self.names) == 1 else "are"
        return f"{', '.join(self.names)} {verb} kept away from this case." if self.names else ""

    @property
    def pub(self) -> Mapping[str, Pub]:
        """What the entry says of it in clear."""
        return {"capacities": self.capacities, "kept_away": self.pseudonyms}


NOBODY = Left((), [], [], [])


def _leave(
    db: Session,
    case: Case,
    keys: CaseKeys,
    pack: Pack,
    leaving: Mapping[UUID, Why],
    actor: Viewer,
    event: str,
) -> None:
    """Keep *leaving* away from the case, and from those that are joined with it."""
    if not leaving.keys() <= facts_of(db, case).barred:
        left = bar(db, case, keys, pack=pack, leaving=leaving, actor=actor)
        _record(db, case, keys, actor, event, left)
    for one, held, left in bar_from_joined(db, case, keys, leaving, actor):
        _record(db, one, held, actor, event, left)


def bar_from_joined(
    db: Session, case: Case, keys: CaseKeys, leaving: Mapping[UUID, Why], actor: Viewer
) -> Iterator[tuple[Case, CaseKeys, Left]]:
    """Keep *leaving* away from each case that is joined with *case*, and yield it for its entry."""
    for one in others_joined(db, case):
        if not leaving.keys() <= facts_of(db, one).barred:
            held = CaseKeys.load(db, keys.keystore, one.id, keys.keyring)
            pack = pack_of(db, one)
            yield one, held, bar(db, one, held, pack=pack, leaving=leaving, actor=actor)


def _record(db: Session, case: Case, keys: CaseKeys, actor: Viewer, event: str, left: Left) -> None:
    record(
        db,
        case,
        keys,
        actor=actor,
        event=event,
        pub=left.pub,
        detail={"said": left.said},
        grants=left.events,
    )


def bar(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    leaving: Mapping[UUID, Why],
    actor: Viewer,
) -> Left:
    """Take the seats and keys of everybody in *leaving*, and seat the next who are clear.

    All of them are out before anybody is seated, so that none of them hears of it on the way.
    Their keys go last. New epochs are opened, unless *actor* is among them: then the next holder
    who unlocks does. The caller leaves the entry.
    """
    new = {one: why for one, why in leaving.items() if one not in facts_of(db, case).barred}
    _put_barriers(db, case, keys, leaving)
    accounts = [_account(db, one) for one in new]
    seats = {one.id: _end_seats(db, case, one) for one in accounts}
    db.flush()
    case.taken = any(one.attested_at is not None for one in seats_of(db, case))
    events = fill_empty_seats(db, case, keys, pack=pack, actor=actor)
    for one in accounts:
        events += _take_back(db, case, one, actor, new[one.id])
    if accounts and actor.account_id not in new:
        events += open_new_epochs(
            db, keys.keystore, keys, case_pseudonym=case.pseudonym, actor=actor.pseudonym
        )
    return Left(
        tuple(one.name for one in accounts),
        sorted(capacity for capacities in seats.values() for capacity in capacities),
        [one.pseudonym for one in accounts if seats[one.id]],
        events,
    )


def _put_barriers(db: Session, case: Case, keys: CaseKeys, leaving: Mapping[UUID, Why]) -> None:
    """Put up a barrier to each; whoever was kept away as tied, and is named now, is named."""
    here = select(Barrier).where(Barrier.case_id == case.id)
    known = {one.account_id: one for one in db.scalars(here)}
    for account_id, why in leaving.items():
        row = known.get(account_id)
        if row is not None and why is Why.NAMED:
            row.why = keys.seal(Barrier.why, row.id, why)
        elif row is None:
            row_id = uuid4()
            sealed = keys.seal(Barrier.why, row_id, why)
            db.add(
                Barrier(
                    id=row_id,
                    case_id=case.id,
                    account_id=account_id,
                    since=clock.now(),
                    why=sealed,
                )
            )
    db.flush()


def _take_back(db: Session, case: Case, leaving: Account, actor: Viewer, why: Why) -> list[Event]:
    principal = principal_of(db, leaving)
    if principal is None:
        return []
    return revoke(
        db,
        case.id,
        principal,
        case_pseudonym=case.pseudonym,
        actor=actor.pseudonym,
        reason=GrantReason.RECUSED if why is Why.RECUSED else GrantReason.CONFLICT,
    )


def _end_seats(db: Session, case: Case, leaving: Account) -> list[str]:
    seats = live_seats(db, case, Viewer(account_id=leaving.id))
    for one in seats:
        one.until = clock.now()
    return sorted(one.capacity for one in seats)


def _promote_alternate(db: Session, case: Case) -> None:
    """Put the alternate in charge where nobody is; they keep their attestation."""
    alternates = [one for one in seats_of(db, case) if one.capacity == Capacity.ALTERNATE]
    if _seated(db, case, Capacity.HANDLER) or not alternates:
        return
    alternate = alternates[0]
    alternate.until = clock.now()
    db.add(
        Appointment(
            case_id=case.id,
            account_id=alternate.account_id,
            capacity=Capacity.HANDLER,
            office=alternate.office,
            since=clock.now(),
            attested_at=alternate.attested_at,
        )
    )
    db.flush()
    notify(db, alternate.account_id, Notice.UPDATE, case_id=case.id)


def _seated(db: Session, case: Case, capacity: Capacity) -> bool:
    return any(one.capacity == capacity for one in seats_of(db, case))


def _tell_custodians_if_somebody_is_missing(db: Session, case: Case) -> None:
    short_of_a_lead = case.at_risk and not _seated(db, case, Capacity.SAFEGUARDING)
    if short_of_a_lead or not _seated(db, case, Capacity.HANDLER):
        notify_custodians(db, facts_of(db, case).barred)


def _account(db: Session, account_id: UUID | None) -> Account:
    return db.get_one(Account, account_id)
