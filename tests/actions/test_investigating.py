"""Terms, notes and report: the inquiry keeps to its order."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.investigating import add_note, open_investigation, set_terms
from conductdesk.cases.acts import NewAllegation, Terms
from conductdesk.cases.clocks import running_clocks
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import allegations_of, documents_of
from conductdesk.cases.models import Case, Document, DocumentKind
from conductdesk.refusal import Refused, Stale
from tests.actions import inquiry_steps as steps
from tests.cast import Cast

pytestmark = pytest.mark.both_backends


def test_terms_leave_allegations_with_letters_a_clock_and_one_entry(
    db: Session, cast: Cast
) -> None:
    case = cast.triaged()
    before = steps.count_entries(cast, case)
    allegation = NewAllegation(steps.party(db, case), "2", "Told a third person.")
    cast.let(
        "liaison",
        case,
        set_terms,
        terms=steps.some_terms(allegation, replace(allegation, clause="14")),
    )
    assert [one.letter for one in allegations_of(db, case)] == ["A", "B"]
    assert "report" in {one.name for one in running_clocks(db, case)}
    assert steps.count_entries(cast, case) == before + 1
    type_, pub, detail = steps.newest(cast, case)
    assert type_ == "terms.set"
    assert pub == {"allegations": 2, "added": ["A", "B"], "standard": "balance"}
    assert detail["allegations"] == ["A: Respondent A, clause 2", "B: Respondent A, clause 14"]


Changed = Callable[[Terms], Terms]
BAD_TERMS: dict[str, tuple[Changed, str]] = {
    "no allegation": (lambda terms: replace(terms, allegations=()), "at least one allegation"),
    "no questions": (lambda terms: replace(terms, questions=" "), "questions"),
    "no standard": (lambda terms: replace(terms, standard="hunch"), "standard of proof"),
    "a due date in the past": (
        lambda terms: replace(terms, due_on=today() - timedelta(days=1)),
        "This day is over",
    ),
    "a clause that is not there": (
        lambda terms: replace(terms, allegations=(replace(terms.allegations[0], clause="99"),)),
        "not part of the code",
    ),
    "no account": (
        lambda terms: replace(terms, allegations=(replace(terms.allegations[0], account=""),)),
        "what is said to have happened",
    ),
    "a stranger": (
        lambda terms: replace(
            terms, allegations=(replace(terms.allegations[0], party_id=uuid4()),)
        ),
        "not part of this case",
    ),
}


@pytest.mark.parametrize(("change", "sentence"), BAD_TERMS.values(), ids=BAD_TERMS.keys())
def test_terms_with_a_gap_are_refused(
    db: Session, cast: Cast, change: Changed, sentence: str
) -> None:
    case = cast.triaged()
    terms = steps.some_terms(NewAllegation(steps.party(db, case), "2", "Told a third person."))
    with pytest.raises(Refused, match=sentence):
        cast.let("liaison", case, set_terms, terms=change(terms))


def test_the_respondent_of_another_case_cannot_be_accused_in_this_one(
    db: Session, cast: Cast
) -> None:
    other, case = cast.triaged(), cast.triaged()
    terms = steps.some_terms(NewAllegation(steps.party(db, other), "2", "Told a third person."))
    with pytest.raises(Refused, match="not part of this case"):
        cast.let("liaison", case, set_terms, terms=terms)


def test_terms_from_an_old_page_are_stale(db: Session, cast: Cast) -> None:
    case = steps.with_terms(cast)
    with pytest.raises(Stale):
        cast.let(
            "liaison", case, set_terms, seen_version=case.version - 1, terms=steps.some_terms()
        )


def test_the_decision_maker_sets_no_terms(cast: Cast) -> None:
    case = steps.investigating(cast)
    with pytest.raises(Refused, match="Only the officer in charge or the investigator"):
        cast.let("decision_maker", case, set_terms, terms=steps.some_terms())


def test_an_investigation_opens_only_with_terms_and_an_investigator(cast: Cast) -> None:
    def open_it(case: Case) -> None:
        cast.let("liaison", case, open_investigation)

    with pytest.raises(Refused, match="terms of reference"):
        open_it(cast.triaged())
    case = steps.with_terms(cast)
    with pytest.raises(Refused, match="Appoint an investigator"):
        open_it(case)
    steps.seat(cast, case, "investigator")
    open_it(case)
    assert case.state == "investigating"
    assert steps.newest(cast, case)[0] == "case.investigation_opened"


def test_a_note_is_sealed_and_its_entry_commits_to_it(db: Session, cast: Cast) -> None:
    case = steps.investigating(cast)
    text = "The room was booked."
    cast.let("investigator", case, add_note, text=text)
    note = documents_of(db, case, DocumentKind.NOTE)[-1]
    assert cast.keys(case, "liaison").open(Document.body, note) == text
    assert steps.newest(cast, case)[2]["sha256"] == hashlib.sha256(text.encode()).hexdigest()


def test_an_empty_note_is_refused(cast: Cast) -> None:
    case = steps.investigating(cast)
    with pytest.raises(Refused, match="Write the note"):
        cast.let("investigator", case, add_note, text=" \n")


def test_a_locked_report_is_committed_to_by_its_hash(db: Session, cast: Cast) -> None:
    case = steps.heard(cast)
    before = steps.count_entries(cast, case)
    steps.lock(cast, case)
    assert case.state == "reported"
    assert steps.count_entries(cast, case) == before + 1
    body = cast.keys(case, "decision_maker").open(
        Document.body, documents_of(db, case, DocumentKind.REPORT)[-1]
    )
    type_, pub, detail = steps.newest(cast, case)
    assert type_ == "report.locked"
    assert (pub["from"], pub["to"], pub["evidence"]) == ("investigating", "reported", 1)
    assert detail["sha256"] == hashlib.sha256(body.encode()).hexdigest()
    assert detail["to_answer"] == {"A": True}
    assert "report" not in {one.name for one in running_clocks(db, case)}


def test_a_report_waits_for_the_notice(cast: Cast) -> None:
    with pytest.raises(Refused, match="no notice of allegation A"):
        steps.lock(cast, steps.investigating(cast))


def test_a_report_waits_for_the_reply(cast: Cast) -> None:
    case = steps.investigating(cast)
    steps.serve(cast, case)
    with pytest.raises(Refused, match="reply to the notice"):
        steps.lock(cast, case)


def test_a_report_waits_for_evidence_to_be_considered(cast: Cast) -> None:
    case = steps.heard(cast)
    steps.add_item(cast, case, "against")
    with pytest.raises(Refused, match="Consider each item"):
        steps.lock(cast, case)


def test_a_report_says_what_was_looked_for_against_the_allegations(db: Session, cast: Cast) -> None:
    case = steps.heard(cast)
    with pytest.raises(Refused, match="evidence against"):
        steps.lock(cast, case, report=replace(steps.a_report(db, case), searched_against=""))


def test_a_report_answers_every_allegation(db: Session, cast: Cast) -> None:
    case = steps.heard(cast, ("Respondent A", "Respondent B"))
    report = steps.a_report(db, case)
    with pytest.raises(Refused, match="for every allegation"):
        steps.lock(cast, case, report=replace(report, answers=report.answers[:1]))


def test_a_new_allegation_needs_a_notice_and_a_reply_of_its_own(db: Session, cast: Cast) -> None:
    case = steps.heard(cast)
    allegation = NewAllegation(steps.party(db, case), "5", "Then denied it.")
    cast.let("liaison", case, set_terms, terms=steps.some_terms(allegation))
    with pytest.raises(Refused, match="no notice of allegation B"):
        steps.lock(cast, case)
    steps.serve(cast, case)
    with pytest.raises(Refused, match="reply to the notice"):
        steps.lock(cast, case)
    steps.reply(cast, case)
    steps.lock(cast, case)
    assert case.state == "reported"


def test_only_the_investigator_locks_the_report(cast: Cast) -> None:
    case = steps.heard(cast)
    for who in ("liaison", "decision_maker", "outsider"):
        with pytest.raises(Refused, match="Only the investigator"):
            steps.lock(cast, case, who)


def test_a_report_waits_while_the_case_is_on_hold(cast: Cast) -> None:
    case = steps.heard(cast)
    case.safeguarding_hold_since = clock.now()
    with pytest.raises(Refused, match="on hold"):
        steps.lock(cast, case)
