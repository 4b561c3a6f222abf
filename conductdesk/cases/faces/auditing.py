"""What an audit left on a case, as its auditors and its officers read it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.audit_acts import GRADES, MORE
from conductdesk.cases.audit_rows import (
    findings_on,
    glass_on,
    has_keys,
    parts_of,
    questions_on,
    runs,
)
from conductdesk.cases.models import (
    AuditFinding,
    AuditQuestion,
    BreakGlass,
    Case,
    GlassState,
    SchemeFinding,
)
from conductdesk.people.models import Account
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys, HasId, NotGranted, SealedColumn
from conductdesk.vault.seal import SealBrokenError

NO_KEY = "You have no key to these words yet."
CHANGED = "These words cannot be opened: somebody has changed them."
TONES: Mapping[str, str] = {"advisory": "grey", "minor": "", "major": "yellow", "critical": "red"}


@dataclass(frozen=True)
class FindingFace:
    """One finding of the audit, and how far it has come."""

    id: UUID
    grade: str
    """One word."""
    tone: str
    owner: str
    owner_key: str
    due_at: datetime
    made_at: datetime
    by: str
    observation: str
    recommendation: str
    accepted: bool | None
    reply: str
    replied_by: str
    replied_at: datetime | None
    proof: str
    proven_by: str
    proven_at: datetime | None
    verdict: str
    closed_at: datetime | None

    @property
    def stage(self) -> str:
        """How far it has come, in words."""
        if self.closed_at is not None:
            return "Closed"
        if self.replied_at is None:
            return "Waits for a reply"
        return "Waits for a proof" if self.proven_at is None else "Waits for the auditor"

    @property
    def late(self) -> bool:
        """Whether it is open beyond its day."""
        return self.closed_at is None and self.due_at < clock.now()


@dataclass(frozen=True)
class QuestionFace:
    """One question of an auditor, and its answer."""

    id: UUID
    by: str
    asked_at: datetime
    words: str
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True)
class GlassFace:
    """One request to read more than the record."""

    id: UUID
    account_id: UUID
    by: str
    asked_at: datetime
    parts: tuple[str, ...]
    ends_at: datetime
    reason: str
    stage: str
    waits: bool
    runs: bool
    first_id: UUID | None
    people: str
    """Who agreed, or who refused."""
    keys: str
    """Whether the auditor has the keys, as a sentence; empty unless two people agreed to it."""


@dataclass(frozen=True)
class AuditWork:
    """Everything that an audit left on one case."""

    findings: tuple[FindingFace, ...]
    questions: tuple[QuestionFace, ...]
    glass: tuple[GlassFace, ...]


def audit_work_of(db: Session, case: Case, keys: CaseKeys, pack: Pack) -> AuditWork:
    """Return what auditors wrote on *case*, opened as far as *keys* go."""
    findings, questions, glass = findings_on(db, case), questions_on(db, case), glass_on(db, case)
    names = _names(db, findings, questions, glass)
    offices = {office.key: office.name for office in pack.offices}
    return AuditWork(
        tuple(finding_face(one, texts_of(one, keys), names, offices) for one in findings),
        tuple(_question(one, keys, names) for one in questions),
        tuple(_glass(db, one, keys, names) for one in glass),
    )


def texts_of(row: AuditFinding, keys: CaseKeys) -> dict[str, str]:
    """Return what was written about a finding, opened as far as *keys* go."""
    columns = (AuditFinding.words, AuditFinding.reply, AuditFinding.proof, AuditFinding.verdict)
    return {column.key: opened(keys, column, row) for column in columns}


def finding_face(
    row: AuditFinding | SchemeFinding,
    texts: Mapping[str, str],
    names: Mapping[UUID | None, str],
    offices: Mapping[str, str],
) -> FindingFace:
    """Return one finding, with the *texts* that were opened."""
    text = texts.get("words", "")
    words = json.loads(text) if text.startswith("{") else {"observation": text}
    return FindingFace(
        id=row.id,
        grade=GRADES.get(row.grade, row.grade).partition(":")[0],
        tone=TONES.get(row.grade, ""),
        owner=offices.get(row.owner, row.owner),
        owner_key=row.owner,
        due_at=row.due_at,
        made_at=row.made_at,
        by=names.get(row.account_id, ""),
        observation=str(words.get("observation", "")),
        recommendation=str(words.get("recommendation", "")),
        accepted=row.accepted,
        reply=texts.get("reply", ""),
        replied_by=names.get(row.replied_by, ""),
        replied_at=row.replied_at,
        proof=texts.get("proof", ""),
        proven_by=names.get(row.proven_by, ""),
        proven_at=row.proven_at,
        verdict=texts.get("verdict", ""),
        closed_at=row.closed_at,
    )


def opened(keys: CaseKeys, column: SealedColumn, row: HasId) -> str:
    """Return a sealed text, or the sentence that says why it does not open."""
    try:
        return keys.open(column, row)
    except NotGranted:
        return NO_KEY
    except SealBrokenError:
        return CHANGED


def names_of(db: Session, ids: set[UUID | None]) -> dict[UUID | None, str]:
    """Return the names of accounts."""
    found = db.execute(select(Account.id, Account.name).where(Account.id.in_(ids - {None})))
    return dict(found.all())


def _names(
    db: Session,
    findings: Sequence[AuditFinding],
    questions: Sequence[AuditQuestion],
    glass: Sequence[BreakGlass],
) -> dict[UUID | None, str]:
    ids: set[UUID | None] = set()
    for found in findings:
        ids |= {found.account_id, found.replied_by, found.proven_by}
    for asked in questions:
        ids |= {asked.account_id, asked.answered_by}
    for one in glass:
        ids |= {one.account_id, one.first_by, one.second_by}
    return names_of(db, ids)


def _question(row: AuditQuestion, keys: CaseKeys, names: Mapping[UUID | None, str]) -> QuestionFace:
    return QuestionFace(
        id=row.id,
        by=names.get(row.account_id, ""),
        asked_at=row.asked_at,
        words=opened(keys, AuditQuestion.question, row),
        answer=opened(keys, AuditQuestion.answer, row),
        answered_by=names.get(row.answered_by, ""),
        answered_at=row.answered_at,
    )


def _glass(
    db: Session, row: BreakGlass, keys: CaseKeys, names: Mapping[UUID | None, str]
) -> GlassFace:
    people = [names.get(one, "") for one in (row.first_by, row.second_by) if one]
    return GlassFace(
        id=row.id,
        account_id=row.account_id,
        by=names.get(row.account_id, ""),
        asked_at=row.asked_at,
        parts=tuple(words for part, words in MORE.items() if part in parts_of(row)),
        ends_at=row.ends_at,
        reason=opened(keys, BreakGlass.reason, row),
        stage=_stage(row),
        waits=row.state == GlassState.WAITING,
        runs=runs(row),
        first_id=row.first_by,
        people=" and ".join(people),
        keys=_key_words(db, row, names) if runs(row) else "",
    )


def _key_words(db: Session, row: BreakGlass, names: Mapping[UUID | None, str]) -> str:
    if has_keys(db, row):
        return f"{names.get(row.account_id, 'The auditor')} has the keys now."
    return "The keys wait until an officer who holds them signs in."


def _stage(row: BreakGlass) -> str:
    if row.state == GlassState.WAITING:
        return "Waits for the second person" if row.first_by else "Waits for two people"
    if row.state == GlassState.AGREED and not runs(row):
        return "Ended"
    return row.state.capitalize()
