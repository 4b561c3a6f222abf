"""When somebody leaves a case: the next who is clear takes the seat, and the keys follow."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.attesting import live_seats
from conductdesk.cases.actions.receiving import holders_of
from conductdesk.cases.actions.recording import record
from conductdesk.cases.actions.seating import fill_panel, first_clear, seat
from conductdesk.cases.joined import others_joined
from conductdesk.cases.models import Appointment, Barrier, Case
from conductdesk.cases.queries import facts_of, pack_of, seats_of
from conductdesk.cases.ties import tied_to_case
from conductdesk.notices.actions import notify
from conductdesk.notices.rules import Notice
from conductdesk.people.models import Account
from conductdesk.people.queries import custodians, principal_of
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
    _keep_away(
        db,
        case,
        keys,
        pack=pack,
        leaving=_account(db, actor.account_id),
        why=Why.RECUSED,
        actor=actor,
        event="officer.recused",
    )


def find_conflict(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, leaving: Account
) -> None:
    """Keep *leaving* away from *case*, because an interest in it was found later."""
    require(db, case, actor, Permission.HANDLE)
    if leaving.id == actor.account_id:
        raise Refused("To step away yourself, recuse yourself from the case.")
    if leaving.id in facts_of(db, case).barred:
        raise Refused("That person is kept away from this case already.")
    _keep_away(
        db,
        case,
        keys,
        pack=pack,
        leaving=leaving,
        why=Why.TIED,
        actor=actor,
        event="conflict.found",
    )


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


def _keep_away(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    leaving: Account,
    why: Why,
    actor: Viewer,
    event: str,
) -> None:
    """Keep *leaving* away from the case, and from those that are joined with it."""
    for one in (case, *others_joined(db, case)):
        if leaving.id in facts_of(db, one).barred:
            continue
        held = keys if one is case else CaseKeys.load(db, keys.keystore, one.id, keys.keyring)
        its_pack = pack if one is case else pack_of(db, one)
        capacities, events = bar(
            db, one, held, pack=its_pack, leaving=leaving, why=why, actor=actor
        )
        if leaving.id != actor.account_id:
            events += open_new_epochs(
                db, held.keystore, held, case_pseudonym=one.pseudonym, actor=actor.pseudonym
            )
        record(
            db,
            one,
            held,
            actor=actor,
            event=event,
            pub={"capacities": capacities, "kept_away": named_in_log(leaving, capacities)},
            detail={"said": f"{leaving.name} is kept away from this case."},
            grants=events,
        )


def bar(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    leaving: Account,
    why: Why,
    actor: Viewer,
) -> tuple[list[str], list[Event]]:
    """Take the seats and keys of *leaving*; return what they were, and the events of the keys.

    The caller opens new epochs, where it is not *leaving* who acts, and leaves the entry.
    """
    row_id = uuid4()
    sealed = keys.seal(Barrier.why, row_id, why)
    db.add(
        Barrier(id=row_id, case_id=case.id, account_id=leaving.id, since=clock.now(), why=sealed)
    )
    capacities = _end_seats(db, case, leaving)
    db.flush()
    case.taken = any(one.attested_at is not None for one in seats_of(db, case))
    events = fill_empty_seats(db, case, keys, pack=pack, actor=actor)
    events += _take_back(db, case, leaving, actor, why)
    return capacities, events


def named_in_log(leaving: Account, capacities: Sequence[str]) -> list[str]:
    """Return the pseudonym of whoever leaves a seat, so that a verifier finds what they do later.

    Of somebody who had no seat the log says nothing: they may be named in the case.
    """
    return [leaving.pseudonym] if capacities else []


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
        for custodian in custodians(db):
            notify(db, custodian.id, Notice.CUSTODIANS)


def _account(db: Session, account_id: UUID | None) -> Account:
    return db.get_one(Account, account_id)
