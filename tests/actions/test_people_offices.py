"""Offices, auditors, and leaving."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from conductdesk.notice import Notice
from conductdesk.people.actions import (
    Activated,
    SignedIn,
    activate,
    add_custodian,
    appoint_auditor,
    end_account,
    end_auditor,
    end_office,
    give_office,
    invite,
    reset,
    sign_in,
)
from conductdesk.people.models import Account, AccountState, OfficeHolding
from conductdesk.people.queries import (
    auditors,
    holders,
    names_by_pseudonym,
    officers,
    viewer_of,
)
from conductdesk.people.rules import NewPerson
from conductdesk.refusal import Refused
from conductdesk.vault.keystore import Keystore
from tests.actions.people_steps import (
    ADMIN,
    CHEAP,
    Hands,
    attempt,
    begin_log,
    person,
    ready,
    setup,
    stop_clock,
    types_in_log,
)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch) -> Hands:
    return stop_clock(monkeypatch)


@pytest.fixture
def ada(db: Session, keystore: Keystore, hands: Hands) -> Iterator[Activated]:
    begin_log(db)
    yield ready(db, keystore, hands)
    db.rollback()


@pytest.fixture
def grace(db: Session, keystore: Keystore, hands: Hands, ada: Activated) -> Activated:
    assert ada
    return ready(db, keystore, hands, "grace@example.org")


def make_liaison(db: Session, account: Account, place: int | None = None) -> OfficeHolding:
    """Put an account into the one office of these tests."""
    return give_office(db, account, scheme="wcc", office="liaison", actor=ADMIN, place=place)


def needed(_account_id: UUID) -> list[str]:
    """Somebody still needs them."""
    return ["They hold 1 open case that nobody else can open: hand it over first."]


def test_the_other_officers_of_the_scheme_are_told_that_somebody_came(
    db: Session, ada: Activated, grace: Activated
) -> None:
    told: list[tuple[UUID, Notice, str | None]] = []

    def queue_mail(_db: Session, account_id: UUID, notice: Notice, token: str | None) -> None:
        told.append((account_id, notice, token))

    make_liaison(db, ada.account)
    for office in ("chair", "deputy"):
        give_office(
            db, grace.account, scheme="wcc", office=office, actor=ADMIN, queue_mail=queue_mail
        )
    give_office(db, grace.account, scheme="bes", office="desk", actor=ADMIN, queue_mail=queue_mail)
    assert told == [(ada.account.id, Notice.OFFICE_GIVEN, None)] * 2


def test_holders_are_asked_in_the_order_of_their_places(
    db: Session, ada: Activated, grace: Activated
) -> None:
    make_liaison(db, ada.account, place=2)
    make_liaison(db, grace.account, place=1)
    db.commit()
    assert holders(db, "wcc", "liaison") == [grace.account, ada.account]
    assert holders(db, "wcc", "chair") == []
    assert holders(db, "bes", "liaison") == []
    assert officers(db, "wcc") == [("liaison", grace.account), ("liaison", ada.account)]


def test_a_holder_without_a_place_comes_last(db: Session, ada: Activated, grace: Activated) -> None:
    assert make_liaison(db, ada.account).place == 1
    assert make_liaison(db, grace.account).place == 2


def test_policy_hears_of_offices_and_schemes_audited(
    db: Session, ada: Activated, grace: Activated
) -> None:
    make_liaison(db, ada.account)
    appoint_auditor(db, grace.account, scheme="wcc", actor=ADMIN)
    assert viewer_of(db, ada.account).offices == {("wcc", "liaison")}
    assert viewer_of(db, grace.account).audits == {"wcc"}
    assert auditors(db, "wcc") == [grace.account]


def test_only_an_officer_with_a_published_key_fills_an_office(db: Session, ada: Activated) -> None:
    invited = invite(db, person("new@example.org"), actor=ADMIN).account
    custodian = add_custodian(db, person("custodian@example.org"), actor=ADMIN)
    for account in (invited, custodian):
        with pytest.raises(Refused, match="Only an officer with a published key"):
            make_liaison(db, account)


def test_an_administrator_fills_no_office(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    new = NewPerson("admin@example.org", "Alex", administrator=True)
    invited = invite(db, new, actor=ADMIN)
    activate_with(db, keystore, hands, invited.token)
    with pytest.raises(Refused, match="never reads a case"):
        make_liaison(db, invited.account)
    with pytest.raises(Refused, match="never reads a case"):
        appoint_auditor(db, invited.account, scheme="wcc", actor=ADMIN)


def activate_with(db: Session, keystore: Keystore, hands: Hands, token: str) -> None:
    """Activate an account by its link."""
    activate(db, keystore, token, setup(hands), cost=CHEAP)


def test_nobody_audits_the_scheme_whose_office_they_hold(
    db: Session, ada: Activated, grace: Activated
) -> None:
    make_liaison(db, ada.account)
    with pytest.raises(Refused, match="from outside"):
        appoint_auditor(db, ada.account, scheme="wcc", actor=ADMIN)
    appoint_auditor(db, ada.account, scheme="bes", actor=ADMIN)
    appoint_auditor(db, grace.account, scheme="wcc", actor=ADMIN)
    with pytest.raises(Refused, match="from outside"):
        make_liaison(db, grace.account)


def test_an_office_is_given_once_and_ends_once(db: Session, hands: Hands, ada: Activated) -> None:
    holding = make_liaison(db, ada.account)
    with pytest.raises(Refused, match="already"):
        make_liaison(db, ada.account)
    end_office(db, holding, actor=ADMIN)
    db.commit()
    assert holders(db, "wcc", "liaison") == []
    with pytest.raises(Refused, match="already"):
        end_office(db, holding, actor=ADMIN)
    hands.pass_by(timedelta(days=1))
    assert make_liaison(db, ada.account).place == 1


def test_an_auditor_is_appointed_once_and_ends_once(db: Session, ada: Activated) -> None:
    appointment = appoint_auditor(db, ada.account, scheme="wcc", actor=ADMIN)
    with pytest.raises(Refused, match="already"):
        appoint_auditor(db, ada.account, scheme="wcc", actor=ADMIN)
    end_auditor(db, appointment, actor=ADMIN)
    assert auditors(db, "wcc") == []
    with pytest.raises(Refused, match="already"):
        end_auditor(db, appointment, actor=ADMIN)


def test_leaving_waits_until_every_open_case_has_another_holder(
    db: Session, ada: Activated
) -> None:
    holding = make_liaison(db, ada.account)
    with pytest.raises(Refused, match="hand it over first"):
        end_office(db, holding, actor=ADMIN, blockers=needed)
    with pytest.raises(Refused, match="hand it over first"):
        end_account(db, ada.account, actor=ADMIN, blockers=needed)
    assert holders(db, "wcc", "liaison") == [ada.account]


def test_an_ended_account_holds_nothing_and_opens_nothing(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    make_liaison(db, ada.account)
    appoint_auditor(db, ada.account, scheme="bes", actor=ADMIN)
    typed = attempt(hands, ada.account)
    end_account(db, ada.account, actor=ADMIN)
    db.commit()
    assert ada.account.state == AccountState.ENDED
    assert viewer_of(db, ada.account).offices == frozenset()
    assert viewer_of(db, ada.account).audits == frozenset()
    assert ada.account.wrapped_private_key is None
    assert not isinstance(sign_in(db, keystore, typed), SignedIn)
    with pytest.raises(Refused):
        end_account(db, ada.account, actor=ADMIN)
    with pytest.raises(Refused):
        reset(db, ada.account, actor=ADMIN)


def test_the_last_administrator_stays(
    db: Session, keystore: Keystore, hands: Hands, ada: Activated
) -> None:
    first = invite(db, NewPerson("a@example.org", "Alex", administrator=True), actor=ADMIN)
    second = invite(db, NewPerson("b@example.org", "Blair", administrator=True), actor=ADMIN)
    activate_with(db, keystore, hands, first.token)
    # As an earlier version let people be added; whoever cannot sign in is no second one.
    add_custodian(db, NewPerson("c@example.org", "Cus"), actor=ADMIN).administrator = True
    with pytest.raises(Refused, match="last administrator"):
        end_account(db, first.account, actor=ADMIN)
    activate_with(db, keystore, hands, second.token)
    end_account(db, first.account, actor=ADMIN)


def test_a_holder_whose_reset_waits_receives_nothing_new(db: Session, ada: Activated) -> None:
    make_liaison(db, ada.account)
    reset(db, ada.account, actor=ADMIN)
    assert holders(db, "wcc", "liaison") == []


def test_each_act_leaves_one_entry_that_names_no_person(db: Session, ada: Activated) -> None:
    before = len(types_in_log(db))
    end_office(db, make_liaison(db, ada.account), actor=ADMIN)
    end_auditor(db, appoint_auditor(db, ada.account, scheme="bes", actor=ADMIN), actor=ADMIN)
    assert types_in_log(db)[before:] == [
        "office.given",
        "office.ended",
        "auditor.appointed",
        "auditor.ended",
    ]
    assert names_by_pseudonym(db, [ada.account.pseudonym, "unknown"]) == {
        ada.account.pseudonym: "Ada Example"
    }
