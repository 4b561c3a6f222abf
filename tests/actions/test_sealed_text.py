"""Whoever was granted a compartment opens it from the raw rows, in its own place; nobody else."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from conductdesk.db import insert_rows
from conductdesk.vault.actions import new_case_keys
from conductdesk.vault.keys import CaseKeys, NotGranted, SealedColumn
from conductdesk.vault.keystore import Keystore, Shredded
from conductdesk.vault.models import Compartment, Keyring
from conductdesk.vault.seal import SealBrokenError
from tests.actions.sealed_case import (
    COLUMN_OF,
    GRANTED,
    Letter,
    Memo,
    SealedCase,
    make_case,
)


@pytest.fixture
def case(db: Session, keystore: Keystore) -> SealedCase:
    """A case to which everybody has what `GRANTED` says."""
    return make_case(db, keystore)


@dataclass(frozen=True)
class Entry:
    """What the log returns of an entry with a detail."""

    commit: str | None
    sealed: bytes | None


def entry_for(keys: CaseKeys, detail: dict[str, object]) -> Entry:
    sealed = keys.seal_detail(detail)
    return Entry(sealed.commit, sealed.sealed)


@pytest.mark.parametrize("writer", ["handler", "reporter", None])
@pytest.mark.parametrize("who", GRANTED)
@pytest.mark.parametrize("compartment", COLUMN_OF)
def test_a_text_opens_if_and_only_if_its_compartment_was_granted(
    case: SealedCase, writer: str | None, who: str, compartment: Compartment
) -> None:
    column, row_id = COLUMN_OF[compartment], uuid4()
    blob = case.keys_of(writer).seal(column, row_id, "It happened on Tuesday.")
    reader = case.keys_of(who)
    if compartment in GRANTED[who]:
        assert reader.open_at(column, row_id, blob) == "It happened on Tuesday."
    else:
        with pytest.raises(NotGranted):
            reader.open_at(column, row_id, blob)
    assert reader.holds(compartment) == (compartment in GRANTED[who])


def test_nobody_opens_anything_without_a_private_key(case: SealedCase) -> None:
    row_id = uuid4()
    blob = case.keys_of(None).seal(Letter.body, row_id, "x")
    with pytest.raises(NotGranted):
        case.keys_of(None).open_at(Letter.body, row_id, blob)


def test_somebody_elses_grants_do_not_open_with_ones_own_key(case: SealedCase) -> None:
    row_id = uuid4()
    blob = case.keys_of("handler").seal(Letter.body, row_id, "x")
    thief = Keyring(case.principal("handler").id, case.people["outsider"].keyring.private_key)
    keys = CaseKeys.load(case.db, case.keystore, case.case_id, thief)
    with pytest.raises(SealBrokenError):
        keys.open_at(Letter.body, row_id, blob)


def test_a_row_opens_by_its_column(case: SealedCase) -> None:
    keys = case.keys_of("handler")
    letter = Letter(id=uuid4())
    letter.body = keys.seal(Letter.body, letter.id, "Dear reader")
    assert keys.open(Letter.body, letter) == "Dear reader"
    assert keys.open(Letter.note, Letter(id=uuid4(), note=None)) == ""


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.text(st.characters(codec="utf-8"), max_size=500))
def test_any_text_comes_back_as_it_was_written(case: SealedCase, written: str) -> None:
    row_id = uuid4()
    for writer in ("handler", None):
        blob = case.keys_of(writer).seal(Letter.body, row_id, written)
        assert case.keys_of("reporter").open_at(Letter.body, row_id, blob) == written


@dataclass(frozen=True)
class Sealed:
    """A ciphertext, and where it belongs."""

    case: SealedCase
    column: SealedColumn
    row_id: UUID
    blob: bytes


def test_no_ciphertext_opens_in_the_place_of_another(
    case: SealedCase, db: Session, keystore: Keystore
) -> None:
    # The same person reads both cases, so that only the places differ.
    other = _second_case(case)
    one, two = uuid4(), uuid4()
    places = [
        (subject, column, row_id)
        for subject in (case, other)
        for column in (Letter.body, Letter.subject, Letter.note, Memo.body)
        for row_id in (one, two)
    ]
    for writer in ("handler", None):
        sealed = [
            Sealed(subject, column, row_id, subject.keys_of(writer).seal(column, row_id, "text"))
            for subject, column, row_id in places
        ]
        for there, here in permutations(sealed, 2):
            keys = here.case.keys_of("handler")
            assert keys.open_at(here.column, here.row_id, here.blob) == "text"
            with pytest.raises(SealBrokenError):
                keys.open_at(here.column, here.row_id, there.blob)


def _second_case(case: SealedCase) -> SealedCase:
    case_id = uuid4()
    everybody = [person.principal for person in case.people.values()]
    new = new_case_keys(
        case.keystore,
        case_id,
        dict.fromkeys(Compartment, everybody),
        case_pseudonym=uuid4().hex,
        actor="reporter",
    )
    insert_rows(case.db, new.rows)
    case.record([*new.grants])
    return SealedCase(case.db, case.keystore, case_id, "", case.people)


def test_no_two_wrapped_keys_can_be_exchanged(case: SealedCase) -> None:
    query = text("SELECT id, wrapped FROM key_grant WHERE principal_id = :who ORDER BY data_key_id")
    who = {"who": case.principal("handler").id.hex}
    grants = case.db.execute(query, who).all()
    change = text("UPDATE key_grant SET wrapped = :wrapped WHERE id = :id")
    for first, second in permutations(grants, 2):
        case.db.execute(change, {"wrapped": second.wrapped, "id": first.id})
        case.db.execute(change, {"wrapped": first.wrapped, "id": second.id})
        broken = 0
        for compartment in Compartment:
            keys = case.keys_of("handler")
            try:
                keys.secrets(keys.epochs(compartment)[0])
            except SealBrokenError:
                broken += 1
        assert broken == 2
        case.db.rollback()


def test_a_wrap_for_one_person_does_not_open_for_another(case: SealedCase) -> None:
    case.db.execute(
        text(
            "UPDATE key_grant SET wrapped = (SELECT o.wrapped FROM key_grant o WHERE "
            "o.data_key_id = key_grant.data_key_id AND o.principal_id = :other) "
            "WHERE principal_id = :mine"
        ),
        {"other": case.principal("alternate").id.hex, "mine": case.principal("handler").id.hex},
    )
    keys = case.keys_of("handler")
    with pytest.raises(SealBrokenError):
        keys.secrets(keys.epochs(Compartment.INTAKE)[0])


def test_the_header_of_a_ciphertext_cannot_be_changed(case: SealedCase) -> None:
    row_id = uuid4()
    blob = case.keys_of("handler").seal(Letter.body, row_id, "x")
    for header in (b"\x02\x01\x00\x01", b"\x01\x02\x00\x01", b"\x01\x01\x00\x02", b""):
        with pytest.raises(SealBrokenError):
            case.keys_of("handler").open_at(Letter.body, row_id, header + blob[4:])


def test_without_its_shred_key_nothing_of_a_case_opens(case: SealedCase) -> None:
    row_id, keys = uuid4(), case.keys_of("handler")
    for_all = keys.seal(Letter.body, row_id, "x"), case.keys_of(None).seal(Letter.body, row_id, "x")
    case.keystore.destroy(case.case_id)
    for blob in for_all:
        with pytest.raises(Shredded):
            case.keys_of("handler").open_at(Letter.body, row_id, blob)


def test_lengths_of_short_answers_do_not_show(case: SealedCase) -> None:
    keys = case.keys_of("handler")
    sizes = {len(keys.seal(Letter.body, uuid4(), answer)) for answer in ("", "yes", "not sure")}
    assert len(sizes) == 1


def test_a_detail_opens_for_those_on_record_and_is_absent_for_others(case: SealedCase) -> None:
    entry = entry_for(case.keys_of(None), {"reason": "no longer needed", "count": 2})
    for who, granted in GRANTED.items():
        opened = case.keys_of(who).open_detail(entry)
        expected = {"reason": "no longer needed", "count": 2}
        assert opened == (expected if Compartment.RECORD in granted else None)


def test_an_erased_detail_and_a_missing_one_are_absent(case: SealedCase) -> None:
    keys = case.keys_of("handler")
    assert keys.open_detail(Entry(None, None)) is None
    assert keys.open_detail(Entry("ab" * 32, None)) is None


def test_the_details_of_two_entries_cannot_be_exchanged(case: SealedCase) -> None:
    keys = case.keys_of("handler")
    one, two = entry_for(keys, {"a": 1}), entry_for(keys, {"a": 2})
    with pytest.raises(SealBrokenError):
        keys.open_detail(Entry(one.commit, two.sealed))


def test_the_same_detail_never_makes_the_same_commitment(case: SealedCase) -> None:
    keys = case.keys_of("handler")
    assert keys.seal_detail({"a": 1}).commit != keys.seal_detail({"a": 1}).commit


def test_several_cases_are_loaded_in_one_query(case: SealedCase) -> None:
    other = _second_case(case)
    keyring = case.people["handler"].keyring
    both = CaseKeys.load_many(case.db, case.keystore, [case.case_id, other.case_id], keyring)
    assert set(both) == {case.case_id, other.case_id}
    assert all(keys.holds_every_epoch(Compartment.INTAKE) for keys in both.values())
