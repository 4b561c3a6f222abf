"""A story for the spy of `test_action_entries`: officers answer auditors."""

from __future__ import annotations

from conductdesk import clock
from conductdesk.cases.actions.answering_auditors import answer_auditor
from conductdesk.cases.actions.shutting_out import shut_former_out
from conductdesk.cases.actions.widening import end_glass, refuse_glass
from conductdesk.cases.closing_acts import Reason
from conductdesk.cases.models import BreakGlass
from conductdesk.participants.interests import Declared, InterestKind
from conductdesk.people.actions.offices import end_auditor
from conductdesk.people.queries import audits_of
from conductdesk.review.actions.finding import ask_question
from conductdesk.review.actions.stepping_away import step_away
from tests.actions.audit_steps import (
    answer,
    asked_for_more,
    begun,
    found_in,
    let_read_more,
    proven,
)
from tests.actions.closing_steps import closed
from tests.actions.interest_steps import declare, naming
from tests.cast import Cast


def answer_auditors(cast: Cast) -> None:
    """Answer a question, prove a finding, refuse to open more, then open it for a week."""
    case = closed(cast)
    asked = cast.let("auditor", case, ask_question, words="Why so late?")
    cast.let("liaison", case, answer_auditor, question_id=asked.id, words="She was ill.")
    proven(cast, case)
    refused, no = asked_for_more(cast, case), Reason("The record says it.")
    cast.let("chair", case, refuse_glass, glass_id=refused, reason=no)
    glass = cast.db.get_one(BreakGlass, let_read_more(cast, case))
    with clock.at(glass.ends_at):
        end_glass(cast.db, case, cast.keys(case))
    cast.db.commit()
    cast.let("auditor", case, step_away)
    answer(cast, found_in(cast, begun(cast)))
    leave_them(cast)


def leave_them(cast: Cast) -> None:
    """Let an auditor find a tie of theirs in one case, and then cease to audit."""
    case, other = closed(cast, naming("Odo Quillfeather")), closed(cast)
    let_read_more(cast, case)
    declare(cast, "auditor", Declared(InterestKind.FAMILY, "Odo Quillfeather"))
    for appointed in audits_of(cast.db, cast["auditor"].account):
        end_auditor(cast.db, appointed, actor="system")
    shut_former_out(cast.db, other, cast.keys(other))
    cast.db.commit()
