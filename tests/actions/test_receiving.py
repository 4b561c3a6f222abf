"""A concern is received by the right people, by nobody else, and once."""

from __future__ import annotations

import pytest

from conductdesk.cases import codenames
from conductdesk.cases.actions.receiving import receive
from conductdesk.cases.concern import Answer, Concern, Mode, Part, PersonNamed
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.cases.models import Reporter
from conductdesk.cases.queries import facts_of, seats_of, visible_by_id
from conductdesk.notices.models import OutboxRow
from conductdesk.people.actions.inviting import add_custodian
from conductdesk.people.queries import custodians
from conductdesk.people.rules import NewPerson
from conductdesk.vault.keys import NotGranted
from conductdesk.vault.models import Compartment
from tests.cast import Cast, a_concern

pytestmark = pytest.mark.both_backends


def test_the_liaison_officer_is_in_charge_and_the_chair_is_the_alternate(cast: Cast) -> None:
    case = cast.received()
    seats = {(cast.who(seat.account_id), seat.capacity) for seat in seats_of(cast.db, case)}
    assert seats == {("liaison", "handler"), ("chair", "alternate")}


def test_a_named_liaison_officer_is_kept_out_before_anyone_is_told(cast: Cast) -> None:
    named = PersonNamed("Isolde B.", Part.RESPONDENT, offices=("liaison",))
    case = cast.received(a_concern(people=(named,)))
    seats = {(cast.who(seat.account_id), seat.capacity) for seat in seats_of(cast.db, case)}
    assert seats == {("chair", "handler"), ("outside", "alternate")}
    assert cast["liaison"].id in facts_of(cast.db, case).barred
    assert visible_by_id(cast.db, cast.viewer("liaison"), case.id) is None
    told = {row.account_id for row in cast.db.query(OutboxRow).filter_by(case_id=case.id)}
    assert told == {cast["chair"].id, cast["outside"].id}
    assert not cast.keys(case, "liaison").holds(Compartment.INTAKE)


@pytest.mark.parametrize("answer", [Answer.YES, Answer.NOT_SURE])
def test_a_child_or_a_not_sure_reaches_the_safeguarding_lead_in_parallel(
    cast: Cast, answer: Answer
) -> None:
    case = cast.received(a_concern(at_risk=answer))
    seats = {cast.who(seat.account_id): seat.capacity for seat in seats_of(cast.db, case)}
    assert seats["lead"] == "safeguarding"
    assert cast.keys(case, "lead").holds(Compartment.IDENTITY)


def test_where_nobody_is_left_the_custodians_are_told_and_the_recovery_key_holds_the_case(
    cast: Cast,
) -> None:
    named = PersonNamed("All of them", Part.RESPONDENT, offices=("liaison", "chair", "outside"))
    case = cast.received(a_concern(people=(named,)))
    assert seats_of(cast.db, case) == []
    assert cast.db.query(OutboxRow).filter_by(notice="custodians").count() == 3


def test_a_custodian_who_is_named_is_not_told_that_a_recovery_is_needed(cast: Cast) -> None:
    others = {one.id for one in custodians(cast.db)}
    person = NewPerson("keeper@cast.example", "Hortensia Quillfeather")
    keeper = add_custodian(cast.db, person, actor="system")
    cast.db.commit()
    nobody = PersonNamed("All of them", Part.RESPONDENT, offices=("liaison", "chair", "outside"))
    named = PersonNamed("Hortensia Quilfeather", Part.WITNESS)
    case = cast.received(a_concern(people=(nobody, named)))
    told = {row.account_id for row in cast.db.query(OutboxRow).filter_by(notice="custodians")}
    assert told == others
    assert keeper.id in facts_of(cast.db, case).barred


def test_sending_the_same_receipt_twice_makes_one_case(cast: Cast) -> None:
    case = cast.received()
    again = receive(cast.db, cast.keystore, cast.pack, a_concern(), cast.receipts[case.id])
    assert again.id == case.id


def test_the_original_words_open_to_the_handler_and_to_nobody_without_a_grant(cast: Cast) -> None:
    case = cast.received()
    row = cast.db.query(ConcernRow).filter_by(case_id=case.id).one()
    said = Concern.from_json(cast.keys(case, "liaison").open(ConcernRow.answers, row))
    assert said.account == a_concern().account
    assert not said.identity
    for who in ("investigator", "auditor", "administrator", "outsider"):
        with pytest.raises(NotGranted):
            cast.keys(case, who).open(ConcernRow.answers, row)


def test_the_reporter_reads_their_own_words_but_not_what_the_officers_note(cast: Cast) -> None:
    case = cast.received()
    keys = cast.reporter_keys(case)
    assert keys.holds(Compartment.INTAKE)
    assert not any(keys.holds(part) for part in Compartment if part is not Compartment.INTAKE)


def test_an_anonymous_reporter_leaves_no_identity_at_all(cast: Cast) -> None:
    case = cast.received(a_concern(mode=Mode.ANONYMOUS))
    assert cast.db.query(Reporter).filter_by(case_id=case.id).one().identity is None


def test_no_two_cases_ever_share_a_code_name(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codenames, "FIRST", ("amber",))
    monkeypatch.setattr(codenames, "SECOND", ("fox",))
    names = {cast.received().code_name for _each in range(40)}
    assert len(names) == 40
