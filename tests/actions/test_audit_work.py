"""Findings, questions and answers: sealed to the record, each act one entry, each by who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, select

from conductdesk.cases.actions.answering_auditors import (
    answer_auditor,
    prove_finding,
    reply_to_finding,
)
from conductdesk.cases.audit_acts import Reply, Verdict
from conductdesk.cases.models import AuditFinding, AuditQuestion, Case
from conductdesk.notices.models import OutboxRow
from conductdesk.refusal import Refused
from conductdesk.review.actions.finding import ask_question, make_finding, settle_finding
from tests.actions.audit_steps import SEEN, found, in_days, observed, proven, work
from tests.actions.closing_steps import closed, types_of, verified
from tests.cast import Cast

YES = Reply(accepted=True, words="We do.")


def refused(cast: Cast, who: str, case: Case, act: Callable[..., object], **given: Any) -> str:
    with pytest.raises(Refused) as error:
        cast.let(who, case, act, **given)
    cast.db.rollback()
    return str(error.value)


def mails(cast: Cast, who: str) -> int:
    waiting = select(OutboxRow).where(OutboxRow.account_id == cast[who].id)
    return len(cast.db.scalars(waiting).all())


@pytest.mark.both_backends
def test_a_finding_goes_from_observation_to_closed(cast: Cast) -> None:
    case = closed(cast)
    cast.db.execute(delete(OutboxRow))  # a mail that still waits is not doubled
    before = len(types_of(cast, case))
    made = proven(cast, case)
    face = work(cast, case).findings[0]
    assert (face.grade, face.owner, face.stage) == (
        "Minor",
        "Mentoring Liaison Officer",
        "Waits for the auditor",
    )
    assert (face.observation, face.reply, face.proof) == (
        SEEN,
        "We write it down now.",
        "See the new form.",
    )
    cast.let("auditor", case, settle_finding, finding_id=made, verdict=Verdict(True, "It is."))
    assert work(cast, case, "liaison").findings[0].stage == "Closed"
    assert types_of(cast, case)[before:] == [
        "audit.finding_made",
        "audit.finding_answered",
        "audit.finding_proven",
        "audit.finding_closed",
    ]
    assert (mails(cast, "liaison"), mails(cast, "auditor")) == (1, 1)
    assert verified(cast).problem is None


def test_a_proof_that_is_not_enough_is_sent_back(cast: Cast) -> None:
    case = closed(cast)
    made = proven(cast, case)
    cast.let("auditor", case, settle_finding, finding_id=made, verdict=Verdict(False, "Where?"))
    assert work(cast, case).findings[0].stage == "Waits for a proof"
    cast.let("liaison", case, prove_finding, finding_id=made, proof="Page 3.")
    assert work(cast, case).findings[0].stage == "Waits for the auditor"


def test_a_finding_waits_for_each_step_in_turn(cast: Cast) -> None:
    case = closed(cast)
    made = found(cast, case)
    about = {"finding_id": made}
    verdict = Verdict(True, "It is.")
    assert "no proof" in refused(cast, "auditor", case, settle_finding, verdict=verdict, **about)
    assert "Reply" in refused(cast, "liaison", case, prove_finding, proof="There.", **about)
    cast.let("liaison", case, reply_to_finding, reply=YES, **about)
    assert "already" in refused(cast, "liaison", case, reply_to_finding, reply=YES, **about)
    cast.let("liaison", case, prove_finding, proof="There.", **about)
    assert "already" in refused(cast, "liaison", case, prove_finding, proof="There.", **about)
    cast.let("auditor", case, settle_finding, verdict=verdict, **about)
    assert "closed" in refused(cast, "auditor", case, settle_finding, verdict=verdict, **about)


def test_a_finding_is_for_an_office_that_can_read_it_and_for_a_day_to_come(cast: Cast) -> None:
    case = closed(cast)
    for changes, sentence in (
        ({"owner": "safeguarding"}, "somebody on the case"),
        ({"due_on": in_days(-1)}, "This day is over"),
    ):
        said = observed(**changes)
        assert sentence in refused(cast, "auditor", case, make_finding, observed=said)
    for changes in ({"observation": " "}, {"recommendation": ""}, {"grade": "red"}):
        with pytest.raises(Refused):
            observed(**changes)


def test_a_question_is_answered_once_and_by_an_officer_in_charge(cast: Cast) -> None:
    case = closed(cast)
    before, mailed = len(types_of(cast, case)), mails(cast, "auditor")
    asked = cast.let("auditor", case, ask_question, words="Why so late?")
    about = {"question_id": asked.id, "words": "She was ill."}
    assert "in charge" in refused(cast, "outsider", case, answer_auditor, **about)
    cast.let("chair", case, answer_auditor, **about)
    assert "already" in refused(cast, "liaison", case, answer_auditor, **about)
    face = work(cast, case).questions[0]
    assert (face.words, face.answer) == ("Why so late?", "She was ill.")
    assert face.answered_by == "Caspian Underhollow"
    assert types_of(cast, case)[before:] == ["audit.question_asked", "audit.question_answered"]
    assert mails(cast, "auditor") == mailed + 1


def test_nobody_else_may_write_for_an_auditor_or_for_an_office(cast: Cast) -> None:
    case = closed(cast)
    made = found(cast, case)
    for who in ("liaison", "outsider", "administrator"):
        assert "auditor" in refused(cast, who, case, make_finding, observed=observed())
        assert "auditor" in refused(cast, who, case, ask_question, words="Why?")
    for who in ("auditor", "outsider", "lead"):
        assert refused(cast, who, case, reply_to_finding, finding_id=made, reply=YES)


def test_an_officer_who_knows_the_names_cannot_write_them_to_an_auditor(cast: Cast) -> None:
    case = closed(cast)
    made = found(cast, case)
    asked = cast.let("auditor", case, ask_question, words="Why so late?").id
    named = Reply(accepted=True, words="Barnaby was away, and Ms Ashdown did not answer.")
    said = refused(cast, "liaison", case, reply_to_finding, finding_id=made, reply=named)
    assert "Respondent A and the reporter" in said
    words = {"question_id": asked, "words": "Barnaby Thistlewood was away."}
    assert "Respondent A" in refused(cast, "liaison", case, answer_auditor, **words)
    cast.let("liaison", case, reply_to_finding, finding_id=made, reply=YES)
    proof = {"finding_id": made, "proof": "Ask Marigold."}
    assert "the reporter" in refused(cast, "liaison", case, prove_finding, **proof)


def test_nothing_of_it_stands_in_the_database_in_clear(cast: Cast) -> None:
    case = closed(cast)
    proven(cast, case)
    cast.let("auditor", case, ask_question, words=SEEN)
    rows = [*cast.db.scalars(select(AuditFinding)), *cast.db.scalars(select(AuditQuestion))]
    held = b"".join(
        value for row in rows for value in vars(row).values() if isinstance(value, bytes)
    )
    assert len(held) > 400
    for word in (b"zinnwaldite", b"write it down", b"new form"):
        assert word not in held
    assert "no key" in work(cast, case, "outsider").findings[0].observation
