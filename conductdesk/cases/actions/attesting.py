"""Before the first read: the parties are shown, and the officer attests or recuses."""

from __future__ import annotations

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.recording import record, record_quietly
from conductdesk.cases.models import Appointment, Case, CaseRead
from conductdesk.cases.ties import tied_to_case
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys

TIED = "You declared a tie to somebody named here, or the register has one. Step away."


def note_parties_shown(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, sign_in: bytes
) -> bool:
    """Leave the entry that the parties' names were shown; once for each sign-in.

    *sign_in* tells one sign-in from another. Return whether an entry was left.
    """
    return _note_once(db, case, keys, actor=actor, sign_in=sign_in, event="parties.shown")


def note_read(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, sign_in: bytes) -> bool:
    """Leave the entry that the case was read; once for each sign-in."""
    return _note_once(db, case, keys, actor=actor, sign_in=sign_in, event="case.read")


def is_noted(db: Session, case: Case, *, sign_in: bytes, event: str) -> bool:
    """Answer whether this sign-in has left *event* for *case* already."""
    return db.get(CaseRead, (_mark(sign_in, event), case.id)) is not None


def attest(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer) -> None:
    """Record that *actor* has no conflict of interest in *case*; it opens to them.

    Where they came onto the case before a tie was known, they cannot say so.
    """
    seats = live_seats(db, case, actor)
    if not seats:
        raise Refused("You are not on this case any more.")
    if all(seat.attested_at is not None for seat in seats):
        return
    if actor.account_id in tied_to_case(db, case, keys):
        raise Refused(TIED)
    for seat in seats:
        seat.attested_at = seat.attested_at or clock.now()
    case.taken = True
    record(
        db,
        case,
        keys,
        actor=actor,
        event="no_conflict.attested",
        pub={"capacities": sorted(seat.capacity for seat in seats)},
        detail={"said": "Has no conflict of interest in this case."},
    )


def live_seats(db: Session, case: Case, actor: Viewer) -> list[Appointment]:
    """Return the seats that *actor* has on *case* now."""
    return list(
        db.scalars(
            select(Appointment).where(
                Appointment.case_id == case.id,
                Appointment.account_id == actor.account_id,
                Appointment.until.is_(None),
            )
        )
    )


def _note_once(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, sign_in: bytes, event: str
) -> bool:
    if is_noted(db, case, sign_in=sign_in, event=event):
        return False
    db.add(CaseRead(session_hash=_mark(sign_in, event), case_id=case.id, read_at=clock.now()))
    record_quietly(db, case, keys, actor=actor, event=event)
    return True


def _mark(sign_in: bytes, event: str) -> bytes:
    return hashlib.sha256(event.encode() + b"\0" + sign_in).digest()
