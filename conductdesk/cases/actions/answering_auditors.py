"""What officers of a closed case say to its auditors: answers, replies and proofs."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import need_text, require
from conductdesk.cases.actions.naming_nobody import name_nobody
from conductdesk.cases.actions.recording import record
from conductdesk.cases.audit_acts import Reply
from conductdesk.cases.audit_rows import finding_of, question_of
from conductdesk.cases.models import AuditFinding, AuditQuestion, Case, FindingSteps
from conductdesk.cases.queries import facts_of
from conductdesk.notice import Notice
from conductdesk.notices.actions import notify
from conductdesk.policy import Permission, Viewer, may
from conductdesk.refusal import Refused
from conductdesk.vault.keys import CaseKeys


def answer_auditor(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, question_id: UUID, words: str
) -> None:
    """Answer an auditor's question, as an officer in charge."""
    require(db, case, actor, Permission.HANDLE)
    asked = question_of(db, case, question_id)
    said = name_nobody(db, case, keys, need_text(words, "Write your answer first."))
    asked.answered_by, asked.answered_at = actor.account_id, clock.now()
    asked.answer = keys.seal(AuditQuestion.answer, asked.id, said)
    notify(db, asked.account_id, Notice.UPDATE, case_id=case.id)
    detail = {"said": said}
    record(db, case, keys, actor=actor, event="audit.question_answered", detail=detail)


def reply_to_finding(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, finding_id: UUID, reply: Reply
) -> None:
    """Say what the office will do about a finding, or why it does not agree."""
    found = _mine(db, case, actor, finding_id)
    note_reply(found, actor, reply)
    said = name_nobody(db, case, keys, reply.words)
    found.reply = keys.seal(AuditFinding.reply, found.id, said)
    notify(db, found.account_id, Notice.UPDATE, case_id=case.id)
    record(
        db,
        case,
        keys,
        actor=actor,
        event="audit.finding_answered",
        pub={"accepted": reply.accepted},
        detail={"said": said},
    )


def prove_finding(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, finding_id: UUID, proof: str
) -> None:
    """Say how one can see that a finding was put right; the auditor looks at it, and closes it."""
    found = _mine(db, case, actor, finding_id)
    said = need_text(proof, "Say what was done, and how one can see it.")
    name_nobody(db, case, keys, said)
    note_proof(found, actor)
    found.proof = keys.seal(AuditFinding.proof, found.id, said)
    notify(db, found.account_id, Notice.UPDATE, case_id=case.id)
    detail = {"said": said}
    record(db, case, keys, actor=actor, event="audit.finding_proven", detail=detail)


def note_reply(found: FindingSteps, actor: Viewer, reply: Reply) -> None:
    """Note on a finding who replied, and whether they accept it; one reply is enough."""
    if found.replied_at is not None:
        raise Refused("Somebody has replied to this finding already.")
    found.replied_by, found.replied_at = actor.account_id, clock.now()
    found.accepted = reply.accepted


def note_proof(found: FindingSteps, actor: Viewer) -> None:
    """Note on a finding who proved that it was put right, after a reply."""
    if found.replied_at is None:
        raise Refused("Reply to the finding first.")
    if found.proven_at is not None:
        raise Refused("A proof is there already. The auditor looks at it.")
    found.proven_by, found.proven_at = actor.account_id, clock.now()


def _mine(db: Session, case: Case, actor: Viewer, finding_id: UUID) -> AuditFinding:
    """Return a finding that *actor* answers for: its office's, or any if they are in charge."""
    require(db, case, actor, Permission.READ)
    found = finding_of(db, case, finding_id)
    in_charge = may(actor, Permission.HANDLE, facts_of(db, case))
    if not in_charge and found.owner not in actor.offices_in(case.scheme):
        raise Refused("Only the office that it is for, or the officer in charge, answers this.")
    return found
