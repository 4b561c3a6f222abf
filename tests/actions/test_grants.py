"""Granting, taking back and new epochs: who can open what afterwards, and its entries."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conductdesk.audit.queries import entries_of_case
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.keystore import Keystore
from conductdesk.vault.models import (
    Compartment,
    GrantRequest,
    KeyGrant,
    PrincipalKind,
)
from conductdesk.vault.queries import (
    holders_of,
)
from tests.actions.sealed_case import (
    EVERYTHING,
    GRANTED,
    LOG,
    ROW,
    Letter,
    SealedCase,
    add_person,
    ask,
    fill,
    give,
    make_case,
    opens,
    renew,
    take,
)

INTAKE, INTERNAL, RECORD = Compartment.INTAKE, Compartment.INTERNAL, Compartment.RECORD


@pytest.fixture
def case(db: Session, keystore: Keystore) -> SealedCase:
    """A case to which everybody has what `GRANTED` says."""
    return make_case(db, keystore)


@pytest.mark.both_backends
def test_a_new_case_is_granted_to_its_holders_and_to_nobody_else(case: SealedCase) -> None:
    for compartment in Compartment:
        holders = {principal.id for principal in holders_of(case.db, case.case_id, compartment)}
        expected = {
            case.principal(who).id for who, granted in GRANTED.items() if compartment in granted
        }
        assert holders == expected


def test_every_grant_is_one_entry_that_names_key_compartment_and_row(case: SealedCase) -> None:
    entries = entries_of_case(case.db, LOG, case.pseudonym)
    made = [entry for entry in entries if entry.type == "grant.made"]
    assert len(made) == case.db.scalar(select(func.count()).select_from(KeyGrant))
    for entry in made:
        (_table, row_id, _code) = next(row for row in entry.rows if row[0] == "key_grant")
        assert entry.pub["fingerprint"] == case.db.get_one(KeyGrant, row_id).fingerprint
        assert set(entry.pub) == {"fingerprint", "compartment", "epoch", "owner", "reason"}


@pytest.mark.both_backends
def test_a_holder_gives_what_they_hold(case: SealedCase) -> None:
    blob = case.keys_of(None).seal(Letter.body, ROW, "text")
    events = give(case, "handler", "outsider", INTAKE, RECORD)
    assert [event.type for event in events] == ["grant.made", "grant.made"]
    assert opens(case, "outsider", blob)
    assert not case.keys_of("outsider").holds(INTERNAL)


def test_nobody_gives_what_they_do_not_hold(case: SealedCase) -> None:
    for giver in ("reporter", "outsider"):
        with pytest.raises(NotGranted):
            give(case, giver, "outsider", INTERNAL)
    assert not case.keys_of("outsider").holds(INTERNAL)


def test_granting_twice_grants_once(case: SealedCase) -> None:
    give(case, "handler", "outsider", INTAKE)
    assert give(case, "handler", "outsider", INTAKE) == []


@pytest.mark.both_backends
def test_a_revoked_person_opens_nothing_from_the_rows_any_more(case: SealedCase) -> None:
    blob = case.keys_of("handler").seal(Letter.body, ROW, "text")
    ask(case, "outsider", INTAKE)
    events = take(case, "alternate")
    assert len(events) == len(EVERYTHING)
    assert {event.type for event in events} == {"grant.ended"}
    assert not opens(case, "alternate", blob)
    assert opens(case, "handler", blob)
    assert len(case.db.scalars(select(GrantRequest)).all()) == 1  # somebody else's stays


def test_revoking_also_ends_what_was_asked_for(case: SealedCase) -> None:
    ask(case, "outsider", INTAKE)
    assert take(case, "outsider") == []
    assert fill(case, "handler") == []
    assert not case.keys_of("outsider").holds(INTAKE)


def test_after_a_recusal_what_is_written_is_out_of_reach_of_an_older_wrap(
    case: SealedCase,
) -> None:
    kept = case.keys_of("alternate")
    kept.secrets(kept.epochs(INTAKE)[0])  # as if from an older backup
    before = case.keys_of(None).seal(Letter.body, ROW, "text")
    take(case, "alternate")
    renew(case, case.keys_of("handler"))
    after = case.keys_of("handler").seal(Letter.body, ROW, "text")
    assert kept.open_at(Letter.body, ROW, before) == "text"
    again = case.keys_of("alternate")
    again._secrets = kept._secrets
    with pytest.raises(NotGranted):
        again.open_at(Letter.body, ROW, after)


@pytest.mark.both_backends
def test_a_new_epoch_opens_for_all_who_still_hold_the_compartment(case: SealedCase) -> None:
    take(case, "alternate")
    events = renew(case, case.keys_of("investigator"))
    blob = case.keys_of(None).seal(Letter.body, ROW, "text")
    for who in ("handler", "investigator", "reporter", "recovery"):
        assert opens(case, who, blob)
    assert not opens(case, "alternate", blob)
    assert {event.pub["epoch"] for event in events} == {2}
    assert case.keys_of("handler").holds_every_epoch(INTAKE)


def test_an_epoch_that_nobody_ended_is_not_replaced(case: SealedCase) -> None:
    assert renew(case, case.keys_of("handler")) == []
    take(case, "alternate")
    renew(case, case.keys_of("handler"))
    assert renew(case, case.keys_of("handler")) == []


def test_who_opens_an_epoch_for_others_cannot_read_it(case: SealedCase) -> None:
    take(case, "alternate")
    keys = case.keys_of("outsider")
    renew(case, keys)
    blob = keys.seal(Letter.body, ROW, "text")
    with pytest.raises(NotGranted):
        keys.open_at(Letter.body, ROW, blob)
    assert opens(case, "handler", blob)


def test_while_nobody_holds_a_compartment_it_stays_in_its_epoch(case: SealedCase) -> None:
    for who in GRANTED:
        take(case, who)
    assert renew(case, case.keys_of(None)) == []
    assert case.keys_of(None).seal(Letter.body, ROW, "text")


def test_a_holder_of_all_epochs_gives_all_of_them(case: SealedCase) -> None:
    old = case.keys_of("handler").seal(Letter.body, ROW, "text")
    take(case, "alternate")
    renew(case, case.keys_of("handler"))
    events = give(case, "handler", "outsider", INTAKE)
    assert [event.pub["epoch"] for event in events] == [1, 2]
    assert opens(case, "outsider", old)


def test_a_person_who_comes_later_can_hold_too(case: SealedCase) -> None:
    case.people["newcomer"] = add_person(case.db, case.keystore, PrincipalKind.STAFF)
    give(case, "handler", "newcomer", *Compartment)
    assert all(case.keys_of("newcomer").holds_every_epoch(one) for one in Compartment)
