"""Findings of the audit, and questions: what an auditor writes on a closed case."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text, require, tell_seats
from conductdesk.cases.actions.naming_nobody import name_nobody
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.audit_acts import Observed, Verdict
from conductdesk.cases.audit_rows import finding_of, offices_on
from conductdesk.cases.days import end_of, refuse_past
from conductdesk.cases.models import AuditFinding, AuditQuestion, Case, FindingSteps
from conductdesk.policy import IN_CHARGE, Capacity, Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys


def make_finding(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, observed: Observed
) -> AuditFinding:
    """Record a finding for an office that has somebody on the case, and tell its officers."""
    require(db, case, actor, Permission.REVIEW)
    name_nobody(db, case, keys, f"{observed.observation}\n{observed.recommendation}")
    if observed.owner not in offices_on(db, case):
        raise Refused("Choose an office that has somebody on the case: they alone can read it.")
    row_id = uuid4()
    made = AuditFinding(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        **first_steps(observed),
        words=keys.seal(AuditFinding.words, row_id, observed.to_json()),
    )
    db.add(made)
    tell_seats(db, case, actor, *Capacity)
    _record(db, case, keys, actor, "audit.finding_made", "A finding of the audit.", made)
    return made


def settle_finding(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, finding_id: UUID, verdict: Verdict
) -> None:
    """Close a finding that is proven, or send its proof back with the reason."""
    require(db, case, actor, Permission.REVIEW)
    found = finding_of(db, case, finding_id)
    event = settle(found, actor, verdict)
    name_nobody(db, case, keys, verdict.words)
    found.verdict = keys.seal(AuditFinding.verdict, found.id, verdict.words)
    tell_seats(db, case, actor, *Capacity)
    _record(db, case, keys, actor, event, verdict.words, found)


def first_steps(observed: Observed) -> dict[str, Any]:
    """Return the facts of a new finding, or refuse a day that is over."""
    refuse_past(observed.due_on)
    return {
        "made_at": clock.now(),
        "grade": observed.grade,
        "owner": observed.owner,
        "due_at": end_of(observed.due_on),
    }


def settle(found: FindingSteps, actor: Viewer, verdict: Verdict) -> str:
    """Note on a finding what the auditor makes of its proof; return the type of the entry."""
    if found.proven_at is None:
        raise Refused("There is no proof yet. The office that it is for gives it.")
    found.settled_by = actor.account_id
    if verdict.proven:
        found.closed_at = clock.now()
        return "audit.finding_closed"
    found.proven_at = None
    return "audit.finding_returned"


def ask_question(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, words: str
) -> AuditQuestion:
    """Ask the officers in charge something about the case; they get a mail that says nothing."""
    require(db, case, actor, Permission.REVIEW)
    row_id, said = uuid4(), need_text(words, "Write your question first.")
    name_nobody(db, case, keys, said)
    asked = AuditQuestion(
        id=row_id,
        case_id=case.id,
        account_id=actor.account_id,
        asked_at=clock.now(),
        question=keys.seal(AuditQuestion.question, row_id, said),
    )
    db.add(asked)
    tell_seats(db, case, actor, *IN_CHARGE)
    detail = {"said": said}
    record_quietly(db, case, keys, actor=actor, event="audit.question_asked", detail=detail)
    return asked


def _record(
    db: Session,
    case: Case,
    keys: CaseKeys,
    actor: Viewer,
    event: str,
    said: str,
    finding: AuditFinding,
) -> None:
    pub = {"grade": finding.grade, "owner": finding.owner}
    record_quietly(db, case, keys, actor=actor, event=event, pub=pub, detail={"said": said})
