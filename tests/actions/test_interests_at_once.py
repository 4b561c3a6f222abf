"""Whoever declares an interest steps away at once from every open case that it touches."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conductdesk.audit.models import INSTALLATION
from conductdesk.cases.actions.appointing import appoint
from conductdesk.cases.actions.attesting import attest
from conductdesk.cases.actions.recovering import open_recovery
from conductdesk.cases.actions.rerouting import recuse
from conductdesk.cases.actions.tending import tend
from conductdesk.cases.queries import facts_of, visible_by_id
from conductdesk.db import Database
from conductdesk.participants.actions.declaring import declare as note
from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused
from conductdesk.vault.models import Compartment
from conductdesk.vault.recovery import combine
from tests.actions.closing_steps import closed, types_of, verified
from tests.actions.interest_steps import BARNABY, declare, naming, seats, to_officer
from tests.actions.joining_steps import joined
from tests.cast import Cast, a_concern


def note_only(cast: Cast, who: str, declared: Declared = BARNABY) -> None:
    """Let a tie be known without anybody stepping away, as from a register that was filled later."""
    note(cast.db, cast.keystore, actor=cast.viewer(who), declared=declared)
    cast.db.commit()


@pytest.mark.both_backends
def test_they_are_off_every_open_case_that_names_the_person_and_on_the_others(
    cast: Cast, any_database: Database
) -> None:
    touched = [cast.attested(), cast.received(naming("Mr Barnaby James Thistlewood"))]
    other = cast.attested(naming("Ulysses Invented-Nowhere"))
    assert declare(cast, "liaison") == 2
    for case in touched:
        assert visible_by_id(cast.db, cast.viewer("liaison"), case.id) is None
        assert not any(cast.keys(case, "liaison").holds(part) for part in Compartment)
        assert seats(cast, case) == {"chair": "handler", "outside": "alternate"}
        assert types_of(cast, case).count("officer.recused") == 1
    assert seats(cast, other)["liaison"] == "handler"
    assert verified(cast).status == verified(cast, INSTALLATION).status == "VERIFIED-UNANCHORED"


def test_what_follows_is_sealed_under_new_epochs(cast: Cast) -> None:
    case = cast.attested()
    declare(cast, "liaison")
    tend(cast.db, cast.keystore, cast.viewer("chair"), cast["chair"].keyring)
    cast.db.commit()
    assert cast.keys(case, "chair").epochs(Compartment.INTERNAL)[-1].epoch == 2
    assert cast.keys(case, "chair").holds_every_epoch(Compartment.INTERNAL)


def test_a_tie_to_an_officer_who_is_named_counts_the_same(cast: Cast) -> None:
    case = cast.attested(naming("Whoever sits there", "chair"))
    assert declare(cast, "outside", to_officer(cast, "chair")) == 1
    assert cast["outside"].id in facts_of(cast.db, case).barred


@pytest.mark.both_backends
def test_they_leave_the_cases_that_are_joined_too(cast: Cast, any_database: Database) -> None:
    into, case = joined(cast, people=naming("Rosamund Tidewell").people)
    assert declare(cast, "liaison", Declared(InterestKind.OTHER, "Rosamund Tidewell")) == 2
    for one in (into, case):
        assert cast["liaison"].id in facts_of(cast.db, one).barred
    assert verified(cast).status == "VERIFIED-UNANCHORED"


def test_a_tie_to_the_reporter_takes_nobody_off_for_that_would_tell_who_it_is(cast: Cast) -> None:
    case = cast.attested()
    assert declare(cast, "liaison", Declared(InterestKind.FRIEND, "Marigold Ashdown")) == 0
    assert seats(cast, case)["liaison"] == "handler"


def test_a_closed_case_stays_as_it_is(cast: Cast) -> None:
    case = closed(cast)
    assert declare(cast, "liaison") == 0
    assert cast["liaison"].id not in facts_of(cast.db, case).barred


def test_nobody_is_taken_off_where_the_declaration_is_refused(cast: Cast) -> None:
    case = cast.attested()
    with pytest.raises(Refused):
        declare(cast, "liaison", to_officer(cast, "liaison"))
    cast.db.rollback()
    assert seats(cast, case)["liaison"] == "handler"


def test_a_seat_that_falls_free_goes_to_nobody_who_is_tied(cast: Cast) -> None:
    note_only(cast, "outside")
    case = cast.attested(naming("Barnaby Thistlewood"))
    assert "outside" not in seats(cast, case)
    later = cast.attested(naming("Ulysses Invented-Nowhere"))
    note_only(cast, "outside", replace(BARNABY, name="Ulysses Invented-Nowhere"))
    cast.let("liaison", later, recuse)
    assert seats(cast, later) == {"chair": "handler"}


def test_nobody_who_is_tied_is_appointed(cast: Cast) -> None:
    case = cast.triaged()
    note_only(cast, "investigator")
    with pytest.raises(Refused, match="tied to somebody named"):
        cast.let(
            "liaison",
            case,
            appoint,
            account_id=cast["investigator"].id,
            capacity=Capacity.INVESTIGATOR,
        )


def test_the_recovery_key_lets_in_nobody_who_is_tied(cast: Cast) -> None:
    case = cast.received()
    note_only(cast, "deputy")
    with pytest.raises(Refused, match="tied to somebody named"):
        open_recovery(
            cast.db,
            cast.keystore,
            case_name=case.code_name,
            email=cast["deputy"].account.email,
            private_key=combine(*cast.recovery.parts[:2]),
            parts=(1, 2),
            custodians=("custodian1@cast.example", "custodian2@cast.example"),
        )


def test_whoever_is_tied_cannot_say_that_they_have_no_conflict(cast: Cast) -> None:
    case = cast.received(a_concern())
    note_only(cast, "liaison")
    with pytest.raises(Refused, match="Step away"):
        cast.let("liaison", case, attest)
    cast.db.rollback()
    cast.let("liaison", case, recuse)
    assert seats(cast, case)["chair"] == "handler"
