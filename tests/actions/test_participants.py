"""The people of a register: what is kept, what the index says, and what the log vouches for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from conductdesk.checkins.actions import Asked, ask_for_check_ins
from conductdesk.checkins.rules import About, Form
from conductdesk.participants.actions.grouping import end_group
from conductdesk.participants.actions.keeping import (
    add_participant,
    change_participant,
    end_participant,
    note_acceptance,
    remove_participant,
)
from conductdesk.participants.actions.tying import untie
from conductdesk.participants.index import index_facts
from conductdesk.participants.manifest import unaccounted_rows
from conductdesk.participants.models import (
    Membership,
    Participant,
    ParticipantTie,
    RegisterManifest,
    RoutingIndex,
)
from conductdesk.participants.queries import places_in, ties_of
from conductdesk.participants.rules import (
    Acceptance,
    Age,
    Bond,
    GroupKind,
    NameFacts,
    Standing,
    TieKind,
)
from conductdesk.refusal import Refused
from tests.actions.register_steps import A_DAY, QUILL, ROOKE, THISTLEWOOD, Kept
from tests.cast import Cast


@pytest.fixture
def thistlewood(kept: Kept) -> UUID:
    return kept.add(THISTLEWOOD)


def test_what_was_added_is_read_by_another_keeper_and_lies_nowhere_in_clear(
    cast: Cast, kept: Kept, thistlewood: UUID
) -> None:
    assert kept.people("lead") == {THISTLEWOOD.name: THISTLEWOOD}
    row = cast.db.get_one(Participant, thistlewood)
    for word in ("Thistlewood", "mentor", "M-1", "barnaby", "north"):
        assert word.encode() not in row.person
        assert all(word.encode() not in one.facts for one in cast.db.query(RoutingIndex))


@pytest.mark.both_backends
def test_a_change_is_kept_and_what_was_accepted_stays(kept: Kept, thistlewood: UUID) -> None:
    db, register, keys = kept.cast.db, kept.register, kept.keys()
    accepted = Acceptance(A_DAY, "2024")
    note_acceptance(
        db, register, keys, participant_id=thistlewood, acceptance=accepted, **kept.by()
    )
    other = replace(THISTLEWOOD, organisation="south", email="")
    change_participant(db, register, keys, participant_id=thistlewood, person=other, **kept.by())
    end_participant(db, register, keys, participant_id=thistlewood, on=A_DAY, **kept.by())
    db.commit()
    assert kept.people() == {THISTLEWOOD.name: replace(other, accepted=(accepted,), ended_on=A_DAY)}
    with pytest.raises(Refused, match="noted already"):
        note_acceptance(
            db, register, keys, participant_id=thistlewood, acceptance=accepted, **kept.by()
        )


@pytest.mark.parametrize(
    ("person", "sentence"),
    [
        (replace(QUILL, role="sponsor"), "role of this scheme"),
        (replace(QUILL, name=" "), "name"),
        (replace(QUILL, ref="M-1"), "reference M-1"),
    ],
)
def test_who_cannot_be_added_is_refused_with_a_sentence(
    kept: Kept, thistlewood: UUID, person: object, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        kept.add(person)  # type: ignore[arg-type]  # people, each wrong in its own way


@pytest.mark.parametrize("who", ["investigator", "auditor", "administrator", "outsider"])
def test_whoever_does_not_keep_it_changes_nothing(cast: Cast, kept: Kept, who: str) -> None:
    with pytest.raises(Refused, match="receive concerns"):
        add_participant(
            cast.db,
            kept.register,
            kept.keys(),
            pack=cast.pack,
            actor=cast.viewer(who),
            person=QUILL,
        )


@pytest.mark.both_backends
def test_every_act_leaves_one_entry_and_the_log_vouches_for_every_row(
    kept: Kept, thistlewood: UUID
) -> None:
    everything_happens(kept, thistlewood)
    assert [entry["type"] for entry in kept.entries()] == [
        "register.begun",
        *("participant.added",) * 3,
        "participant.tied",
        "participant.grouped",
        "participant.ungrouped",
        "participant.untied",
        "participant.removed",
    ]
    assert kept.verdict().problem is None
    assert unaccounted_rows(kept.cast.db, kept.register) == []


def everything_happens(kept: Kept, thistlewood: UUID) -> None:
    db, register, keys = kept.cast.db, kept.register, kept.keys()
    quill, rooke = kept.add(QUILL), kept.add(ROOKE)
    kept.tie(thistlewood, TieKind.FAMILY, "chair")
    group = kept.group(GroupKind.TRIAD, thistlewood, quill, rooke)
    end_group(db, register, keys, group_id=group, on=date(2026, 6, 1), **kept.by())
    assert {one.until for one in places_in(db, [group])} == {date(2026, 6, 1)}
    found = ties_of(db, keys, register)[0]
    untie(db, register, keys, tie_id=found.id, **kept.by())
    remove_participant(db, register, keys, participant_id=quill, **kept.by())
    db.commit()
    assert set(kept.people()) == {THISTLEWOOD.name, ROOKE.name}
    assert len(places_in(db, [group])) == 2


def test_a_row_that_was_changed_lost_or_brought_in_past_the_log_is_found(
    kept: Kept, thistlewood: UUID
) -> None:
    db, quill = kept.cast.db, kept.add(QUILL)
    kept.tie(thistlewood, TieKind.FAMILY, "chair")
    rows = db.connection()
    rows.execute(delete(ParticipantTie))
    rows.execute(update(Participant).where(Participant.id == quill).values(person=b"other"))
    stranger = Participant(id=uuid4(), register_id=kept.register.id, person=b"sealed")
    db.add(stranger)
    db.flush()
    faults = unaccounted_rows(db, kept.register)
    assert {fault.split()[0] for fault in faults} == {"participant", "participant_tie"}
    assert len(faults) == 3


def test_a_manifest_that_was_changed_is_found_by_the_log(kept: Kept, thistlewood: UUID) -> None:
    db = kept.cast.db
    db.connection().execute(update(RegisterManifest).values(content=b""))
    assert "register_manifest" in str(kept.verdict().problem)


def test_the_index_knows_a_name_in_whatever_order_and_an_invented_one_not(
    kept: Kept, thistlewood: UUID
) -> None:
    known = NameFacts(standings=frozenset({Standing("mentor", "north")}))
    for typed in (
        "Barnaby Thistlewood",
        "thistlewood, barnaby",
        "Dr Barnaby  THISTLEWOOD",
        "Bárnaby X. Thistlewood",
        "Barnaby Ignatius Thistlewood",
    ):
        assert kept.facts(typed) == known, typed
    assert known.organisation == "north"
    for typed in ("Barnaby", "Barnabas Thistlewood", "", "!?", "Иван Петров"):
        assert kept.facts(typed) == NameFacts(), typed


def test_a_name_in_letters_of_another_script_is_known_too(kept: Kept) -> None:
    kept.add(replace(QUILL, name="Олена Шевченко"))
    assert kept.facts("олена шевченко").under_age
    assert not kept.facts("Олена Петренко").under_age


def test_the_index_of_one_scheme_says_nothing_to_another(cast: Cast, kept: Kept) -> None:
    kept.add(QUILL)
    keystore = cast.keystore
    assert index_facts(cast.db, keystore, "bes", [QUILL.name]) == (NameFacts(),)


@pytest.mark.both_backends
def test_two_people_of_one_name_bring_what_either_brings(kept: Kept) -> None:
    first = kept.add(replace(THISTLEWOOD, ref="A", age=Age.UNDER_18))
    kept.add(replace(THISTLEWOOD, ref="B", organisation="south"))
    kept.tie(first, TieKind.MANAGES, "chair")
    facts = kept.facts(THISTLEWOOD.name)
    assert facts.under_age
    assert facts.tied == {kept.cast["chair"].id}
    assert facts.organisation == ""


def test_a_new_name_is_found_and_the_old_one_is_not(kept: Kept, thistlewood: UUID) -> None:
    kept.tie(thistlewood, TieKind.FAMILY, "chair")
    change_participant(
        kept.cast.db,
        kept.register,
        kept.keys(),
        participant_id=thistlewood,
        person=replace(THISTLEWOOD, name="Barnaby Umberfield"),
        **kept.by(),
    )
    assert kept.facts("Barnaby Umberfield").tied == {kept.cast["chair"].id}
    assert kept.facts("Barnaby Thistlewood") == NameFacts()


def test_ties_come_and_go_with_the_index(kept: Kept, thistlewood: UUID) -> None:
    kept.tie(thistlewood, TieKind.FAMILY, "chair")
    kept.tie(thistlewood, TieKind.MANAGED_BY, "lead")
    members = kept.cast
    assert kept.facts(THISTLEWOOD.name).tied == {members["chair"].id, members["lead"].id}
    for found in ties_of(members.db, kept.keys(), kept.register):
        untie(members.db, kept.register, kept.keys(), tie_id=found.id, **kept.by())
    assert kept.facts(THISTLEWOOD.name).tied == frozenset()


@pytest.mark.both_backends
def test_an_officer_who_takes_part_is_tied_to_whom_they_are_paired_with_or_related_to(
    kept: Kept, thistlewood: UUID
) -> None:
    quill, rooke, chair = kept.add(QUILL), kept.add(ROOKE), kept.cast["chair"].id
    kept.bind(Bond(rooke, TieKind.FAMILY, other_id=thistlewood))
    kept.group(GroupKind.PAIRING, thistlewood, quill)
    assert kept.facts(QUILL.name).tied == frozenset()
    kept.tie(thistlewood, TieKind.SAME, "chair")
    for name in (THISTLEWOOD.name, QUILL.name, ROOKE.name):
        assert kept.facts(name).tied == {chair}, name
    remove_participant(
        kept.cast.db, kept.register, kept.keys(), participant_id=thistlewood, **kept.by()
    )
    assert kept.facts(QUILL.name).tied == frozenset()
    assert unaccounted_rows(kept.cast.db, kept.register) == []


def test_nobody_undoes_what_keeps_themselves_away(kept: Kept, thistlewood: UUID) -> None:
    kept.tie(thistlewood, TieKind.FAMILY, "liaison")
    db, register, keys = kept.cast.db, kept.register, kept.keys()
    found = ties_of(db, keys, register)[0]
    other = replace(THISTLEWOOD, name="Somebody Else")
    named = {"participant_id": thistlewood, **kept.by()}
    refused: list[tuple[Callable[..., None], dict[str, Any]]] = [
        (untie, {"tie_id": found.id, **kept.by()}),
        (remove_participant, named),
        (change_participant, {**named, "person": other}),
    ]
    for act, about in refused:
        with pytest.raises(Refused, match="Another officer"):
            act(db, register, keys, **about)
    untie(db, register, kept.keys("chair"), tie_id=found.id, **kept.by("chair"))
    assert ties_of(db, keys, register) == []


def test_a_tie_is_noted_once_from_whichever_end(kept: Kept, thistlewood: UUID) -> None:
    quill = kept.add(QUILL)
    kept.bind(Bond(thistlewood, TieKind.MANAGES, other_id=quill))
    for again in (
        Bond(thistlewood, TieKind.MANAGES, other_id=quill),
        Bond(quill, TieKind.MANAGED_BY, other_id=thistlewood),
    ):
        with pytest.raises(Refused, match="noted already"):
            kept.bind(again)


def test_somebody_who_was_asked_for_a_check_in_can_be_removed(kept: Kept) -> None:
    db, quill = kept.cast.db, kept.add(QUILL)
    ask_for_check_ins(
        db,
        kept.register,
        kept.keys(),
        form=Form.WEEKLY,
        week=1,
        people=[Asked(quill, About(QUILL.name, "c@members.example", ()))],
        **kept.by(),
    )
    remove_participant(db, kept.register, kept.keys(), participant_id=quill, **kept.by())
    db.commit()
    assert kept.people() == {}


@pytest.mark.parametrize(
    ("kind", "count"),
    [(GroupKind.PAIRING, 1), (GroupKind.PAIRING, 3), (GroupKind.TRIAD, 2), (GroupKind.GROUP, 1)],
)
def test_each_kind_of_group_has_its_number(kept: Kept, kind: GroupKind, count: int) -> None:
    ids = [kept.add(person) for person in (THISTLEWOOD, QUILL, ROOKE)]
    with pytest.raises(Refused, match="has"):
        kept.group(kind, *ids[:count])
    assert kept.cast.db.query(Membership).count() == 0
