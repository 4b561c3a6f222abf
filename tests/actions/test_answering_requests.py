"""What is done about a request: everybody told, more time for a reason, refusal with reasons."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from conductdesk import clock
from conductdesk.cases.actions.carrying_out import begin_carrying_out, propose_waiver, prove_outcome
from conductdesk.cases.actions.corresponding import withdraw
from conductdesk.cases.actions.requesting import (
    extend_request,
    may_take_longer,
    refuse_request,
    tell_of_request,
    untold,
)
from conductdesk.cases.acts import OutcomeProven, WaiverProposed
from conductdesk.cases.days import today
from conductdesk.cases.faces.reporter import for_reporter
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import Case, Message, Outcome, Party, Telling
from conductdesk.cases.request_acts import Extension, RequestRefused, Told
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due, local_day
from tests.actions import inquiry_steps as steps
from tests.actions.closing_steps import clock_of, documents, pub_of, types_of
from tests.actions.request_steps import asked_for, give_triage, requested, short_triage
from tests.cast import Cast
from tests.changed_packs import every_kind, put_in_force


@pytest.fixture(autouse=True)
def every_kind_is_offered(cast: Cast) -> None:
    put_in_force(cast, every_kind)


def asked(cast: Cast, case: Case) -> Outcome:
    return outcomes_of(cast.db, case)[0]


def partners(cast: Cast, case: Case) -> list[Party]:
    return cast.db.query(Party).filter_by(case_id=case.id).order_by(Party.alias).all()


def tell(cast: Cast, case: Case, party: Party, told_on: date | None = None) -> None:
    told = Told(asked(cast, case).id, party.id, told_on or today(), "By telephone.")
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    tell_of_request(cast.db, case, keys, actor=actor, told=told)
    cast.db.commit()


def prove(cast: Cast, case: Case) -> None:
    proven = OutcomeProven(asked(cast, case).id, "Everybody knows.")
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    prove_outcome(cast.db, case, keys, actor=actor, proven=proven)
    cast.db.commit()


@pytest.mark.parametrize("kind", ["pause", "ending"])
def test_each_who_takes_part_is_told_and_so_is_the_receiving_officer(cast: Cast, kind: str) -> None:
    case = requested(cast, kind, "Barnaby Thistlewood", "Octavia Larkspur")
    tellings = cast.db.query(Telling).filter_by(case_id=case.id).all()
    assert [(one.office, one.told_on) for one in tellings] == [("liaison", case.received_at)]
    with pytest.raises(Refused, match="2 more of those who take part"):
        prove(cast, case)
    cast.db.rollback()
    first, second = partners(cast, case)
    tell(cast, case, first)
    assert pub_of(cast, case, "request.told") == {"not_told_yet": 1}
    assert [one.id for one in untold(cast.db, case, asked(cast, case))] == [second.id]
    with pytest.raises(Refused, match="1 more of those who take part"):
        prove(cast, case)
    cast.db.rollback()
    tell(cast, case, second)
    prove(cast, case)
    assert asked(cast, case).state == "done"
    assert types_of(cast, case).count("request.told") == 2


def test_nobody_is_told_twice_or_before_it_was_asked_for(cast: Cast) -> None:
    case = requested(cast, "ending")
    party = partners(cast, case)[0]
    with pytest.raises(Refused, match="before it was asked for"):
        tell(cast, case, party, today() - timedelta(days=1))
    cast.db.rollback()
    tell(cast, case, party)
    with pytest.raises(Refused, match="has not been told yet"):
        tell(cast, case, party)


def test_an_ending_without_anybody_else_in_it_is_not_done(cast: Cast) -> None:
    case = requested(cast, "ending")
    for party in partners(cast, case):
        party.part = "supporter"
    with pytest.raises(Refused, match="Add the others who take part"):
        prove(cast, case)
    cast.db.rollback()


def test_nobody_need_be_told_of_a_repairing(cast: Cast) -> None:
    case = requested(cast, "repairing")
    with pytest.raises(Refused, match="has not been told yet"):
        tell(cast, case, partners(cast, case)[0])
    cast.db.rollback()
    prove(cast, case)


def extend(cast: Cast, case: Case, until: date, **said: Any) -> None:
    given = {"reason": "There are nine boxes.", "message": "We need until then.", **said}
    extension = Extension(asked(cast, case).id, until, **given)
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    extend_request(cast.db, case, keys, pack=cast.pack, actor=actor, extension=extension)
    cast.db.commit()


def test_a_records_request_takes_longer_once_and_the_person_is_told_why(cast: Cast) -> None:
    case = requested(cast, "records")
    row, month = asked(cast, case), clock_of(cast, case, "records").due_at
    assert month == due(case.received_at, cast.pack.clocks["records"], "ENG")
    until = local_day(month) + timedelta(days=50)
    extend(cast, case, until)
    assert local_day(row.due_at) == until
    assert local_day(clock_of(cast, case, "records").due_at) == until
    assert "There are nine boxes." in documents(cast, case, "extension")[0]
    told = for_reporter(cast.db, case, cast.reporter_keys(case))
    assert told.thread[-1].text == "We need until then."
    assert pub_of(cast, case, "request.extended") == {"until": until.isoformat()}
    with pytest.raises(Refused, match="cannot take longer any more"):
        extend(cast, case, until + timedelta(days=5))


def test_more_than_two_months_are_not_to_be_had(cast: Cast) -> None:
    case = requested(cast, "records")
    month = local_day(clock_of(cast, case, "records").due_at)
    for until in (month, month + timedelta(days=70)):
        with pytest.raises(Refused, match="Give a day after"):
            extend(cast, case, until)
        cast.db.rollback()


@pytest.mark.parametrize(("lacking", "sentence"), [("reason", "Say why"), ("message", "Write a")])
def test_more_time_needs_a_reason_and_a_word_to_the_person(
    cast: Cast, lacking: str, sentence: str
) -> None:
    case = requested(cast, "records")
    until = local_day(clock_of(cast, case, "records").due_at) + timedelta(days=9)
    with pytest.raises(Refused, match=sentence):
        extend(cast, case, until, **{lacking: " "})


def test_whoever_is_late_cannot_take_more_time(cast: Cast) -> None:
    case = requested(cast, "records")
    month = clock_of(cast, case, "records").due_at
    with clock.at(month + timedelta(days=1)):
        assert not may_take_longer(cast.db, case, asked(cast, case))
        with pytest.raises(Refused, match="cannot take longer any more"):
            extend(cast, case, local_day(month) + timedelta(days=9))


def test_no_other_request_takes_longer(cast: Cast) -> None:
    case = requested(cast, "repairing")
    until = local_day(clock_of(cast, case, "repairing").due_at) + timedelta(days=9)
    with pytest.raises(Refused, match="cannot take longer"):
        extend(cast, case, until)


def refuse(cast: Cast, case: Case, *, whole: bool, **said: Any) -> None:
    given = {
        "what": "What others said.",
        "reasons": "It names others.",
        "message": "Sorry.",
        **said,
    }
    refused = RequestRefused(asked(cast, case).id, whole, **given)
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    refuse_request(cast.db, case, keys, actor=actor, refused=refused)
    cast.db.commit()


def test_a_part_of_a_records_request_is_refused_and_the_rest_stays_to_be_done(cast: Cast) -> None:
    case = requested(cast, "records")
    refuse(cast, case, whole=False)
    assert asked(cast, case).state == "open"
    words = documents(cast, case, "refusal")[0]
    assert "Refused: What others said." in words
    assert "Reasons: It names others." in words
    assert pub_of(cast, case, "request.refused") == {"whole": False}


def test_a_records_request_is_refused_as_a_whole_with_reasons(cast: Cast) -> None:
    case = requested(cast, "records")
    refuse(cast, case, whole=True)
    assert asked(cast, case).state == "refused"
    assert clock_of(cast, case, "records").met_at is None
    assert clock_of(cast, case, "records").dropped_at is not None
    assert cast.db.query(Message).filter_by(case_id=case.id).all()[-1].kind == "message"


@pytest.mark.parametrize("lacking", ["reasons", "message"])
def test_no_refusal_without_reasons_and_a_word_to_the_person(cast: Cast, lacking: str) -> None:
    case = requested(cast, "records")
    with pytest.raises(Refused):
        refuse(cast, case, whole=True, **{lacking: ""})


@pytest.mark.parametrize("kind", ["repairing", "pause", "ending", "notes"])
def test_there_is_no_ground_to_refuse_what_must_be_done(cast: Cast, kind: str) -> None:
    case = cast.acknowledged(asked_for(kind))
    give_triage(cast, case, short_triage(kind), owner_id=partners(cast, case)[0].id)
    cast.let("liaison", case, begin_carrying_out)
    with pytest.raises(Refused, match="no ground to refuse"):
        refuse(cast, case, whole=True)


def test_what_was_decided_is_no_request(cast: Cast) -> None:
    case = steps.carried(cast, "apology")
    with pytest.raises(Refused, match="it was decided"):
        refuse(cast, case, whole=True)


def test_a_request_is_given_up_only_where_the_person_takes_it_back(cast: Cast) -> None:
    case = requested(cast, "repairing")
    keys, actor = cast.keys(case, "liaison"), cast.viewer("liaison")
    waiver = WaiverProposed(asked(cast, case).id, "They get on again.")
    with pytest.raises(Refused, match="takes it back"):
        propose_waiver(cast.db, case, keys, actor=actor, waiver=waiver)
    cast.db.rollback()
    withdraw(cast.db, case, cast.reporter_keys(case), reason="We get on again.")
    propose_waiver(cast.db, case, keys, actor=actor, waiver=waiver)
    assert "outcome.waiver_proposed" in types_of(cast, case)
