"""The draws of samples: all of a scheme by their numbers, and the cases of one's own."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk.audit.checkpoints import FOR_ITS_REPORTER
from conductdesk.audit.models import LogCheckpoint
from conductdesk.cases.models import Case, Sample, WorkingPaper
from conductdesk.cases.queries import reviewable_cases
from conductdesk.people.models import Account
from conductdesk.policy import Viewer


def draws_of(db: Session, viewer: Viewer) -> Sequence[tuple[Sample, str]]:
    """Return every draw of the schemes that *viewer* audits, the newest first, and who made it."""
    wanted = select(Sample, Account.name).join(Account, Account.id == Sample.account_id)
    wanted = wanted.where(Sample.scheme.in_(viewer.audits))
    newest_first = wanted.order_by(Sample.announced_at.desc(), Sample.scheme, Sample.number.desc())
    return [(sample, name) for sample, name in db.execute(newest_first)]


def own_sample(db: Session, viewer: Viewer, sample_id: UUID) -> Sample | None:
    """Return a draw that *viewer* made, of a scheme that they audit still; None for any other.

    The list of another auditor's draw may hold a case that this one may not know of.
    """
    found = db.get(Sample, sample_id)
    mine = found is not None and found.account_id == viewer.account_id
    return found if mine and found is not None and found.scheme in viewer.audits else None


def cases_drawn(db: Session, viewer: Viewer, sample: Sample) -> dict[str, Case]:
    """Return those of the cases drawn that *viewer* may still review, by pseudonym."""
    drawn = (sample.cases or "").splitlines()
    found = db.scalars(reviewable_cases(viewer).where(Case.pseudonym.in_(drawn)))
    return {case.pseudonym: case for case in found}


def own_papers(db: Session, viewer: Viewer, cases: Collection[Case]) -> dict[str, str]:
    """Return how far *viewer*'s own working papers on *cases* have come, by pseudonym."""
    wanted = (
        select(Case.pseudonym, WorkingPaper.signed_at)
        .join(WorkingPaper, WorkingPaper.case_id == Case.id)
        .where(WorkingPaper.account_id == viewer.account_id)
        .where(Case.id.in_([case.id for case in cases]), WorkingPaper.begun_at >= Case.closed_at)
    )
    return {case: "Signed off" if signed else "Begun" for case, signed in db.execute(wanted)}


def first_checkpoint_after(db: Session, log_id: str, index: int) -> LogCheckpoint | None:
    """Return the first signed checkpoint that covers an entry and is not one reporter's own."""
    covering = select(LogCheckpoint).where(
        LogCheckpoint.log_id == log_id,
        LogCheckpoint.size > index,
        LogCheckpoint.purpose.not_in(FOR_ITS_REPORTER),
    )
    return db.scalars(covering.order_by(LogCheckpoint.size).limit(1)).first()
