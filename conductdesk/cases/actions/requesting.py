"""A request seen through: the obligation that it becomes, and everybody who is told of it."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text
from conductdesk.cases.clocks import running_clocks, start_clock, start_clock_until
from conductdesk.cases.days import end_of, refuse_past
from conductdesk.cases.inquiry import row_of
from conductdesk.cases.models import Case, CaseClock, Outcome, Party, Telling
from conductdesk.cases.queries import seats_of
from conductdesk.cases.request_acts import Obligation
from conductdesk.policy import IN_CHARGE, Capacity, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.kinds import path_of
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.reading import REQUEST
from conductdesk.vault.keys import CaseKeys


def make_obligation(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    obligation: Obligation | None,
) -> Outcome:
    """Make what was asked for an obligation, due when the clock of its kind runs out.

    The caller leaves the entry.
    """
    if obligation is None:
        raise Refused("Say who does what was asked for.")
    row_id = uuid4()
    what = need_text(obligation.what, "Say what must be done.")
    owner = _owner(db, case, keys, obligation)
    own = _clock(db, case, pack, obligation, row_id)
    row = Outcome(
        id=row_id,
        case_id=case.id,
        kind=REQUEST.key,
        owner_id=obligation.owner_id,
        due_at=own.due_at,
        state="open",
        what=keys.seal(Outcome.what, row_id, what),
        owner=keys.seal(Outcome.owner, row_id, owner),
    )
    db.add(row)
    db.flush()
    if path_of(case.kind).told_to_all:
        _note_receipt(db, case, keys, actor, row)
    return row


def _owner(db: Session, case: Case, keys: CaseKeys, obligation: Obligation) -> str:
    """Return who must do it; where a party must, nobody else can take it on."""
    if not path_of(case.kind).owed_by_party:
        return need_text(obligation.owner, "Say who does it.")
    if obligation.owner_id is None:
        raise Refused("Choose who must do it. If they are not listed, add them under People.")
    return keys.open(Party.name, row_of(db, case, Party, obligation.owner_id))


def _clock(db: Session, case: Case, pack: Pack, obligation: Obligation, row_id: UUID) -> CaseClock:
    """Return the clock of the obligation: that of its kind, or one that ends on its own day."""
    name = path_of(case.kind).clock
    if not name:
        return _clock_until_its_day(db, case, obligation, row_id)
    running = [one for one in running_clocks(db, case) if one.name == name]
    own = running[0] if running else start_clock(db, case, pack, name, at=clock.now())
    own.subject_id = row_id
    return own


def _clock_until_its_day(
    db: Session, case: Case, obligation: Obligation, row_id: UUID
) -> CaseClock:
    if obligation.due_on is None:
        raise Refused("Give the day by which it must be done.")
    refuse_past(obligation.due_on)
    until = end_of(obligation.due_on)
    return start_clock_until(db, case, "outcome", at=clock.now(), until=until, about=row_id)


def _note_receipt(db: Session, case: Case, keys: CaseKeys, actor: Viewer, row: Outcome) -> None:
    """Note that the officer in charge was told of it, by receiving it."""
    seats, telling_id = seats_of(db, case), uuid4()
    in_charge = [one for one in seats if one.capacity in IN_CHARGE]
    seat = min(in_charge, key=lambda one: one.capacity != Capacity.HANDLER)
    db.add(
        Telling(
            id=telling_id,
            case_id=case.id,
            outcome_id=row.id,
            office=seat.office,
            account_id=actor.account_id,
            told_on=case.received_at,
            recorded_at=clock.now(),
            how=keys.seal(Telling.how, telling_id, "By receiving it here."),
        )
    )
    db.flush()
