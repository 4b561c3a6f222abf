"""After closure the reporter is asked, on set days, whether anybody treats them badly."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from conductdesk.cases.actions.following_up import (
    QUESTION,
    ask_check_in,
    check_ins_of,
    due_check_ins,
    end_aftercare,
    is_asked,
    start_aftercare,
)
from conductdesk.cases.actions.linking import answer_no
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.jobs import ask_due_check_ins, remind_handlers
from conductdesk.cases.models import NEVER, Case, Message
from conductdesk.db import Database
from conductdesk.notices.models import OutboxRow
from conductdesk.refusal import Refused
from tests.actions.closing_steps import (
    by_pack,
    clock_of,
    closed,
    let_worker,
    pub_of,
    types_of,
    verified,
)
from tests.actions.people_steps import Hands
from tests.cast import Cast

pytestmark = pytest.mark.both_backends

OVER = Reason("She asked us not to write any more.")


@pytest.fixture
def case(cast: Cast, hands: Hands) -> Case:
    case = closed(cast)
    start(cast, case)
    return case


def start(cast: Cast, case: Case) -> None:
    cast.let("liaison", case, start_aftercare)


def end(cast: Cast, case: Case) -> None:
    keys = cast.keys(case, "liaison")
    end_aftercare(cast.db, case, keys, reason=OVER, **by_pack(cast, case, "liaison"))
    cast.db.commit()


def questions(cast: Cast, case: Case) -> list[str]:
    keys = cast.reporter_keys(case)
    asked = select(Message).where(Message.case_id == case.id, Message.kind == "check_in")
    return [keys.open(Message.body, message) for message in cast.db.scalars(asked)]


def test_check_ins_are_planned_from_closure(cast: Cast, case: Case) -> None:
    assert case.state == "aftercare"
    assert [one.days for one in check_ins_of(cast.db, case)] == [14, 30, 90, 180]
    first = check_ins_of(cast.db, case)[0]
    assert clock_of(cast, case, "check_in").due_at == first.due_at == case.next_due_at
    assert pub_of(cast, case, "aftercare.begun")["days"] == ["14", "30", "90", "180"]
    assert verified(cast).problem is None


def test_the_job_asks_each_question_once_without_any_key(
    cast: Cast, case: Case, hands: Hands, database: Database
) -> None:
    let_worker(cast, ask_due_check_ins, database, cast.keystore)
    assert questions(cast, case) == []
    hands.pass_by(timedelta(days=15))
    for _again in range(2):
        let_worker(cast, ask_due_check_ins, database, cast.keystore)
    assert questions(cast, case) == [QUESTION]
    assert clock_of(cast, case, "check_in").due_at == check_ins_of(cast.db, case)[1].due_at
    hands.pass_by(timedelta(days=16))
    let_worker(cast, ask_due_check_ins, database, cast.keystore)
    assert questions(cast, case) == [QUESTION] * 2
    assert types_of(cast, case)[-2:] == ["check_in.asked"] * 2
    assert pub_of(cast, case, "check_in.asked") == {"days": 30}
    assert verified(cast).problem is None


def test_what_was_missed_is_asked_in_one_question(
    cast: Cast, case: Case, hands: Hands, database: Database
) -> None:
    hands.pass_by(timedelta(days=100))
    let_worker(cast, ask_due_check_ins, database, cast.keystore)
    assert len(questions(cast, case)) == 1
    assert all(is_asked(cast.db, one) for one in due_check_ins(cast.db, case))


def test_the_handler_asks_on_the_day_and_not_before(cast: Cast, case: Case, hands: Hands) -> None:
    first, keys = check_ins_of(cast.db, case)[0], cast.keys(case, "liaison")
    actor = cast.viewer("liaison")
    with pytest.raises(Refused, match="is due on"):
        ask_check_in(cast.db, case, keys, actor=actor, check_in_id=first.id)
    hands.pass_by(timedelta(days=15))
    ask_check_in(cast.db, case, keys, actor=actor, check_in_id=first.id)
    cast.db.commit()
    with pytest.raises(Refused, match="asked already"):
        ask_check_in(cast.db, case, keys, actor=actor, check_in_id=first.id)


def test_an_answer_ends_the_waiting(
    cast: Cast, case: Case, hands: Hands, database: Database
) -> None:
    hands.pass_by(timedelta(days=15))
    answer_no(cast.db, case, cast.reporter_keys(case))
    cast.db.commit()
    let_worker(cast, ask_due_check_ins, database, cast.keystore)
    assert questions(cast, case) == []
    assert due_check_ins(cast.db, case) == []
    assert clock_of(cast, case, "check_in").due_at == check_ins_of(cast.db, case)[1].due_at


def test_one_answer_is_for_every_question_that_is_due(cast: Cast, case: Case, hands: Hands) -> None:
    hands.pass_by(timedelta(days=100))
    answer_no(cast.db, case, cast.reporter_keys(case))
    cast.db.commit()
    assert due_check_ins(cast.db, case) == []
    assert pub_of(cast, case, "check_in.answered") == {"days": 90}
    with pytest.raises(Refused, match="already"):
        answer_no(cast.db, case, cast.reporter_keys(case))


def test_aftercare_ends_with_a_reason_and_asks_no_more(
    cast: Cast, case: Case, hands: Hands, database: Database
) -> None:
    end(cast, case)
    assert case.state == "closed"
    assert case.next_due_at == NEVER
    hands.pass_by(timedelta(days=200))
    let_worker(cast, ask_due_check_ins, database, cast.keystore)
    assert questions(cast, case) == []
    assert types_of(cast, case)[-1] == "aftercare.ended"
    assert verified(cast).problem is None


def test_aftercare_that_begins_late_asks_the_last_question_it_missed(
    cast: Cast, hands: Hands
) -> None:
    case = closed(cast)
    hands.pass_by(timedelta(days=40))
    start(cast, case)
    assert [one.days for one in check_ins_of(cast.db, case)] == [30, 90, 180]


def test_aftercare_that_begins_again_goes_on_where_it_ended(
    cast: Cast, case: Case, hands: Hands
) -> None:
    end(cast, case)
    hands.pass_by(timedelta(days=20))
    start(cast, case)
    assert [one.days for one in check_ins_of(cast.db, case)] == [14, 30, 90, 180]


def test_an_open_case_has_no_aftercare(cast: Cast) -> None:
    case = cast.triaged()
    with pytest.raises(Refused, match="not possible now"):
        start(cast, case)


def reminders(cast: Cast) -> int:
    return cast.db.query(OutboxRow).filter_by(account_id=cast["liaison"].id).count()


def test_a_handler_is_reminded_of_an_overdue_clock_once_a_day(
    cast: Cast, hands: Hands, database: Database
) -> None:
    cast.acknowledged()
    hands.pass_by(timedelta(days=2))
    cast.db.query(OutboxRow).update({"sent_at": hands.moment})
    cast.db.commit()
    let_worker(cast, remind_handlers, database)
    before = reminders(cast)
    hands.pass_by(timedelta(days=10))
    for _hour in range(3):
        let_worker(cast, remind_handlers, database)
        cast.db.query(OutboxRow).update({"sent_at": hands.moment})
        cast.db.commit()
        hands.pass_by(timedelta(hours=1))
    assert reminders(cast) == before + 1
    hands.pass_by(timedelta(days=1))
    let_worker(cast, remind_handlers, database)
    assert reminders(cast) == before + 2
