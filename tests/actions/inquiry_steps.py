"""The shortest way to a case in each state of an inquiry, by the real actions."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.queries import entries_of_case
from conductdesk.cases.actions.appointing import appoint
from conductdesk.cases.actions.carrying_out import begin_carrying_out
from conductdesk.cases.actions.deciding import decide, tell_both_sides
from conductdesk.cases.actions.gathering import add_evidence, consider
from conductdesk.cases.actions.investigating import lock_report, open_investigation, set_terms
from conductdesk.cases.actions.serving import record_reply, serve_notice
from conductdesk.cases.acts import (
    BothSidesTold,
    CaseToAnswer,
    Decision,
    FindingGiven,
    LetterTo,
    NewAllegation,
    NewEvidence,
    NoticeServed,
    OutcomeOrdered,
    ReplyReceived,
    Report,
    Terms,
)
from conductdesk.cases.concern import Concern, Part, PersonNamed
from conductdesk.cases.days import today
from conductdesk.cases.inquiry import accused_of, allegations_of, evidence_of
from conductdesk.cases.models import Case, Party
from conductdesk.cases.needs import Route
from conductdesk.policy import Capacity
from tests.cast import Cast, a_concern
from tests.remembering import remembered

SEATS: Mapping[str, Capacity] = {
    "investigator": Capacity.INVESTIGATOR,
    "decision_maker": Capacity.DECISION_MAKER,
    "appeal_body": Capacity.APPEAL_BODY,
}


def two_respondents() -> Concern:
    """Return a concern about two people."""
    names = ("Barnaby Thistlewood", "Octavia Larkspur")
    return a_concern(people=tuple(PersonNamed(name, Part.RESPONDENT) for name in names))


def party(db: Session, case: Case, alias: str = "Respondent A") -> UUID:
    """Return the id of a party by its alias."""
    return db.scalars(select(Party.id).where(Party.case_id == case.id, Party.alias == alias)).one()


def in_days(days: int) -> AbstractContextManager[None]:
    """Let it be *days* later."""
    return clock.at(clock.now() + timedelta(days=days))


def seat(cast: Cast, case: Case, who: str) -> None:
    """Appoint a member to the part of their name, and let them attest."""
    cast.let("liaison", case, appoint, account_id=cast[who].id, capacity=SEATS[who])
    cast.let_attest(case, who)


def some_terms(*allegations: NewAllegation) -> Terms:
    """Return terms of reference with *allegations*."""
    return Terms(allegations, "Was it passed on, and by whom?", "balance", today())


@remembered
def with_terms(cast: Cast, aliases: tuple[str, ...] = ("Respondent A",)) -> Case:
    """Return a triaged case with one allegation against each of *aliases*."""
    concern = two_respondents() if len(aliases) > 1 else None
    case = cast.triaged(Route.FORMAL, concern)
    allegations = [
        NewAllegation(party(cast.db, case, alias), "2", "Told a third person.") for alias in aliases
    ]
    cast.let("liaison", case, set_terms, terms=some_terms(*allegations))
    return case


@remembered
def investigating(cast: Cast, aliases: tuple[str, ...] = ("Respondent A",)) -> Case:
    """Return a case whose investigation is open, with all three parts appointed."""
    case = with_terms(cast, aliases)
    for who in SEATS:
        seat(cast, case, who)
    cast.let("liaison", case, open_investigation)
    return case


def serve(cast: Cast, case: Case, alias: str = "Respondent A") -> None:
    """Serve a notice today."""
    cast.let(
        "investigator",
        case,
        serve_notice,
        notice=NoticeServed(party(cast.db, case, alias), today(), "It is said that you told it."),
    )


def reply(cast: Cast, case: Case, alias: str = "Respondent A") -> None:
    """Record a reply that came today."""
    cast.let(
        "investigator",
        case,
        record_reply,
        reply=ReplyReceived(party(cast.db, case, alias), today(), "I told nobody."),
    )


def add_item(cast: Cast, case: Case, bearing: str = "for") -> UUID:
    """Add an item of evidence."""
    cast.let(
        "investigator",
        case,
        add_evidence,
        evidence=NewEvidence("A letter", bearing, "He wrote that he knew."),
    )
    return evidence_of(cast.db, case)[-1].id


def consider_all(cast: Cast, case: Case) -> None:
    """Let the investigator consider what nobody has considered."""
    for item in evidence_of(cast.db, case):
        if item.considered_at is None:
            cast.let("investigator", case, consider, evidence_id=item.id)


def a_report(db: Session, case: Case) -> Report:
    """Return a complete report."""
    answers = [
        CaseToAnswer(one.id, to_answer=True, why="Two people say so.")
        for one in allegations_of(db, case)
    ]
    return Report("He was told in May.", "It fits.", "Asked both others.", tuple(answers))


def lock(cast: Cast, case: Case, who: str = "investigator", report: Report | None = None) -> None:
    """Lock a report."""
    cast.let(who, case, lock_report, report=report or a_report(cast.db, case))


@remembered
def heard(cast: Cast, aliases: tuple[str, ...] = ("Respondent A",)) -> Case:
    """Return a case in which both sides were heard, and all evidence was considered."""
    case = investigating(cast, aliases)
    for alias in aliases:
        serve(cast, case, alias)
        reply(cast, case, alias)
    add_item(cast, case)
    consider_all(cast, case)
    return case


@remembered
def reported(cast: Cast, aliases: tuple[str, ...] = ("Respondent A",)) -> Case:
    """Return a case with a locked report."""
    case = heard(cast, aliases)
    lock(cast, case)
    return case


def findings(db: Session, case: Case, result: str = "upheld") -> tuple[FindingGiven, ...]:
    """Return the same finding for every allegation."""
    return tuple(
        FindingGiven(one.id, result, "balance", "Two people say so.")
        for one in allegations_of(db, case)
    )


def ordered(db: Session, case: Case, kind: str, hours: int | None = None) -> OutcomeOrdered:
    """Return an outcome about the first respondent, due in a week."""
    due_on = today() + timedelta(days=7)
    return OutcomeOrdered(kind, "As the letter says.", "The chair", due_on, party(db, case), hours)


def give(cast: Cast, case: Case, decision: Decision, who: str = "decision_maker") -> None:
    """Decide."""
    cast.let(who, case, decide, decision=decision)


@remembered
def decided(cast: Cast, *kinds: str) -> Case:
    """Return a case in which everything was upheld, with outcomes of *kinds*."""
    case = reported(cast)
    outcomes = tuple(ordered(cast.db, case, kind) for kind in kinds or ("removal", "apology"))
    give(cast, case, Decision(findings(cast.db, case), outcomes))
    return case


def what_is_told(db: Session, case: Case) -> BothSidesTold:
    """Return a letter to each respondent, and feedback."""
    letters = [LetterTo(one.id, "This was decided.") for one in accused_of(db, case)]
    return BothSidesTold(tuple(letters), "We looked into it, and something was done.")


def tell(cast: Cast, case: Case) -> None:
    """Tell both sides."""
    cast.let("liaison", case, tell_both_sides, told=what_is_told(cast.db, case))


@remembered
def told(cast: Cast, *kinds: str) -> Case:
    """Return a case of whose decision both sides know."""
    case = decided(cast, *kinds)
    tell(cast, case)
    return case


@remembered
def carried(cast: Cast, *kinds: str) -> Case:
    """Return a case whose outcomes are being carried out."""
    case = told(cast, *kinds)
    cast.let("liaison", case, begin_carrying_out)
    return case


def newest(cast: Cast, case: Case) -> tuple[str, Mapping[str, object], Mapping[str, object]]:
    """Return type, public facts and opened detail of the case's newest entry."""
    entry = entries_of_case(
        cast.db, case.scheme, case.pseudonym, newest_first=True, limit=1, before=None
    )[0]
    detail = cast.keys(case, "liaison").open_detail(entry)
    return entry.type, entry.pub, detail or {}


def count_entries(cast: Cast, case: Case) -> int:
    """Return how many entries the case has left."""
    return len(
        entries_of_case(
            cast.db, case.scheme, case.pseudonym, newest_first=False, limit=1000, before=None
        )
    )
