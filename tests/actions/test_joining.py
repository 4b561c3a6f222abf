"""A case joins another about the same matter, and is looked into there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from conductdesk import clock
from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.corresponding import write_as_reporter
from conductdesk.cases.actions.holding import begin_hold
from conductdesk.cases.actions.joining import join_case
from conductdesk.cases.actions.parting import undo_joining
from conductdesk.cases.actions.reopening import reopen_case
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.actions.settling import record_agreement
from conductdesk.cases.actions.writing import write_to_reporter
from conductdesk.cases.clocks import running_clocks, start_clock_until
from conductdesk.cases.closing_acts import Agreement, Hold, HoldBegun, Reason
from conductdesk.cases.concern import Part, PersonNamed
from conductdesk.cases.joined import can_be_undone
from conductdesk.cases.models import Case, Message
from conductdesk.cases.needs import Route
from conductdesk.cases.standing import move_facts
from conductdesk.db import Database
from conductdesk.notices.models import OutboxRow
from conductdesk.refusal import Refused
from tests.actions.closing_steps import bring_in, close, closed, types_of, verified
from tests.actions.inquiry_steps import investigating
from tests.actions.joining_steps import SAME, join, joined, names, two
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def last_said(cast: Cast, case: Case, kind: str) -> str:
    """Return what the newest entry of a type says, to the handler."""
    found = entries_of_case(cast.db, "wcc", case.pseudonym, newest_first=True)
    entry = next(one for one in found if one.type == kind)
    detail = cast.keys(case, "liaison").open_detail(entry) or {}
    return str(detail["said"])


def test_a_joined_case_says_so_and_both_cases_say_why(cast: Cast, any_database: Database) -> None:
    into, case = joined(cast)
    assert case.joined_to == into.id
    assert case.state == "triaged"
    assert "case.joined" in types_of(cast, case)
    assert "case.took_in" in types_of(cast, into)
    for one, kind, other in ((case, "case.joined", into), (into, "case.took_in", case)):
        said = last_said(cast, one, kind)
        assert other.code_name in said
        assert "Respondent A did the same to both." in said
    assert verified(cast).status == "VERIFIED-UNANCHORED"


def test_its_people_are_copied_and_nobody_twice(cast: Cast, any_database: Database) -> None:
    people = (
        PersonNamed("barnaby  thistlewood", Part.RESPONDENT),
        PersonNamed("Clement Ravenscroft", Part.RESPONDENT),
        PersonNamed("Olive Quillfeather", Part.WITNESS),
    )
    into, _case = joined(cast, people=people)
    assert names(cast, into) == {
        "Respondent A": "Barnaby Thistlewood",
        "Respondent B": "Clement Ravenscroft",
        "Witness A": "Olive Quillfeather",
    }


def test_what_is_owed_to_its_reporter_goes_on_and_the_rest_stops(
    cast: Cast, any_database: Database
) -> None:
    into, case = two(cast)
    moment = clock.now()
    start_clock_until(cast.db, case, "report", at=moment, until=moment)
    join(cast, case, into)
    assert {one.name for one in running_clocks(cast.db, case)} == {"feedback"}


def test_it_cannot_be_looked_into_twice(cast: Cast, any_database: Database) -> None:
    into, case = joined(cast)
    agreement = Agreement("They talk.", "Both", clock.now().date(), "Both said so.")
    for act, given in (
        (begin_carrying_out, {}),
        (record_agreement, {"agreement": agreement}),
        (begin_hold, {"hold": HoldBegun(Hold.POLICE, "They asked.")}),
        (join_case, {"into": into, "reason": SAME}),
    ):
        with pytest.raises(Refused):
            cast.let("liaison", case, act, **given)
        cast.db.rollback()


def test_its_mailbox_works_and_reaches_the_same_people(cast: Cast, any_database: Database) -> None:
    _into, case = joined(cast)
    cast.db.query(OutboxRow).delete()
    sent = write_as_reporter(cast.db, case, cast.reporter_keys(case), text="It went on.")
    cast.db.commit()
    assert set(cast.db.scalars(select(OutboxRow.account_id))) == {
        cast["liaison"].id,
        cast["chair"].id,
    }
    assert cast.keys(case, "liaison").open(Message.body, sent) == "It went on."
    cast.let("liaison", case, write_to_reporter, text="Thank you.")


def test_it_closes_by_itself_after_the_other_one(cast: Cast, any_database: Database) -> None:
    into = cast.triaged(Route.ADVICE)
    case = cast.triaged()
    join(cast, case, into)
    assert "the case that this one is joined to" in move_facts(cast.db, case).open_items
    with pytest.raises(Refused, match="not closed yet"):
        cast.let("liaison", case, begin_carrying_out)
    cast.db.rollback()
    cast.db.query(OutboxRow).delete()
    cast.let("liaison", into, begin_carrying_out)
    close(cast, into)
    told = set(cast.db.scalars(select(OutboxRow.account_id).where(OutboxRow.case_id == case.id)))
    assert cast["liaison"].id in told
    cast.let("liaison", case, begin_carrying_out)
    close(cast, case)
    assert case.state == "closed"
    assert verified(cast).status == "VERIFIED-UNANCHORED"


def test_only_whoever_is_in_charge_of_both_joins_them(cast: Cast, any_database: Database) -> None:
    into, case = two(cast)
    join(cast, case, into, "chair")
    assert case.joined_to == into.id
    other = cast.triaged()
    cast.let("liaison", other, find_conflict, leaving=cast["chair"].account)
    more = cast.triaged()
    for who, refused_on in (("chair", other), ("lead", other)):
        with pytest.raises(Refused):
            join(cast, more, refused_on, who)
        cast.db.rollback()


def test_a_hold_comes_first(cast: Cast, any_database: Database) -> None:
    into, case = two(cast)
    cast.let("liaison", case, begin_hold, hold=HoldBegun(Hold.POLICE, "They asked."))
    with pytest.raises(Refused, match="same hold on the other case first"):
        join(cast, case, into)
    cast.db.rollback()
    cast.let("liaison", into, begin_hold, hold=HoldBegun(Hold.POLICE, "They asked."))
    join(cast, case, into)


def test_what_does_not_fit_is_refused(cast: Cast, any_database: Database) -> None:
    into, case = joined(cast)
    late, early, begun = closed(cast), cast.acknowledged(), investigating(cast)
    fresh = cast.triaged()
    for one, other, sentence in (
        (fresh, late, "not reported on yet"),
        (fresh, fresh, "not reported on yet"),
        (fresh, case, "not reported on yet"),
        (early, into, "not possible now"),
        (begun, into, "not possible now"),
        (into, fresh, "Join the other case to this one"),
    ):
        with pytest.raises(Refused, match=sentence):
            join(cast, one, other)
        cast.db.rollback()
    join(cast, fresh, begun)


def test_it_is_undone_while_nothing_else_happened(cast: Cast, any_database: Database) -> None:
    into, case = two(cast, people=(PersonNamed("Clement Ravenscroft", Part.RESPONDENT),))
    moment = clock.now()
    start_clock_until(cast.db, case, "report", at=moment, until=moment)
    join(cast, case, into)
    assert len(names(cast, into)) == 2
    assert can_be_undone(cast.db, case)
    cast.let("liaison", case, undo_joining, reason=Reason("It was another Thistlewood."))
    assert case.joined_to is None
    assert names(cast, into) == {"Respondent A": "Barnaby Thistlewood"}
    assert {one.name for one in running_clocks(cast.db, case)} == {"feedback", "report"}
    assert types_of(cast, into)[-1] == types_of(cast, case)[-1] == "joining.undone"
    assert verified(cast).status == "VERIFIED-UNANCHORED"


@pytest.mark.parametrize("where", ["there", "here", "another joined"])
def test_it_is_not_undone_once_something_happened(
    cast: Cast, any_database: Database, where: str
) -> None:
    into, case = joined(cast)
    if where == "another joined":
        join(cast, cast.triaged(), into)
    else:
        one = into if where == "there" else case
        cast.let("liaison", one, write_to_reporter, text="We go on.")
    assert not can_be_undone(cast.db, case)
    with pytest.raises(Refused, match="They stay joined"):
        cast.let("liaison", case, undo_joining, reason=SAME)
    cast.db.rollback()


def test_a_case_that_is_reopened_goes_its_own_way(cast: Cast, any_database: Database) -> None:
    into = cast.triaged(Route.ADVICE)
    case = cast.triaged()
    join(cast, case, into)
    for one in (into, case):
        cast.let("liaison", one, begin_carrying_out)
        close(cast, one)
    bring_in(cast, case, "deputy")
    cast.let("deputy", case, reopen_case, reason=SAME)
    assert case.joined_to is None
    assert not move_facts(cast.db, case).joined
