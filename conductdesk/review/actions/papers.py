"""The working paper of one case: what an auditor checked, line by line, and signed off."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.asking import require
from conductdesk.cases.actions.naming_nobody import name_nobody
from conductdesk.cases.actions.recording import record_quietly
from conductdesk.cases.models import Case, WorkingPaper
from conductdesk.policy import Permission, Viewer
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys

ANSWERS: Mapping[str, str] = {"yes": "Yes", "no": "No", "na": "Does not apply"}


@dataclass(frozen=True)
class Checked:
    """What the auditor says to one line of the checklist."""

    answer: str
    """`yes`, `no`, `na`, or empty where it was not looked at yet."""
    note: str = ""


Sheet = Mapping[str, Checked]
"""By the key of each line."""


def keep_paper(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, pack: Pack, sheet: Sheet
) -> WorkingPaper:
    """Keep what was answered so far, sealed; each time is an entry."""
    require(db, case, actor, Permission.REVIEW)
    paper = paper_of(db, case, actor.account_id)
    if paper is None:
        paper = WorkingPaper(
            id=uuid4(), case_id=case.id, account_id=actor.account_id, begun_at=clock.now()
        )
        db.add(paper)
    elif paper.signed_at is not None:
        raise Refused("You have signed this paper off. Nothing in it changes any more.")
    else:
        sheet_of(keys, paper)  # whoever lacks the key must not write over what they cannot see
    known = {line.key for line in pack.checklist}
    name_nobody(db, case, keys, "\n".join(one.note for one in sheet.values()))
    said = {key: asdict(one) for key, one in sheet.items() if key in known}
    paper.kept_at = clock.now()
    paper.body = keys.seal(WorkingPaper.body, paper.id, json.dumps(said))
    _record(db, case, keys, actor, "audit.paper_kept", sheet)
    return paper


def sign_paper(
    db: Session, case: Case, keys: CaseKeys, *, actor: Viewer, pack: Pack
) -> WorkingPaper:
    """Sign the paper off; refused while a line has no answer, or a *no* has no note."""
    require(db, case, actor, Permission.REVIEW)
    paper = paper_of(db, case, actor.account_id)
    if paper is None:
        raise Refused("Answer the checklist first.")
    if paper.signed_at is not None:
        raise Refused("You have signed this paper off already.")
    sheet = sheet_of(keys, paper)
    for line in pack.checklist:
        said = sheet.get(line.key, Checked(""))
        if said.answer not in ANSWERS:
            raise Refused(f"Answer this first, and keep the paper: {line.question}")
        if said.answer == "no" and not said.note.strip():
            raise Refused(f"Note what you saw, and keep the paper: {line.question}")
    paper.signed_at = clock.now()
    _record(db, case, keys, actor, "audit.paper_signed", sheet)
    return paper


def paper_of(db: Session, case: Case, account_id: UUID | None) -> WorkingPaper | None:
    """Return an auditor's newest paper on *case* since it was closed last."""
    wanted = select(WorkingPaper).where(
        WorkingPaper.case_id == case.id,
        WorkingPaper.account_id == account_id,
        WorkingPaper.begun_at >= case.closed_at,
    )
    return db.scalars(wanted.order_by(WorkingPaper.begun_at.desc()).limit(1)).first()


def sheet_of(keys: CaseKeys, paper: WorkingPaper) -> dict[str, Checked]:
    """Return what a paper says, opened."""
    said = json.loads(keys.open(WorkingPaper.body, paper))
    return {key: Checked(**one) for key, one in said.items()}


def _record(
    db: Session, case: Case, keys: CaseKeys, actor: Viewer, event: str, sheet: Sheet
) -> None:
    answers = [one.answer for one in sheet.values()]
    pub = {answer: answers.count(answer) for answer in ANSWERS}
    record_quietly(db, case, keys, actor=actor, event=event, pub=pub)
