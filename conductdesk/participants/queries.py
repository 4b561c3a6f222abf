"""Reads of the register: who holds it, and what it says to somebody whose key opens it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from conductdesk.participants.interests import Declared
from conductdesk.participants.models import (
    Interest,
    Membership,
    Participant,
    ParticipantGroup,
    ParticipantTie,
    Register,
)
from conductdesk.participants.rules import (
    EVERYBODY,
    Bond,
    Group,
    Person,
    Place,
    Theirs,
    TieKind,
    tied_officers,
)
from conductdesk.people.queries import InOffice, in_office
from conductdesk.policy import Viewer, may_keep_register
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import Compartment, Keyring
from conductdesk.vault.personal import open_own
from conductdesk.vault.seal import SealBrokenError

HELD = (Compartment.IDENTITY, Compartment.INTAKE, Compartment.RECORD)
"""What keepers hold: `identity` has the people, `record` the details of log entries, and `intake`
whatever participants send without a sign-in, such as a check-in."""
AT_ONCE = 1_000


def registers(db: Session) -> list[Register]:
    """Return the register of every scheme that keeps one."""
    return list(db.scalars(select(Register).order_by(Register.scheme)))


def register_of(db: Session, scheme: str) -> Register | None:
    """Return the register of *scheme*, or None where the scheme keeps none."""
    return db.scalars(select(Register).where(Register.scheme == scheme)).one_or_none()


def keys_of_register(
    db: Session, keystore: Keystore, register: Register, keyring: Keyring | None
) -> CaseKeys:
    """Return the keys of *register* in somebody's hands.

    Without a *keyring* they seal and open nothing: that is how a check-in is sealed to `intake`.
    """
    return CaseKeys.load(db, keystore, register.id, keyring)


def receiving_offices(pack: Pack) -> frozenset[str]:
    """Return the offices whose holders keep the register."""
    return frozenset((*pack.chain, *pack.safeguarding))


def may_keep(viewer: Viewer, pack: Pack) -> bool:
    """Answer whether *viewer* keeps the register of this scheme."""
    return may_keep_register(viewer, pack.key, receiving_offices(pack))


def theirs_of(viewer: Viewer, pack: Pack) -> Theirs:
    """Return whose entries *viewer* keeps.

    Who receives for one organisation alone keeps its people; any other office keeps everybody.
    """
    mine = viewer.offices_in(pack.key) & receiving_offices(pack)
    if any(not pack.office(key).per_organisation for key in mine):
        return EVERYBODY
    held = (one for scheme, office, one in viewer.posts if scheme == pack.key and office in mine)
    return Theirs(frozenset(one for one in held if one))


def keepers(db: Session, pack: Pack) -> list[InOffice]:
    """Return those who keep the register now and have a key, each once."""
    receiving = receiving_offices(pack)
    found = {
        one.account_id: one
        for one in in_office(db, pack.key)
        if one.office in receiving and one.key is not None
    }
    return list(found.values())


def person_of(keys: CaseKeys, row: Participant) -> Person:
    """Return what is sealed in a row."""
    return Person.from_json(keys.open(Participant.person, row))


def participant_by_id(db: Session, register: Register, participant_id: UUID) -> Participant | None:
    """Return a participant of *register*, or None."""
    row = db.get(Participant, participant_id)
    return row if row is not None and row.register_id == register.id else None


def open_people(
    db: Session, keys: CaseKeys, register: Register, ids: Iterable[UUID] | None = None
) -> Iterator[tuple[UUID, Person]]:
    """Yield everybody in *register*, or those with *ids*; opened one by one, whatever their number."""
    if ids is None:
        yield from _opened(db, keys, register, select(Participant.id, Participant.person))
        return
    wanted = list(ids)
    for at in range(0, len(wanted), AT_ONCE // 2):
        some = Participant.id.in_(wanted[at : at + AT_ONCE // 2])
        query = select(Participant.id, Participant.person).where(some)
        yield from _opened(db, keys, register, query)


def _opened(
    db: Session, keys: CaseKeys, register: Register, query: Select[UUID, bytes]
) -> Iterator[tuple[UUID, Person]]:
    streamed = query.where(Participant.register_id == register.id).execution_options(
        yield_per=AT_ONCE
    )
    with db.connection().execute(streamed) as found:
        for row_id, sealed in found:
            yield row_id, Person.from_json(keys.open_at(Participant.person, row_id, sealed))


@dataclass(frozen=True)
class Tie:
    """A tie as it is kept."""

    id: UUID
    bond: Bond


def ties_of(db: Session, keys: CaseKeys, register: Register) -> list[Tie]:
    """Return every tie of the register."""
    rows = db.scalars(select(ParticipantTie).where(ParticipantTie.register_id == register.id))
    return [Tie(row.id, bond_of(keys, row)) for row in rows]


def bond_of(keys: CaseKeys, row: ParticipantTie) -> Bond:
    """Return what is sealed in the row of a tie."""
    said = json.loads(keys.open(ParticipantTie.about, row))
    other, account = said.get("other"), said.get("account")
    return Bond(
        row.participant_id,
        TieKind(said["kind"]),
        UUID(hex=other) if other else None,
        UUID(hex=account) if account else None,
    )


def sealed_bond(keys: CaseKeys, row_id: UUID, bond: Bond) -> bytes:
    """Return the sealed half of a tie."""
    said = {
        "kind": bond.kind,
        "other": bond.other_id.hex if bond.other_id else "",
        "account": bond.account_id.hex if bond.account_id else "",
    }
    return keys.seal(ParticipantTie.about, row_id, json.dumps(said))


def places_in(db: Session, group_ids: Iterable[UUID]) -> list[Place]:
    """Return who is or was in some groups."""
    return _places(db, select(Membership).where(Membership.group_id.in_(list(group_ids))))


def places_of(db: Session, participant_ids: Iterable[UUID]) -> list[Place]:
    """Return the groups that some participants are or were in."""
    wanted = Membership.participant_id.in_(list(participant_ids))
    return _places(db, select(Membership).where(wanted))


def places_of_register(db: Session, register: Register) -> dict[UUID, dict[UUID, Place]]:
    """Return every place in every group: by group, then by participant."""
    found: dict[UUID, dict[UUID, Place]] = defaultdict(dict)
    for place in _places(db, select(Membership).where(Membership.register_id == register.id)):
        found[place.group_id][place.participant_id] = place
    return found


def _places(db: Session, query: Select[Membership]) -> list[Place]:
    return [
        Place(row.id, row.group_id, row.participant_id, _day(row.since), _day(row.until))
        for row in db.scalars(query)
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def groups_of(db: Session, keys: CaseKeys, register: Register) -> list[tuple[UUID, Group]]:
    """Return every pairing, triad and group."""
    rows = db.scalars(select(ParticipantGroup).where(ParticipantGroup.register_id == register.id))
    return [(row.id, group_of(keys, row)) for row in rows]


def group_by_id(db: Session, register: Register, group_id: UUID) -> ParticipantGroup | None:
    """Return the row of a group of *register*, or None."""
    row = db.get(ParticipantGroup, group_id)
    return row if row is not None and row.register_id == register.id else None


def group_of(keys: CaseKeys, row: ParticipantGroup) -> Group:
    """Return what is sealed in the row of a group."""
    return Group.from_json(keys.open(ParticipantGroup.about, row))


def tied_in(
    db: Session, keys: CaseKeys, register: Register, ties: Sequence[Tie] | None = None
) -> dict[UUID, frozenset[UUID]]:
    """Return the officers tied to each participant; whoever has none is left out."""
    bonds = [tie.bond for tie in (ties_of(db, keys, register) if ties is None else ties)]
    officers = {bond.participant_id for bond in bonds if bond.kind is TieKind.SAME}
    with_officers = {place.group_id for place in places_of(db, officers)}
    together: dict[UUID, set[UUID]] = defaultdict(set)
    for place in places_in(db, with_officers):
        together[place.group_id].add(place.participant_id)
    return tied_officers(bonds, (frozenset(some) for some in together.values()))


def locked_register(db: Session, scheme: str) -> Register | None:
    """Return the register of *scheme*, and keep every other writer of it waiting."""
    wanted = select(Register).where(Register.scheme == scheme).with_for_update()
    return db.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


@dataclass(frozen=True)
class Declaration:
    """What an officer declared, and whether it still counts."""

    id: UUID
    declared: Declared | None
    """None where it was sealed to a key that the officer has lost since; it counts all the same."""
    declared_at: datetime
    ended_at: datetime | None

    def counts(self, day: date) -> bool:
        """Answer whether it keeps the officer away on *day*."""
        over = self.declared is not None and self.declared.is_over(day)
        return self.ended_at is None and not over


def declarations_of(db: Session, keyring: Keyring, account_id: UUID | None) -> list[Declaration]:
    """Return what an officer declared, in their own hands; the newest first."""
    rows = db.scalars(select(Interest).where(Interest.account_id == account_id))
    found = [Declaration(row.id, _own(keyring, row), row.declared_at, row.ended_at) for row in rows]
    return sorted(found, key=lambda one: one.declared_at, reverse=True)


def _own(keyring: Keyring, row: Interest) -> Declared | None:
    try:
        return Declared.from_json(open_own(keyring, "interest", row.id, row.about))
    except SealBrokenError:
        return None
