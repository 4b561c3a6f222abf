"""Pairings, triads and groups: who is in them, from when, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk.db import NewRow, new_row
from conductdesk.participants.actions.keeping import need_person
from conductdesk.participants.actions.recording import (
    Changes,
    Known,
    check_keeper,
    record,
    store,
)
from conductdesk.participants.models import Membership, ParticipantGroup, Register
from conductdesk.participants.queries import (
    group_by_id,
    group_of,
    open_people,
    places_in,
    theirs_of,
)
from conductdesk.participants.rules import MEMBERS, Group, GroupKind, Place
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

HOW_MANY = {
    GroupKind.PAIRING: "A pairing has two people.",
    GroupKind.TRIAD: "A triad has three people.",
    GroupKind.GROUP: "A group has two people or more, and at most a hundred.",
}


def begin_group(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    group: Group,
    members: Sequence[UUID],
    since: date | None,
) -> UUID:
    """Put people together, and return the id of their group."""
    check_keeper(actor, pack)
    ids = list(dict.fromkeys(members))
    if len(ids) not in MEMBERS[group.kind]:
        raise Refused(HOW_MANY[group.kind])
    names = [need_person(db, register, keys, one, pack=pack, actor=actor).name for one in ids]
    known, group_id = Known.now(db, keys, register), uuid4()
    places = [Place(uuid4(), group_id, one, since, None) for one in ids]
    rows = [group_row(register, keys, group_id, group)]
    rows += [membership_row(register, place) for place in places]
    store(db, register, Changes(added=rows))
    known.write_anew()
    said = f"Began a {group.kind} of {', '.join(names)}."
    record(db, register, keys, actor=actor, event="participant.grouped", said=said)
    return group_id


def end_group(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    group_id: UUID,
    on: date,
) -> None:
    """End a pairing, a triad or a group for all who are still in it."""
    check_keeper(actor, pack)
    group = need_group(db, register, keys, group_id)
    present = [one for one in places_in(db, [group_id]) if one.until is None]
    if not present:
        raise Refused(f"This {group.kind} has ended already.")
    if any(one.since and one.since > on for one in present):
        raise Refused("Give a day that is not before the first.")
    check_all_theirs(db, register, keys, pack, actor, [one.participant_id for one in present])
    over = [Place(one.id, one.group_id, one.participant_id, one.since, on) for one in present]
    store(db, register, Changes(changed=[membership_row(register, one) for one in over]))
    said = f"Ended a {group.kind}, from {on.isoformat()}."
    record(db, register, keys, actor=actor, event="participant.ungrouped", said=said)


def check_all_theirs(
    db: Session,
    register: Register,
    keys: CaseKeys,
    pack: Pack,
    actor: Viewer,
    ids: Iterable[UUID],
) -> None:
    """Raise `Refused` where *actor* does not keep the entries of all of these."""
    theirs = theirs_of(actor, pack)
    if not all(theirs.has(person) for _id, person in open_people(db, keys, register, ids)):
        raise Refused(
            "This is also about somebody of another organisation. Ask an officer of the whole "
            "scheme to do it."
        )


def need_group(db: Session, register: Register, keys: CaseKeys, group_id: UUID) -> Group:
    """Return a group, or raise `Refused`."""
    row = group_by_id(db, register, group_id)
    if row is None:
        raise Refused("This is not in the register any more. Load the list again.")
    return group_of(keys, row)


def group_row(register: Register, keys: CaseKeys, row_id: UUID, group: Group) -> NewRow:
    """Return the sealed row of a group."""
    about = keys.seal(ParticipantGroup.about, row_id, group.to_json())
    return new_row(ParticipantGroup, id=row_id, register_id=register.id, about=about)


def membership_row(register: Register, place: Place) -> NewRow:
    """Return the row of somebody's place in a group."""
    return new_row(
        Membership,
        id=place.id,
        register_id=register.id,
        group_id=place.group_id,
        participant_id=place.participant_id,
        since=place.since.isoformat() if place.since else None,
        until=place.until.isoformat() if place.until else None,
    )
