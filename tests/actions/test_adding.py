"""Whoever is added as a party, or tied to them, or reports to them, never hears of it."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from conductdesk.cases.actions.adding import add_party
from conductdesk.cases.actions.appointing import appoint, candidates
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.concern import Part
from conductdesk.cases.models import Case, Party
from conductdesk.cases.queries import facts_of, visible_by_id
from conductdesk.cases.ties import tied_to_case
from conductdesk.notices.models import OutboxRow
from conductdesk.people.actions.offices import give_office
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.seal import SealBrokenError
from tests.actions.closing_steps import pub_of, types_of, verified
from tests.actions.interest_steps import declare, naming, seats, to_officer
from tests.actions.joining_steps import joined
from tests.cast import Cast
from tests.changed_packs import Values, put_in_force

COMMITTEE = {"investigator", "decision_maker", "appeal_body"}


def add(cast: Cast, case: Case, name: str, *not_meant: str, who: str = "liaison") -> Party:
    """Let a member add a respondent."""
    part = Part.RESPONDENT
    return cast.let(who, case, add_party, name=name, part=part, not_meant=not_meant)


def add_officer(cast: Cast, case: Case, meant: str) -> Party:
    """Let the liaison add another member of the cast."""
    return add(cast, case, cast[meant].account.name)


def barred(cast: Cast, case: Case) -> set[str]:
    return {cast.who(one) for one in facts_of(cast.db, case).barred}


def told(cast: Cast, case: Case) -> set[UUID]:
    rows = select(OutboxRow.account_id).where(OutboxRow.case_id == case.id)
    return set(cast.db.scalars(rows))


def committee_reports_to_the_chair(values: Values) -> None:
    office = next(one for one in values["offices"] if one["key"] == "committee")
    office["reports_to"] = "chair"


@pytest.fixture
def below_the_chair(cast: Cast) -> Cast:
    put_in_force(cast, committee_reports_to_the_chair)
    return cast


@pytest.mark.both_backends
def test_an_officer_who_is_added_as_a_party_is_off_the_case_at_once(cast: Cast) -> None:
    case = cast.acknowledged()
    before = cast.keys(case, "chair")
    party = add_officer(cast, case, "chair")
    assert seats(cast, case) == {"liaison": "handler", "outside": "alternate"}
    assert visible_by_id(cast.db, cast.viewer("chair"), case.id) is None
    for keys, error in ((before, SealBrokenError), (cast.keys(case, "chair"), NotGranted)):
        with pytest.raises(error):
            keys.open(Party.name, party)
    chair = cast["chair"].account
    assert cast.keys(case, "liaison").open(Party.name, party) == chair.name
    said = pub_of(cast, case, "party.added")
    assert said == {"part": "respondent", "kept_away": [chair.pseudonym]}
    assert types_of(cast, case).count("party.added") == 1
    assert "conflict.found" not in types_of(cast, case)
    assert verified(cast).problem is None


def test_a_name_that_resembles_an_officers_means_them_unless_it_is_said_not_to(cast: Cast) -> None:
    family = cast["chair"].account.name.split()[-1]
    another = cast.acknowledged()
    add(cast, another, f"Xanthe {family}", "chair")
    assert seats(cast, another) == {"liaison": "handler", "chair": "alternate"}
    assert barred(cast, another) == set()
    case = cast.acknowledged()
    add(cast, case, f"Xanthe {family}")
    assert barred(cast, case) == {"chair"}


def test_who_is_added_by_what_their_post_is_called_is_the_officer(cast: Cast) -> None:
    case = cast.acknowledged()
    add(cast, case, "our chairwoman")
    assert barred(cast, case) == {"chair"}


def test_whoever_adds_themselves_steps_away(cast: Cast) -> None:
    case = cast.acknowledged()
    party = add_officer(cast, case, "liaison")
    assert seats(cast, case) == {"chair": "handler", "outside": "alternate"}
    assert not cast.keys(case, "liaison").holds(Party.name.property.columns[0].info["compartment"])
    assert cast.keys(case, "chair").open(Party.name, party) == cast["liaison"].account.name
    assert verified(cast).problem is None


def test_nobody_who_must_not_know_is_told_on_the_way(cast: Cast) -> None:
    declare(cast, "chair", to_officer(cast, "outside"))
    case = cast.acknowledged()
    cast.db.query(OutboxRow).delete()
    add_officer(cast, case, "outside")
    assert seats(cast, case) == {"liaison": "handler"}
    assert barred(cast, case) == {"chair", "outside"}
    assert told(cast, case).isdisjoint({cast["chair"].id, cast["outside"].id})


def test_a_custodian_who_is_added_is_not_told_that_a_recovery_is_needed(cast: Cast) -> None:
    case = cast.acknowledged()
    add(cast, case, "Somebody Number")  # the family name of the cast's custodians
    for who in ("outside", "chair", "liaison"):
        add_officer(cast, case, who)
    assert seats(cast, case) == {}
    assert cast.db.query(OutboxRow).filter_by(notice="custodians").count() == 0


def test_an_officer_added_to_a_joined_case_is_kept_from_the_other_one(cast: Cast) -> None:
    into, case = joined(cast)
    add_officer(cast, into, "chair")
    assert barred(cast, into) == barred(cast, case) == {"chair"}
    assert types_of(cast, case)[-1] == "conflict.found"
    assert visible_by_id(cast.db, cast.viewer("chair"), case.id) is None


def test_whoever_was_tied_and_is_named_now_counts_as_named(below_the_chair: Cast) -> None:
    cast = below_the_chair
    case = cast.acknowledged()
    cast.let("liaison", case, find_conflict, leaving=cast["chair"].account)
    assert barred(cast, case) == {"chair"}
    add_officer(cast, case, "chair")
    assert barred(cast, case) == {"chair", *COMMITTEE}


def test_whoever_reports_to_an_officer_who_is_added_is_kept_away_too(below_the_chair: Cast) -> None:
    cast = below_the_chair
    case = cast.triaged()
    given = {"account_id": cast["investigator"].id, "capacity": Capacity.INVESTIGATOR}
    cast.let("liaison", case, appoint, **given)
    add_officer(cast, case, "chair")
    assert "investigator" not in seats(cast, case)
    assert barred(cast, case) == {"chair", *COMMITTEE}


@pytest.mark.parametrize("way", ["named at intake", "added later"])
def test_whoever_comes_to_report_to_somebody_named_gets_no_seat(
    below_the_chair: Cast, way: str
) -> None:
    """BES S1: a concern about the most senior goes past everyone who reports to them."""
    cast = below_the_chair
    chair = cast["chair"].account.name
    case = cast.triaged(concern=naming(chair, "chair") if way == "named at intake" else None)
    if way == "added later":
        add_officer(cast, case, "chair")
    newcomer = cast["outsider"].account
    give_office(cast.db, newcomer, scheme="wcc", office="committee", actor="system")
    cast.db.commit()
    keys = cast.keys(case, "liaison")
    offered = candidates(cast.db, case, keys, cast.pack, Capacity.INVESTIGATOR)
    assert newcomer.id not in {one.account_id for one in offered}
    assert newcomer.id in tied_to_case(cast.db, case, keys)
    given = {"account_id": newcomer.id, "capacity": Capacity.INVESTIGATOR}
    with pytest.raises(Refused, match="tied to somebody named"):
        cast.let("liaison", case, appoint, **given)
