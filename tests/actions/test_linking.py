"""Being treated badly for telling: a linked case at once, kept from whoever may be doing it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from conductdesk.cases.actions.following_up import check_ins_of, start_aftercare
from conductdesk.cases.actions.linking import (
    TREATED_BADLY,
    YES,
    BadTreatment,
    answer_no,
    answer_yes,
    report_bad_treatment,
)
from conductdesk.cases.actions.receiving import case_of_receipt
from conductdesk.cases.actions.rerouting import find_conflict
from conductdesk.cases.concern import Answer, Concern, Mode, Part, PersonNamed
from conductdesk.cases.faces.closing import closing_of
from conductdesk.cases.faces.history import history_of
from conductdesk.cases.models import Case, Document, Message, Party
from conductdesk.cases.models import Concern as ConcernRow
from conductdesk.cases.queries import facts_of, seats_of
from conductdesk.notices.models import OutboxRow
from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.people.actions.offices import end_office, give_office
from conductdesk.people.queries import offices_of
from conductdesk.policy import Capacity
from conductdesk.refusal import Refused
from conductdesk.vault.receipts import Receipt
from tests.actions.closing_steps import (
    bring_in,
    closed,
    pub_of,
    stop_clock_after,
    types_of,
    verified,
)
from tests.actions.interest_steps import declare
from tests.actions.people_steps import Hands
from tests.cast import Cast, a_concern

pytestmark = pytest.mark.both_backends

THE_LIAISON = PersonNamed("Isolde", Part.RESPONDENT, ("liaison",))
HIM = PersonNamed("Barnaby Thistlewood", Part.RESPONDENT)


@pytest.fixture
def hands(monkeypatch: pytest.MonkeyPatch, cast: Cast) -> Hands:
    return stop_clock_after(cast, monkeypatch)


@pytest.fixture
def asked(cast: Cast, hands: Hands) -> Case:
    """A closed case whose first check-in is due."""
    case = closed(cast)
    cast.let("liaison", case, start_aftercare)
    hands.pass_by(timedelta(days=15))
    cast.db.query(OutboxRow).delete()
    cast.db.commit()
    return case


def say_yes(cast: Cast, case: Case, account: str = "", *by: PersonNamed) -> Case:
    """Answer the check-in with yes, and return the linked case."""
    treatment = BadTreatment(Receipt.mint(), account, by)
    keys = cast.reporter_keys(case)
    linked = answer_yes(cast.db, cast.keystore, cast.pack, case, keys, treatment=treatment)
    cast.receipts[linked.id] = treatment.receipt
    cast.db.commit()
    return linked


def report(cast: Cast, case: Case, account: str = "He left me out.", *by: PersonNamed) -> Case:
    """Tell of it at any time, and return the linked case."""
    treatment = BadTreatment(Receipt.mint(), account, by)
    keys = cast.reporter_keys(case)
    linked = report_bad_treatment(
        cast.db, cast.keystore, cast.pack, case, keys, treatment=treatment
    )
    cast.receipts[linked.id] = treatment.receipt
    cast.db.commit()
    return linked


def seated(cast: Cast, case: Case) -> dict[str, str]:
    return {cast.who(seat.account_id): seat.capacity for seat in seats_of(cast.db, case)}


def kept_away(cast: Cast, case: Case) -> set[str]:
    return {cast.who(account_id) for account_id in facts_of(cast.db, case).barred}


def told(cast: Cast, case: Case) -> dict[str, str]:
    rows = cast.db.scalars(select(OutboxRow).where(OutboxRow.case_id == case.id))
    return {cast.who(row.account_id): row.notice for row in rows}


def thread(cast: Cast, case: Case) -> list[str]:
    keys = cast.reporter_keys(case)
    rows = cast.db.scalars(select(Message).where(Message.case_id == case.id))
    return [keys.open(Message.body, row) for row in rows]


def said(cast: Cast, case: Case) -> Concern:
    row = cast.db.scalars(select(ConcernRow).where(ConcernRow.case_id == case.id)).one()
    return Concern.from_json(cast.reporter_keys(case).open(ConcernRow.answers, row))


def test_a_yes_and_nothing_more_opens_a_linked_case(cast: Cast, asked: Case) -> None:
    linked = say_yes(cast, asked)
    assert (linked.linked_to, linked.state, linked.channel) == (asked.id, "received", "mailbox")
    assert said(cast, linked).account == YES
    assert seated(cast, linked) == {"liaison": "handler", "chair": "alternate"}
    assert check_ins_of(cast.db, asked)[0].answered_at is not None
    assert TREATED_BADLY in thread(cast, asked)
    assert told(cast, asked) == {"liaison": "urgent", "chair": "urgent"}
    assert set(told(cast, linked)) == {"liaison", "chair"}


def test_the_yes_and_the_case_it_opens_are_one_entry_each(cast: Cast, asked: Case) -> None:
    before = types_of(cast, asked)
    linked = say_yes(cast, asked)
    assert types_of(cast, asked) == [*before, "check_in.answered"]
    assert pub_of(cast, asked, "check_in.answered") == {"days": 14}
    assert [one for one in types_of(cast, linked) if one != "key.published"] == ["concern.received"]
    assert verified(cast).problem is None


def test_a_yes_that_is_not_kept_leaves_no_case_and_a_case_no_unanswered_question(
    cast: Cast, asked: Case
) -> None:
    before = cast.db.query(Case).count()
    answer_yes(
        cast.db,
        cast.keystore,
        cast.pack,
        asked,
        cast.reporter_keys(asked),
        treatment=BadTreatment(Receipt.mint()),
    )
    assert cast.db.query(Case).count() == before + 1
    cast.db.rollback()  # what a process leaves that is killed before it commits
    assert cast.db.query(Case).count() == before
    assert check_ins_of(cast.db, asked)[0].answered_at is None


def test_the_linked_case_has_a_receipt_of_its_own_and_a_trace(cast: Cast, asked: Case) -> None:
    linked = say_yes(cast, asked, "He stopped the meetings.", HIM)
    opened = case_of_receipt(cast.db, cast.receipts[linked.id])
    assert opened is linked
    assert case_of_receipt(cast.db, cast.receipts[asked.id]) is asked
    assert said(cast, linked).account == "He stopped the meetings."
    keys = cast.keys(linked, "liaison")
    rows = cast.db.scalars(select(Document).where(Document.case_id == linked.id)).all()
    traces = [json.loads(keys.open(Document.body, row)) for row in rows if row.kind == "routing"]
    assert [rule for rule, _words in traces[0]][:2] == ["handler", "alternate"]
    parties = cast.db.scalars(select(Party).where(Party.case_id == linked.id)).all()
    assert [keys.open(Party.name, one) for one in parties] == ["Barnaby Thistlewood"]


def test_an_officer_named_at_the_yes_gets_neither_the_case_nor_a_sign_of_it(
    cast: Cast, asked: Case
) -> None:
    linked = say_yes(cast, asked, "She shouted at me.", THE_LIAISON)
    assert "liaison" not in seated(cast, linked)
    assert "liaison" in kept_away(cast, linked)
    assert "liaison" not in told(cast, linked)
    assert TREATED_BADLY not in thread(cast, asked)


@pytest.mark.parametrize("at_check_in", [False, True])
def test_whoever_is_tied_to_the_person_named_gets_no_sign_of_it_in_the_first_case(
    cast: Cast, asked: Case, at_check_in: bool
) -> None:
    """And the mailbox, which its reporter sees, is the same for every name."""
    another = PersonNamed("Ottoline Voss", Part.RESPONDENT)
    declare(cast, "liaison", Declared(InterestKind.FAMILY, another.name))
    tell, shown = (say_yes if at_check_in else report), []
    for person in (another, PersonNamed("Nobody Known", Part.RESPONDENT)):
        before = types_of(cast, asked)
        linked = tell(cast, asked, "He left me out.", person)
        added = types_of(cast, asked)[len(before) :]
        shown.append((added, thread(cast, asked), told(cast, asked)))
        if person is another:
            assert "liaison" not in seated(cast, linked) | told(cast, linked)
        if at_check_in:
            for check_in in check_ins_of(cast.db, asked):
                check_in.answered_at = None
    assert shown[0] == shown[1]
    assert TREATED_BADLY not in thread(cast, asked)
    assert "urgent" not in told(cast, asked).values()


def test_in_the_first_case_a_yes_about_an_officer_looks_like_a_no(
    cast: Cast, asked: Case, hands: Hands
) -> None:
    def shows() -> tuple[object, ...]:
        keys = cast.keys(asked, "liaison")
        newest = history_of(cast.db, asked, keys)[0]
        says = closing_of(cast.db, asked, keys).check_ins[0].says
        return newest.title, newest.text, says, thread(cast, asked), told(cast, asked)

    answer_no(cast.db, asked, cast.reporter_keys(asked))
    after_no = shows()
    cast.db.rollback()
    say_yes(cast, asked, "She shouted at me.", THE_LIAISON)
    assert shows() == after_no
    assert told(cast, asked) == {"liaison": "update", "chair": "update"}


def test_whoever_was_named_in_the_first_case_is_kept_away(cast: Cast) -> None:
    named = PersonNamed("Caspian", Part.RESPONDENT, offices=("chair",))
    linked = report(cast, cast.received(a_concern(people=(named,))))
    assert "chair" in kept_away(cast, linked)
    assert "chair" not in seated(cast, linked)


def test_whoever_was_kept_from_the_first_case_later_is_kept_away(cast: Cast) -> None:
    case = cast.acknowledged()
    cast.let("liaison", case, find_conflict, leaving=cast["chair"].account)
    linked = report(cast, case)
    assert "chair" in kept_away(cast, linked)


def test_whoever_was_named_and_took_office_since_is_kept_away(cast: Cast, hands: Hands) -> None:
    named = PersonNamed("Gwendolen Farthingale", Part.RESPONDENT)
    case = cast.received(a_concern(people=(named,)))
    hands.pass_by(timedelta(days=1))
    take_over(cast, "outsider", "liaison")
    linked = report(cast, case)
    assert "outsider" in kept_away(cast, linked)
    assert seated(cast, linked)["chair"] == "handler"


def test_whoever_took_office_since_and_is_not_named_receives_it(cast: Cast, hands: Hands) -> None:
    case = cast.received()
    hands.pass_by(timedelta(days=1))
    take_over(cast, "outsider", "liaison")
    linked = report(cast, case)
    assert seated(cast, linked)["outsider"] == "handler"


def test_a_name_alike_of_whoever_has_attested_is_somebody_else(cast: Cast, hands: Hands) -> None:
    named = PersonNamed("Gwendolen Farthingale", Part.RESPONDENT)
    case = cast.acknowledged(a_concern(people=(named,)))
    hands.pass_by(timedelta(days=1))
    give_office(cast.db, cast["outsider"].account, scheme="wcc", office="committee", actor="system")
    cast.db.commit()
    bring_in(cast, case, "outsider", Capacity.SECOND)
    assert "outsider" not in kept_away(cast, report(cast, case))


def take_over(cast: Cast, who: str, office: str) -> None:
    """Let somebody follow the one who holds an office."""
    give_office(cast.db, cast[who].account, scheme="wcc", office=office, actor="system")
    for held in offices_of(cast.db, cast[office].account):
        end_office(cast.db, held, actor="system", departed=lambda *_given: None)
    cast.db.commit()


def test_it_is_told_at_any_time_and_the_first_case_hears_of_it(cast: Cast) -> None:
    case = cast.acknowledged(a_concern(mode=Mode.ANONYMOUS, at_risk=Answer.YES))
    linked = report(cast, case)
    assert types_of(cast, case)[-1] == "treatment.reported"
    assert TREATED_BADLY in thread(cast, case)
    assert (linked.reporter_mode, linked.at_risk) == ("anonymous", True)
    assert seated(cast, linked)["lead"] == "safeguarding"


def test_at_any_time_an_officer_who_is_named_learns_nothing_in_the_first_case(cast: Cast) -> None:
    case = cast.acknowledged()
    before = types_of(cast, case)
    linked = report(cast, case, "She shouted at me.", THE_LIAISON)
    assert types_of(cast, case) == before
    assert "liaison" not in seated(cast, linked)


def test_whoever_should_be_outside_is_outside_in_the_linked_case_too(cast: Cast) -> None:
    linked = report(cast, cast.acknowledged(a_concern(wants_outside=True)))
    assert seated(cast, linked)["outside"] == "outside"


def test_a_check_in_is_answered_once(cast: Cast, asked: Case) -> None:
    say_yes(cast, asked)
    with pytest.raises(Refused, match="already"):
        say_yes(cast, asked)
    with pytest.raises(Refused, match="already"):
        answer_no(cast.db, asked, cast.reporter_keys(asked))
