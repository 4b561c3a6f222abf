"""Add somebody to the register, change what it says, and take them out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk.db import NewRow, new_row
from conductdesk.participants.actions.recording import (
    Changes,
    Known,
    check_keeper,
    record,
    store,
)
from conductdesk.participants.index import drop_index_rows
from conductdesk.participants.models import Membership, Participant, ParticipantTie, Register
from conductdesk.participants.plan import differing
from conductdesk.participants.queries import (
    open_people,
    participant_by_id,
    person_of,
    places_of,
    theirs_of,
    ties_of,
)
from conductdesk.participants.rules import Acceptance, Person
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


def add_participant(
    db: Session, register: Register, keys: CaseKeys, *, pack: Pack, actor: Viewer, person: Person
) -> UUID:
    """Add somebody, and return their id."""
    check_keeper(actor, pack)
    check_person(person, pack)
    check_theirs(actor, pack, person)
    _check_ref(db, register, keys, person.ref)
    known, row_id = Known.now(db, keys, register), uuid4()
    store(db, register, Changes(added=[participant_row(register, keys, row_id, person)]))
    known.write_anew({row_id: person})
    record(
        db,
        register,
        keys,
        actor=actor,
        event="participant.added",
        said=f"Added {person.name}, {person.role}.",
    )
    return row_id


def change_participant(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    participant_id: UUID,
    person: Person,
) -> None:
    """Write anew what the register says of somebody; what they accepted stays."""
    check_keeper(actor, pack)
    before = need_person(db, register, keys, participant_id, pack=pack, actor=actor)
    after = replace(person, accepted=before.accepted, ended_on=before.ended_on)
    check_person(after, pack)
    check_theirs(actor, pack, after)
    if after.ref != before.ref:
        _check_ref(db, register, keys, after.ref)
    if after.name != before.name:
        Known.now(db, keys, register).refuse_own(actor, [participant_id])
    _write(db, register, keys, participant_id, after)
    said = f"Changed {', '.join(differing(before, after)) or 'nothing'} of {after.name}."
    record(db, register, keys, actor=actor, event="participant.changed", said=said)


def end_participant(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    participant_id: UUID,
    on: date,
) -> None:
    """Note that somebody does not take part any more; the register keeps what it knows of them."""
    check_keeper(actor, pack)
    person = need_person(db, register, keys, participant_id, pack=pack, actor=actor)
    if person.ended_on is not None:
        raise Refused(f"{person.name} has ended already.")
    _write(db, register, keys, participant_id, replace(person, ended_on=on))
    said = f"{person.name} does not take part any more, from {on.isoformat()}."
    record(db, register, keys, actor=actor, event="participant.ended", said=said)


def note_acceptance(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    participant_id: UUID,
    acceptance: Acceptance,
) -> None:
    """Note which version of the code somebody accepted, and when."""
    check_keeper(actor, pack)
    person = need_person(db, register, keys, participant_id, pack=pack, actor=actor)
    after = person.having_accepted(acceptance)
    if after == person:
        raise Refused("That is noted already.")
    _write(db, register, keys, participant_id, after)
    said = f"{person.name} accepted version {acceptance.version} on {acceptance.on.isoformat()}."
    record(db, register, keys, actor=actor, event="participant.accepted", said=said)


def remove_participant(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    participant_id: UUID,
) -> None:
    """Take somebody out altogether, with their ties and their places in groups."""
    check_keeper(actor, pack)
    person = need_person(db, register, keys, participant_id, pack=pack, actor=actor)
    ties = [tie for tie in ties_of(db, keys, register) if participant_id in tie.bond.ends]
    known, places = Known.now(db, keys, register), places_of(db, [participant_id])
    known.refuse_own(actor, [participant_id])
    drop_index_rows(db, [participant_id])
    gone = [(Membership.__tablename__, place.id) for place in places]
    gone += [(ParticipantTie.__tablename__, tie.id) for tie in ties]
    gone.append((Participant.__tablename__, participant_id))
    store(db, register, Changes(gone=gone))
    known.write_anew()
    said = f"Took {person.name} out of the register."
    record(db, register, keys, actor=actor, event="participant.removed", said=said)


def check_person(person: Person, pack: Pack) -> None:
    """Raise `Refused` where the scheme cannot know somebody like this."""
    if not person.name.strip():
        raise Refused("Write the person’s name.")
    if person.role not in pack.participants:
        raise Refused(f"Choose a role of this scheme: {', '.join(pack.participants)}.")
    if not is_organisation(pack, person.organisation):
        keys = ", ".join(one.key for one in pack.organisations)
        raise Refused(f"Choose an organisation of this scheme: {keys}.")


def is_organisation(pack: Pack, key: str) -> bool:
    """Answer whether somebody may belong to *key*; a scheme that lists none takes any."""
    known = {one.key for one in pack.organisations}
    return not key or not known or key in known


def check_theirs(actor: Viewer, pack: Pack, person: Person) -> None:
    """Raise `Refused` where *actor* keeps the entries of other organisations alone."""
    if not theirs_of(actor, pack).has(person):
        raise Refused("You keep the people of your own organisation. Choose that organisation.")


def need_person(
    db: Session,
    register: Register,
    keys: CaseKeys,
    participant_id: UUID,
    *,
    pack: Pack,
    actor: Viewer,
) -> Person:
    """Return a participant whose entry *actor* keeps, or raise `Refused`."""
    row = participant_by_id(db, register, participant_id)
    person = None if row is None else person_of(keys, row)
    if person is None or not theirs_of(actor, pack).has(person):
        raise Refused("This person is not in the register any more. Load the list again.")
    return person


def participant_row(register: Register, keys: CaseKeys, row_id: UUID, person: Person) -> NewRow:
    """Return the sealed row of somebody, new or to be written anew."""
    sealed = keys.seal(Participant.person, row_id, person.to_json())
    return new_row(Participant, id=row_id, register_id=register.id, person=sealed)


def _write(
    db: Session, register: Register, keys: CaseKeys, participant_id: UUID, person: Person
) -> None:
    known = Known.now(db, keys, register)
    store(db, register, Changes(changed=[participant_row(register, keys, participant_id, person)]))
    known.write_anew({participant_id: person})


def _check_ref(db: Session, register: Register, keys: CaseKeys, ref: str) -> None:
    if ref and ref in _refs(db, register, keys):
        raise Refused(f"Somebody else has the reference {ref}. Give this person another one.")


def _refs(db: Session, register: Register, keys: CaseKeys) -> Collection[str]:
    return {person.ref for _id, person in open_people(db, keys, register)}
