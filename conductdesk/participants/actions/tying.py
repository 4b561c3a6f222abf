"""Ties: line management and family, between participants, and between them and officers."""

from __future__ import annotations

from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk.db import NewRow, new_row
from conductdesk.participants.actions.grouping import check_all_theirs
from conductdesk.participants.actions.keeping import need_person
from conductdesk.participants.actions.recording import (
    Changes,
    Known,
    check_keeper,
    record,
    store,
)
from conductdesk.participants.models import ParticipantTie, Register
from conductdesk.participants.queries import Tie, sealed_bond, ties_of
from conductdesk.participants.rules import Bond, TieKind
from conductdesk.people.models import Account
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


def tie(
    db: Session, register: Register, keys: CaseKeys, *, pack: Pack, actor: Viewer, bond: Bond
) -> None:
    """Note a tie of a participant, to another one or to an officer."""
    check_keeper(actor, pack)
    person = need_person(db, register, keys, bond.participant_id, pack=pack, actor=actor)
    if bond.other_id is not None:
        need_person(db, register, keys, bond.other_id, pack=pack, actor=actor)
    _check_other_end(db, bond)
    if bond.canonical in {one.bond.canonical for one in ties_of(db, keys, register)}:
        raise Refused("This tie is noted already.")
    known = Known.now(db, keys, register)
    store(db, register, Changes(added=[tie_row(register, keys, bond)]))
    known.write_anew()
    said = f"Noted a tie of {person.name}."
    record(db, register, keys, actor=actor, event="participant.tied", said=said)


def untie(
    db: Session, register: Register, keys: CaseKeys, *, pack: Pack, actor: Viewer, tie_id: UUID
) -> None:
    """Take a tie out; one that keeps the officer themselves away needs another officer."""
    check_keeper(actor, pack)
    found = need_tie(db, register, keys, tie_id)
    known = Known.now(db, keys, register)
    known.refuse_own(actor, found.bond.ends)
    about = found.bond.participant_id
    check_all_theirs(db, register, keys, pack, actor, found.bond.ends)
    person = need_person(db, register, keys, about, pack=pack, actor=actor)
    store(db, register, Changes(gone=[(ParticipantTie.__tablename__, tie_id)]))
    known.write_anew()
    said = f"Took out a tie of {person.name}."
    record(db, register, keys, actor=actor, event="participant.untied", said=said)


def need_tie(db: Session, register: Register, keys: CaseKeys, tie_id: UUID) -> Tie:
    """Return a tie, or raise `Refused`."""
    for found in ties_of(db, keys, register):
        if found.id == tie_id:
            return found
    raise Refused("This tie is not in the register any more. Load the page again.")


def tie_row(register: Register, keys: CaseKeys, bond: Bond) -> NewRow:
    """Return the sealed row of a tie."""
    row_id = uuid4()
    return new_row(
        ParticipantTie,
        id=row_id,
        register_id=register.id,
        participant_id=bond.participant_id,
        about=sealed_bond(keys, row_id, bond),
    )


def _check_other_end(db: Session, bond: Bond) -> None:
    if (bond.other_id is None) == (bond.account_id is None):
        raise Refused("Choose one person at the other end: a participant or an officer.")
    if bond.other_id == bond.participant_id:
        raise Refused("Nobody is tied to themselves. Choose another person.")
    if bond.other_id is not None:
        if bond.kind is TieKind.SAME:
            raise Refused("Two participants are two people. Keep one entry, and remove the other.")
    elif db.get(Account, bond.account_id) is None:
        raise Refused("There is no such officer.")
