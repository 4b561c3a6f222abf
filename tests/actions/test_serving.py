"""Notice and reply: a respondent is told, and has their say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.investigating import open_investigation, set_terms
from conductdesk.cases.actions.serving import record_no_reply, record_reply, serve_notice
from conductdesk.cases.acts import NewAllegation, NoReply, NoticeServed, ReplyReceived
from conductdesk.cases.clocks import running_clocks
from conductdesk.cases.days import noon_of, today
from conductdesk.cases.inquiry import last_notice, papers_of
from conductdesk.cases.models import RespondentPaper
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import due, local_day
from conductdesk.vault.keys import NotGranted
from tests.actions import inquiry_steps as steps
from tests.actions.inquiry_steps import in_days
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def test_a_notice_starts_the_time_to_reply_that_the_pack_gives(db: Session, cast: Cast) -> None:
    case = steps.investigating(cast)
    steps.serve(cast, case)
    notice = last_notice(db, case, steps.party(db, case))
    assert notice is not None
    expected = due(noon_of(today()), cast.pack.clocks["reply"], "ENG")
    assert notice.reply_by == expected
    assert expected in {one.due_at for one in running_clocks(db, case) if one.name == "reply"}
    type_, pub, detail = steps.newest(cast, case)
    assert type_ == "notice.served"
    assert pub == {"allegations": ["A"], "reply_by": local_day(expected).isoformat()}
    assert detail["party"] == "Respondent A"


@pytest.mark.parametrize("hold", ["safeguarding_hold_since", "police_pause_since"])
def test_nobody_is_served_while_agencies_or_the_police_ask_to_wait(cast: Cast, hold: str) -> None:
    case = steps.investigating(cast)
    setattr(case, hold, clock.now())
    with pytest.raises(Refused, match="on hold"):
        steps.serve(cast, case)


def test_a_notice_is_served_in_the_past_but_not_before_the_concern(db: Session, cast: Cast) -> None:
    case = steps.investigating(cast)
    for day, sentence in (
        (today() + timedelta(days=1), "has not come yet"),
        (today() - timedelta(days=1), "before the concern"),
    ):
        with pytest.raises(Refused, match=sentence):
            cast.let(
                "investigator",
                case,
                serve_notice,
                notice=NoticeServed(steps.party(db, case), day, "It is said."),
            )


def test_a_person_against_whom_nothing_is_alleged_is_not_served(cast: Cast) -> None:
    case = cast.triaged(concern=steps.two_respondents())
    allegation = NewAllegation(steps.party(cast.db, case), "2", "Told a third person.")
    cast.let("liaison", case, set_terms, terms=steps.some_terms(allegation))
    steps.seat(cast, case, "investigator")
    cast.let("liaison", case, open_investigation)
    with pytest.raises(Refused, match="no allegation against this person"):
        steps.serve(cast, case, "Respondent B")


def test_no_reply_is_recorded_only_when_the_time_is_over(db: Session, cast: Cast) -> None:
    case = steps.investigating(cast)
    steps.serve(cast, case)
    silent = NoReply(steps.party(db, case), "Two letters and a call.")
    keys, actor = cast.keys(case, "investigator"), cast.viewer("investigator")
    with pytest.raises(Refused, match="may reply until"):
        record_no_reply(db, case, keys, actor=actor, no_reply=silent)
    with in_days(30):
        record_no_reply(db, case, keys, actor=actor, no_reply=silent)
        db.commit()
        with pytest.raises(Refused, match="on record already"):
            record_no_reply(db, case, keys, actor=actor, no_reply=silent)
    assert steps.newest(cast, case)[0] == "reply.none"
    assert "reply" not in {one.name for one in running_clocks(db, case)}


def test_a_reply_needs_a_notice_and_cannot_come_before_it(db: Session, cast: Cast) -> None:
    case = steps.investigating(cast)
    with pytest.raises(Refused, match="Record the notice"):
        steps.reply(cast, case)
    steps.serve(cast, case)
    with pytest.raises(Refused, match="before the notice"):
        cast.let(
            "investigator",
            case,
            record_reply,
            reply=ReplyReceived(steps.party(db, case), today() - timedelta(days=1), "No."),
        )


def test_a_reply_is_sealed_for_those_who_inquire_and_not_for_the_reporter(
    db: Session, cast: Cast
) -> None:
    case = steps.investigating(cast)
    steps.serve(cast, case)
    steps.reply(cast, case)
    paper = papers_of(db, case)[-1]
    assert cast.keys(case, "decision_maker").open(RespondentPaper.body, paper) == "I told nobody."
    with pytest.raises(NotGranted):
        cast.reporter_keys(case).open(RespondentPaper.body, paper)


def test_the_time_to_reply_runs_until_the_last_respondent_was_heard(
    db: Session, cast: Cast
) -> None:
    case = steps.investigating(cast, ("Respondent A", "Respondent B"))
    for alias in ("Respondent A", "Respondent B"):
        steps.serve(cast, case, alias)
    steps.reply(cast, case, "Respondent A")
    assert "reply" in {one.name for one in running_clocks(db, case)}
    steps.reply(cast, case, "Respondent B")
    assert "reply" not in {one.name for one in running_clocks(db, case)}
