"""What an officer declares keeps them away from whatever concern names that person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from conductdesk import clock
from conductdesk.audit.models import INSTALLATION, LogEntry
from conductdesk.cases.actions.receiving import draw_up
from conductdesk.cases.days import today
from conductdesk.cases.models import Barrier
from conductdesk.cases.queries import facts_of, visible_by_id
from conductdesk.db import Database
from conductdesk.hooks import departed
from conductdesk.notices.models import OutboxRow
from conductdesk.participants.actions.declaring import take_back
from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.participants.models import Interest, RoutingIndex
from conductdesk.people.actions.leaving import end_account
from conductdesk.people.actions.offices import give_office
from conductdesk.policy import SYSTEM
from conductdesk.refusal import Refused
from conductdesk.routing.rules import Why
from conductdesk.vault.models import Compartment
from conductdesk.vault.receipts import Receipt
from tests.actions.closing_steps import verified
from tests.actions.interest_steps import (
    BARNABY,
    declare,
    declared,
    end_last,
    naming,
    seats,
    to_officer,
)
from tests.actions.register_steps import statements
from tests.cast import Cast

WITHOUT_LIAISON = {"chair": "handler", "outside": "alternate"}
AS_USUAL = {"liaison": "handler", "chair": "alternate"}


@pytest.mark.both_backends
def test_a_concern_that_names_them_never_reaches_whoever_declared_a_tie(
    cast: Cast, any_database: Database
) -> None:
    assert declare(cast, "liaison") == 0
    case = cast.received(naming("Thistlewood, Barnaby"))
    assert seats(cast, case) == WITHOUT_LIAISON
    assert facts_of(cast.db, case).barred == {cast["liaison"].id}
    assert visible_by_id(cast.db, cast.viewer("liaison"), case.id) is None
    assert not any(cast.keys(case, "liaison").holds(part) for part in Compartment)
    told = {one.account_id for one in cast.db.query(OutboxRow).filter_by(case_id=case.id)}
    assert cast["liaison"].id not in told
    barrier = cast.db.query(Barrier).filter_by(case_id=case.id).one()
    assert cast.keys(case, "chair").open(Barrier.why, barrier) == Why.TIED
    assert verified(cast).status == verified(cast, INSTALLATION).status == "VERIFIED-UNANCHORED"


def test_another_name_changes_nothing(cast: Cast) -> None:
    declare(cast, "liaison")
    assert seats(cast, cast.received(naming("Ulysses Invented-Nowhere"))) == AS_USUAL


@pytest.mark.both_backends
def test_what_was_taken_back_counts_no_more(cast: Cast, any_database: Database) -> None:
    declare(cast, "liaison")
    end_last(cast, "liaison")
    assert seats(cast, cast.received()) == AS_USUAL
    assert [one.counts(today()) for one in declared(cast, "liaison")] == [False]
    with pytest.raises(Refused, match="back already"):
        end_last(cast, "liaison")
    declare(cast, "liaison")
    assert seats(cast, cast.received()) == WITHOUT_LIAISON
    assert verified(cast, INSTALLATION).status == "VERIFIED-UNANCHORED"


def test_a_tie_counts_on_its_last_day_and_not_on_the_next(cast: Cast) -> None:
    last = today() + timedelta(days=3)
    declare(cast, "liaison", replace(BARNABY, until=last))
    for days, expected in ((0, WITHOUT_LIAISON), (3, WITHOUT_LIAISON), (4, AS_USUAL)):
        with clock.at(clock.now() + timedelta(days=days)):
            assert seats(cast, cast.received()) == expected, days


def test_a_concern_about_an_officer_never_reaches_whoever_declared_a_tie_to_them(
    cast: Cast,
) -> None:
    declare(cast, "liaison", to_officer(cast, "chair"))
    by_office = cast.received(naming("The one in the chair", "chair"))
    by_name = cast.received(naming("Caspian Underhollow"))
    assert seats(cast, by_office) == {"outside": "handler"}
    assert facts_of(cast.db, by_office).barred == {cast["liaison"].id, cast["chair"].id}
    assert seats(cast, by_name) == WITHOUT_LIAISON
    assert seats(cast, cast.received(naming("Somebody Else", "committee"))) == AS_USUAL


def test_an_officer_of_another_scheme_is_no_business_of_this_one(cast: Cast) -> None:
    declare(cast, "outsider")
    assert facts_of(cast.db, cast.received()).barred == frozenset()
    give_office(cast.db, cast["outsider"].account, scheme="wcc", office="liaison", actor="system")
    cast.db.commit()
    assert facts_of(cast.db, cast.received()).barred == {cast["outsider"].id}


def test_nobody_else_can_read_what_was_declared(cast: Cast) -> None:
    declare(cast, "liaison")
    (kept,) = declared(cast, "liaison")
    assert kept.declared == BARNABY
    row, index = cast.db.query(Interest).one(), cast.db.query(RoutingIndex).all()
    stored = [row.about, *(bytes(one) for each in index for one in (each.token, each.facts))]
    assert not any(word in one for word in (b"Thistlewood", b"family") for one in stored)
    cast.members["liaison"].keyring = cast["chair"].keyring
    (kept,) = declared(cast, "liaison")
    assert kept.declared is None
    assert kept.counts(today())


def test_the_log_says_that_something_was_declared_and_not_what(cast: Cast) -> None:
    declare(cast, "liaison")
    end_last(cast, "liaison")
    log = cast.db.query(LogEntry).filter_by(log_id=INSTALLATION).order_by(LogEntry.idx).all()
    for entry, kind in zip(log[-2:], (b"interest.declared", b"interest.ended"), strict=True):
        assert kind in entry.entry
        assert cast["liaison"].account.pseudonym.encode() in entry.entry
        assert b"Thistlewood" not in entry.entry


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (Declared(InterestKind.FRIEND, "  "), "Write the name"),
        (replace(BARNABY, since=today() + timedelta(days=2)), "not come yet"),
        (replace(BARNABY, until=today() - timedelta(days=2)), "is over"),
    ],
)
def test_what_makes_no_sense_is_refused(cast: Cast, wrong: Declared, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        declare(cast, "liaison", wrong)


def test_the_same_person_is_declared_once(cast: Cast) -> None:
    declare(cast, "liaison")
    with pytest.raises(Refused, match="already"):
        declare(cast, "liaison", Declared(InterestKind.FRIEND, "Dr Barnaby Thistlewood"))


def test_nobody_declares_a_tie_to_themselves(cast: Cast) -> None:
    with pytest.raises(Refused, match="own name"):
        declare(cast, "liaison", to_officer(cast, "liaison"))


def test_nobody_takes_back_what_somebody_else_declared(cast: Cast) -> None:
    declare(cast, "liaison")
    of_liaison = declared(cast, "liaison")[0].id
    with pytest.raises(Refused, match="no such declaration of yours"):
        take_back(cast.db, actor=cast.viewer("chair"), interest_id=of_liaison)
    assert declared(cast, "chair") == []


def test_what_was_declared_is_forgotten_with_the_account(cast: Cast) -> None:
    declare(cast, "liaison")
    account = cast["liaison"].account
    gone = partial(departed, cast.db, cast.keystore, SYSTEM)
    end_account(cast.db, account, actor="system", departed=gone)
    cast.db.commit()
    assert cast.db.query(RoutingIndex).count() == 0
    assert cast.db.query(Interest).one().ended_at is not None
    assert verified(cast, INSTALLATION).status == "VERIFIED-UNANCHORED"


@pytest.mark.both_backends
def test_the_same_statements_are_sent_for_a_declared_name_and_for_an_invented_one(
    cast: Cast, any_database: Database
) -> None:
    declare(cast, "liaison")
    sent: dict[str, list[str]] = {}
    for name in ("Ulysses Invented-Nowhere", BARNABY.name):
        draw_up(cast.db, cast.keystore, cast.pack, naming(name), Receipt.mint())  # warm
        with statements(cast) as sent[name]:
            draw_up(cast.db, cast.keystore, cast.pack, naming(name), Receipt.mint())
    first, second = sent.values()
    assert first == second
    assert sum("routing_index" in one for one in first) == 1


def test_an_administrator_declares_nothing(cast: Cast) -> None:
    with pytest.raises(Refused, match="may be given a case"):
        declare(cast, "administrator")
