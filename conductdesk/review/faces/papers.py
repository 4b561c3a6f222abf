"""A working paper as its auditor reads it, and those of the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.cases.faces.auditing import names_of
from conductdesk.cases.models import Case, WorkingPaper
from conductdesk.policy import Viewer
from conductdesk.review.actions.papers import ANSWERS, Checked, paper_of, sheet_of
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys, NotGranted


@dataclass(frozen=True)
class PaperLine:
    """One line of the checklist, and what was said to it."""

    key: str
    question: str
    clause: str
    answer: str
    """The word for it, empty where it was not looked at."""
    note: str


@dataclass(frozen=True)
class PaperFace:
    """One working paper."""

    lines: tuple[PaperLine, ...]
    signed_at: datetime | None
    kept_at: datetime | None
    readable: bool
    """Whether its auditor holds the key to it."""


@dataclass(frozen=True)
class PaperRow:
    """That an auditor has a paper on the case."""

    by: str
    kept_at: datetime
    signed_at: datetime | None


def own_paper(db: Session, case: Case, keys: CaseKeys, pack: Pack, viewer: Viewer) -> PaperFace:
    """Return the viewer's own paper, empty where they have not begun."""
    paper = paper_of(db, case, viewer.account_id)
    sheet, readable = _sheet(keys, paper)
    return PaperFace(
        lines=_lines(pack, sheet),
        signed_at=paper.signed_at if paper else None,
        kept_at=paper.kept_at if paper else None,
        readable=readable,
    )


def papers_on(db: Session, case: Case) -> tuple[PaperRow, ...]:
    """Return who has a paper on the case, the newest first."""
    wanted = select(WorkingPaper).where(WorkingPaper.case_id == case.id)
    rows = db.scalars(wanted.order_by(WorkingPaper.begun_at.desc())).all()
    names = names_of(db, {row.account_id for row in rows})
    return tuple(
        PaperRow(names.get(row.account_id, ""), row.kept_at, row.signed_at) for row in rows
    )


def _sheet(keys: CaseKeys, paper: WorkingPaper | None) -> tuple[Mapping[str, Checked], bool]:
    if paper is None:
        return {}, True
    try:
        return sheet_of(keys, paper), True
    except NotGranted:
        return {}, False


def _lines(pack: Pack, sheet: Mapping[str, Checked]) -> tuple[PaperLine, ...]:
    return tuple(
        PaperLine(
            key=line.key,
            question=line.question,
            clause=line.clause,
            answer=ANSWERS.get(sheet.get(line.key, Checked("")).answer, ""),
            note=sheet.get(line.key, Checked("")).note,
        )
        for line in pack.checklist
    )
