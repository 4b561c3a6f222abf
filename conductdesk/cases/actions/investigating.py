"""The inquiry: terms of reference, and the report that ends it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import (
    keep_document,
    need_text,
    need_word,
    refuse_unless_in,
    refuse_where_joined,
    refuse_who_served_as,
    refuse_without_inquiry,
    require,
    tell_seats,
)
from conductdesk.cases.actions.drafting import drop_drafts
from conductdesk.cases.actions.moving import move, refuse_stale
from conductdesk.cases.actions.recording import record
from conductdesk.cases.acts import NewAllegation, Report, Terms
from conductdesk.cases.clocks import drop_clock, meet_clock, start_clock_until
from conductdesk.cases.days import end_of, refuse_past
from conductdesk.cases.inquiry import (
    allegations_of,
    evidence_of,
    respondent_of,
    unserved,
)
from conductdesk.cases.models import Allegation, Case, DocumentKind, DraftKind, Party
from conductdesk.cases.needs import Route
from conductdesk.cases.standing import move_facts
from conductdesk.cases.words import STANDARDS, letter
from conductdesk.cases.workflow import Move, State
from conductdesk.policy import Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.calendar import local_day
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

INQUIRERS = (Permission.HANDLE, Permission.INVESTIGATE)
DONE_STATES = (State.DRAFT, State.CLOSED, State.AFTERCARE, State.DESTROYED)


def set_terms(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    terms: Terms,
) -> None:
    """Set the terms of reference; a later set adds its allegations to the earlier ones."""
    refuse_stale(case, seen_version)
    require(db, case, actor, *INQUIRERS)
    refuse_without_inquiry(case)
    refuse_unless_in(case, State.TRIAGED, State.INVESTIGATING)
    refuse_where_joined(case)
    if case.route != Route.FORMAL:
        raise Refused("The route chosen at triage is not a formal investigation.")
    _check_terms(db, case, pack, terms)
    added = _add_allegations(db, case, keys, terms)
    body = json.dumps(
        {
            "questions": terms.questions.strip(),
            "standard": terms.standard,
            "due_on": terms.due_on.isoformat(),
        }
    )
    keep_document(db, case, keys, DocumentKind.TERMS, actor=actor, body=body)
    drop_drafts(db, case, DraftKind.TERMS)
    drop_clock(db, case, "report")
    start_clock_until(db, case, "report", at=clock.now(), until=end_of(terms.due_on))
    record(
        db,
        case,
        keys,
        actor=actor,
        event="terms.set",
        pub={
            "allegations": len(allegations_of(db, case)),
            "added": [allegation.letter for allegation in added],
            "standard": terms.standard,
        },
        detail={
            "said": "Set the terms of reference.",
            "allegations": [_cited(db, allegation) for allegation in added],
            "due_on": terms.due_on.isoformat(),
            "sha256": hashlib.sha256(body.encode()).hexdigest(),
        },
    )


def open_investigation(
    db: Session, case: Case, keys: CaseKeys, *, pack: Pack, actor: Viewer, seen_version: int
) -> None:
    """Begin the formal investigation, once its terms are set and its investigator appointed."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.HANDLE)
    tell_seats(db, case, actor, Capacity.INVESTIGATOR)
    move(
        db,
        case,
        keys,
        Move.INVESTIGATE,
        pack=pack,
        facts=move_facts(db, case),
        actor=actor,
        event="case.investigation_opened",
        pub={"allegations": len(allegations_of(db, case))},
        detail={"said": "Opened a formal investigation."},
    )


def add_note(db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, text: str) -> None:
    """Add a dated note, which is never changed."""
    require(db, case, actor, *INQUIRERS)
    if case.state in DONE_STATES:
        raise Refused("The case is closed. Reopen it to add a note.")
    body = need_text(text, "Write the note first.")
    keep_document(db, case, keys, DocumentKind.NOTE, actor=actor, body=body)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="note.added",
        detail={"said": "Added a note.", "sha256": hashlib.sha256(body.encode()).hexdigest()},
    )


def lock_report(
    db: Session,
    case: Case,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    seen_version: int,
    report: Report,
) -> None:
    """Lock the report for good; the entry commits to the SHA-256 of its text."""
    refuse_stale(case, seen_version)
    require(db, case, actor, Permission.INVESTIGATE)
    refuse_who_served_as(db, case, actor, Capacity.DECISION_MAKER, Capacity.APPEAL_BODY)
    refuse_unless_in(case, State.INVESTIGATING)
    _check_report(db, case, report)
    letters = {one.id: one.letter for one in allegations_of(db, case)}
    body = _report_text(report, letters)
    keep_document(db, case, keys, DocumentKind.REPORT, actor=actor, body=body)
    drop_drafts(db, case, DraftKind.REPORT)
    meet_clock(db, case, "report")
    tell_seats(db, case, actor, Capacity.HANDLER, Capacity.ALTERNATE, Capacity.DECISION_MAKER)
    move(
        db,
        case,
        keys,
        Move.REPORT,
        pack=pack,
        facts=replace(move_facts(db, case), evidence_weighed=_all_considered(db, case)),
        actor=actor,
        event="report.locked",
        pub={"allegations": len(letters), "evidence": len(evidence_of(db, case))},
        detail={
            "said": "Locked the report of the investigation.",
            "sha256": hashlib.sha256(body.encode()).hexdigest(),
            "to_answer": {letters[one.allegation_id]: one.to_answer for one in report.answers},
        },
    )


def _check_terms(db: Session, case: Case, pack: Pack, terms: Terms) -> None:
    need_text(terms.questions, "Write down the questions that the investigation must answer.")
    need_word(terms.standard, STANDARDS, "Choose the standard of proof.")
    refuse_past(terms.due_on)
    if not terms.allegations and not allegations_of(db, case):
        raise Refused("Give at least one allegation, by its clause.")
    for allegation in terms.allegations:
        respondent_of(db, case, allegation.party_id)
        need_text(allegation.account, "Say what is said to have happened, for each allegation.")
        _check_clause(case, pack, allegation)


def _check_clause(case: Case, pack: Pack, allegation: NewAllegation) -> None:
    if allegation.clause not in pack.clauses_until(local_day(case.received_at)):
        raise Refused("That clause is not part of the code. Choose one from the list.")


def _add_allegations(db: Session, case: Case, keys: CaseKeys, terms: Terms) -> list[Allegation]:
    first, added = len(allegations_of(db, case)), []
    for place, given in enumerate(terms.allegations):
        row_id = uuid4()
        added.append(
            Allegation(
                id=row_id,
                case_id=case.id,
                party_id=given.party_id,
                letter=letter(first + place),
                clause=given.clause,
                made_at=clock.now(),
                account=keys.seal(Allegation.account, row_id, given.account.strip()),
            )
        )
    db.add_all(added)
    db.flush()
    return added


def _cited(db: Session, allegation: Allegation) -> str:
    alias = db.get_one(Party, allegation.party_id).alias
    return f"{allegation.letter}: {alias}, clause {allegation.clause}"


def _check_report(db: Session, case: Case, report: Report) -> None:
    need_text(report.facts, "Write down the facts that you found.")
    need_text(report.analysis, "Write down what you make of the facts.")
    need_text(
        report.searched_against,
        "Say what you did to find evidence against the allegations, even if there was none.",
    )
    answered = [one.allegation_id for one in report.answers]
    wanted = [one.id for one in allegations_of(db, case)]
    if sorted(answered) != sorted(wanted):
        raise Refused("Say for every allegation, once, whether there is a case to answer.")
    for one in report.answers:
        need_text(one.why, "Say for each allegation why there is a case to answer, or is none.")
    missing = [one.letter for one in unserved(db, case)]
    if missing:
        raise Refused(f"The respondent has had no notice of allegation {', '.join(missing)} yet.")


def _report_text(report: Report, letters: dict[UUID, str]) -> str:
    answers = [
        {"letter": letters[one.allegation_id], "to_answer": one.to_answer, "why": one.why.strip()}
        for one in report.answers
    ]
    return json.dumps({**asdict(report), "answers": answers}, sort_keys=True)


def _all_considered(db: Session, case: Case) -> bool:
    """Hold where nothing waits to be considered; the report says what was looked for in vain."""
    return all(item.considered_at is not None for item in evidence_of(db, case))
