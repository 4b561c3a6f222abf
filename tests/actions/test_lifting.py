"""Naming an office keeps away all who hold it; whoever was not meant is let in by two people."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from conductdesk.cases.actions.appointing import appoint
from conductdesk.cases.actions.lifting import TOLD, agree_lift, propose_lift
from conductdesk.cases.actions.linking import BadTreatment, report_bad_treatment
from conductdesk.cases.actions.proposing import refuse_proposal
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.barriers import kept_by_office
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.concern import Concern, Part, PersonNamed
from conductdesk.cases.inquiry import documents_of
from conductdesk.cases.models import Case, Document, DocumentKind, Message, Proposal
from conductdesk.cases.queries import facts_of, seats_of, visible_by_id
from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.people.actions.offices import end_office, give_office
from conductdesk.people.queries import offices_of
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused
from conductdesk.vault.receipts import Receipt
from tests.actions.closing_steps import types_of, verified
from tests.actions.interest_steps import declare
from tests.cast import Cast, _join, a_concern

pytestmark = pytest.mark.both_backends

WHY = Reason("She wrote that she means the other one.")


def naming(*offices: str, **changes: object) -> Concern:
    """A concern about somebody who holds *offices*."""
    person = PersonNamed("Isolde Brackenthwaite", Part.RESPONDENT, offices)
    return a_concern(people=(person,), **changes)


@pytest.fixture
def second_liaison(cast: Cast) -> str:
    """Somebody who holds the office of the liaison officer beside the first."""
    member = _join(cast.db, cast.keystore, "second_liaison", "Cordelia Winterbourne")
    give_office(cast.db, member.account, scheme="wcc", office="liaison", actor="system")
    cast.members["second_liaison"] = member
    cast.db.commit()
    return "second_liaison"


def kept(cast: Cast, case: Case) -> set[str]:
    """Return who is kept away."""
    return {cast.who(one) for one in facts_of(cast.db, case).barred}


def liftable(cast: Cast, case: Case, who: str = "chair") -> set[str]:
    """Return whom *who* sees as somebody who may not be meant."""
    return {cast.who(one.account_id) for one in kept_by_office(cast.db, case, cast.keys(case, who))}


def propose(cast: Cast, case: Case, whom: str, who: str = "chair") -> Proposal:
    return cast.let(who, case, propose_lift, account_id=cast[whom].id, reason=WHY)


def test_naming_an_office_keeps_away_all_who_hold_it(cast: Cast, second_liaison: str) -> None:
    case = cast.attested(naming("liaison"))
    assert kept(cast, case) == {"liaison", second_liaison}
    assert liftable(cast, case) == {"liaison", second_liaison}
    trace = documents_of(cast.db, case, DocumentKind.ROUTING)[0]
    words = [
        line for _rule, line in json.loads(cast.keys(case, "chair").open(Document.body, trace))
    ]
    expected = "Mentoring Liaison Officer: kept away, because an office that they hold was named."
    assert words.count(expected) == 2


def test_two_people_let_in_whoever_was_not_meant(cast: Cast, second_liaison: str) -> None:
    case = cast.attested(naming("liaison"))
    proposal = propose(cast, case, second_liaison)
    assert kept(cast, case) == {"liaison", second_liaison}
    cast.let("outside", case, agree_lift, proposal_id=proposal.id)
    assert kept(cast, case) == {"liaison"}
    assert types_of(cast, case)[-2:] == ["lift.proposed", "barrier.lifted"]
    assert {seat.capacity: cast.who(seat.account_id) for seat in seats_of(cast.db, case)} == {
        "handler": "chair",
        "alternate": "outside",
    }
    assert visible_by_id(cast.db, cast.viewer(second_liaison), case.id) is None
    assert verified(cast).problem is None


def test_the_reporter_is_told_that_the_page_is_not_right_any_more(
    cast: Cast, second_liaison: str
) -> None:
    case = cast.attested(naming("liaison"))
    cast.let("outside", case, agree_lift, proposal_id=propose(cast, case, second_liaison).id)
    messages = select(Message).where(Message.case_id == case.id).order_by(Message.sent_at.desc())
    newest = cast.db.scalars(messages.limit(1)).one()
    assert cast.reporter_keys(case).open(Message.body, newest) == TOLD
    assert newest.kind == "update"


def test_whoever_was_let_in_takes_a_seat_that_stands_empty(cast: Cast, second_liaison: str) -> None:
    case = cast.attested(naming("liaison", "chair"))
    assert [cast.who(seat.account_id) for seat in seats_of(cast.db, case)] == ["outside"]
    cast.let("outside", case, appoint, account_id=cast["deputy"].id, capacity=Capacity.SECOND)
    cast.let_attest(case, "deputy")
    proposal = propose(cast, case, second_liaison, "outside")
    cast.let("deputy", case, agree_lift, proposal_id=proposal.id)
    seats = {seat.capacity: seat for seat in seats_of(cast.db, case)}
    assert cast.who(seats["alternate"].account_id) == second_liaison
    assert seats["alternate"].attested_at is None


def test_the_last_who_holds_a_named_office_stays_kept_away(cast: Cast, second_liaison: str) -> None:
    case = cast.attested(naming("liaison"))
    cast.let("outside", case, agree_lift, proposal_id=propose(cast, case, second_liaison).id)
    assert liftable(cast, case) == set()
    with pytest.raises(Refused, match="stays kept away"):
        propose(cast, case, "liaison")


def test_who_alone_holds_a_named_office_stays_kept_away(cast: Cast) -> None:
    case = cast.attested(naming("liaison"))
    assert liftable(cast, case) == set()
    with pytest.raises(Refused, match="stays kept away"):
        propose(cast, case, "liaison")


def test_who_is_tied_stays_kept_away(cast: Cast, second_liaison: str) -> None:
    case = cast.attested()
    cast.let("liaison", case, find_conflict, leaving=cast[second_liaison].account)
    assert kept(cast, case) == {second_liaison}
    assert liftable(cast, case, "liaison") == set()
    with pytest.raises(Refused, match="stays kept away"):
        propose(cast, case, second_liaison, "liaison")


def test_two_named_offices_must_both_have_somebody_else(cast: Cast, second_liaison: str) -> None:
    account = cast[second_liaison].account
    give_office(cast.db, account, scheme="wcc", office="chair", actor="system")
    end_office(cast.db, offices_of(cast.db, cast["chair"].account)[0], actor="system")
    cast.db.commit()
    case = cast.attested(naming("liaison", "chair"))
    assert kept(cast, case) == {"liaison", second_liaison}
    assert liftable(cast, case, "outside") == {"liaison"}


def test_who_took_the_office_later_does_not_count_as_somebody_else(cast: Cast) -> None:
    case = cast.attested(naming("liaison"))
    give_office(cast.db, cast["outsider"].account, scheme="wcc", office="liaison", actor="system")
    cast.db.commit()
    assert liftable(cast, case) == set()


def linked_to(cast: Cast, case: Case, *by: PersonNamed) -> Case:
    """Return the case that is opened when the reporter says that somebody treats them badly."""
    treatment = BadTreatment(Receipt.mint(), "She shouted at me.", by)
    keys = cast.reporter_keys(case)
    linked = report_bad_treatment(
        cast.db, cast.keystore, cast.pack, case, keys, treatment=treatment
    )
    cast.receipts[linked.id] = treatment.receipt
    cast.db.commit()
    for seat in seats_of(cast.db, linked):
        cast.let_attest(linked, cast.who(seat.account_id))
    return linked


def test_a_linked_case_lets_in_whoever_was_not_meant_like_any_other(
    cast: Cast, second_liaison: str
) -> None:
    linked = linked_to(cast, cast.attested(naming("liaison")))
    assert kept(cast, linked) == {"liaison", second_liaison}
    assert liftable(cast, linked) == {"liaison", second_liaison}
    proposal = propose(cast, linked, second_liaison)
    cast.let("outside", linked, agree_lift, proposal_id=proposal.id)
    assert kept(cast, linked) == {"liaison"}
    assert liftable(cast, linked) == set()
    again = linked_to(cast, linked)
    assert (kept(cast, again), liftable(cast, again)) == ({"liaison"}, set())


def test_whoever_is_kept_from_the_first_case_for_another_reason_stays_kept_from_the_linked_one(
    cast: Cast, second_liaison: str
) -> None:
    tied = Declared(InterestKind.FAMILY, "Barnaby Thistlewood")
    him = PersonNamed(tied.name, Part.RESPONDENT)
    her = PersonNamed("Isolde Brackenthwaite", Part.RESPONDENT, ("liaison",))
    declare(cast, second_liaison, tied)
    first = cast.attested(a_concern(people=(him, her)))
    assert liftable(cast, first) == set()
    linked = linked_to(cast, first)
    assert (kept(cast, linked), liftable(cast, linked)) == ({"liaison", second_liaison}, set())
    other = cast.attested(naming("liaison"))
    assert liftable(cast, other) == {"liaison", second_liaison}
    assert liftable(cast, linked_to(cast, other, him)) == set()


def test_only_one_such_proposal_waits_at_a_time(cast: Cast, second_liaison: str) -> None:
    case = cast.attested(naming("liaison"))
    propose(cast, case, second_liaison)
    with pytest.raises(Refused, match="waits already"):
        propose(cast, case, "liaison")


def test_nobody_lets_somebody_in_alone(cast: Cast, second_liaison: str) -> None:
    case = cast.attested(naming("liaison"))
    proposal = propose(cast, case, second_liaison)
    with pytest.raises(Refused, match="own proposal"):
        cast.let("chair", case, agree_lift, proposal_id=proposal.id)
    cast.db.rollback()
    assert kept(cast, case) == {"liaison", second_liaison}


def test_whoever_is_kept_away_has_no_say(cast: Cast, second_liaison: str) -> None:
    case = cast.attested(naming("liaison"))
    with pytest.raises(Refused, match="Only the officer in charge"):
        propose(cast, case, second_liaison, "liaison")
    proposal = propose(cast, case, second_liaison)
    for who in ("liaison", second_liaison):
        with pytest.raises(Refused, match="Only a second person"):
            cast.let(who, case, agree_lift, proposal_id=proposal.id)
        cast.db.rollback()


def test_a_second_person_who_disagrees_leaves_it_as_it_is(cast: Cast, second_liaison: str) -> None:
    case = cast.attested(naming("liaison"))
    proposal = propose(cast, case, second_liaison)
    no = Reason("I know of no such message.")
    cast.let("outside", case, refuse_proposal, proposal_id=proposal.id, reason=no)
    assert kept(cast, case) == {"liaison", second_liaison}
    with pytest.raises(Refused, match="answered that proposal already"):
        cast.let("chair", case, agree_lift, proposal_id=proposal.id)
    cast.db.rollback()
    assert propose(cast, case, second_liaison).id != proposal.id
