"""The audits of a scheme, and everything that one of them rests on."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from conductdesk.cases.models import (
    AuditFinding,
    AuditQuestion,
    Case,
    Engagement,
    Sample,
    SchemeFinding,
    WorkingPaper,
)
from conductdesk.cases.queries import reviewable_cases
from conductdesk.cases.scheme_findings import may_read
from conductdesk.people.models import Account
from conductdesk.policy import Viewer
from conductdesk.review.queries.population import Wanted, count_population
from conductdesk.schemes.calendar import local_day

LONGEST = 500
"""Cases with papers or findings that one report holds."""


def engagements_of(db: Session, viewer: Viewer) -> Sequence[tuple[Engagement, str]]:
    """Return the audits of the schemes that *viewer* audits, the newest first, and whose."""
    wanted = select(Engagement, Account.name).join(Account, Account.id == Engagement.account_id)
    wanted = wanted.where(Engagement.scheme.in_(viewer.audits))
    return [(one, name) for one, name in db.execute(wanted.order_by(Engagement.begun_at.desc()))]


def engagement_of(db: Session, viewer: Viewer, engagement_id: UUID) -> Engagement | None:
    """Return an audit of a scheme that *viewer* audits."""
    found = db.get(Engagement, engagement_id)
    return found if found is not None and found.scheme in viewer.audits else None


def count_closed(db: Session, viewer: Viewer, engagement: Engagement) -> int:
    """Count the cases that were closed in the period."""
    return count_population(db, viewer, wanted_of(engagement))


def wanted_of(engagement: Engagement) -> Wanted:
    """Return the population of an audit."""
    first, last = local_day(engagement.closed_from), local_day(engagement.closed_to)
    return Wanted(scheme=engagement.scheme, closed_from=first, closed_to=last)


def cases_looked_at(db: Session, viewer: Viewer, engagement: Engagement) -> Sequence[Case]:
    """Return the cases of the period with a paper, a finding or a question, by their code names."""
    with_work = or_(
        *(
            Case.id.in_(select(model.case_id))
            for model in (WorkingPaper, AuditFinding, AuditQuestion)
        )
    )
    wanted = reviewable_cases(viewer).where(with_work, *_closed_in(engagement))
    return db.scalars(wanted.order_by(Case.code_name).limit(LONGEST)).all()


def cases_to_rest_on(db: Session, viewer: Viewer, engagement: Engagement) -> Sequence[Case]:
    """Return the cases of an audit that a finding can rest on: drawn, or looked at."""
    drawn = {
        case
        for one in samples_for(db, viewer, engagement)
        for case in (one.cases or "").splitlines()
    }
    looked_at = {case.id for case in cases_looked_at(db, viewer, engagement)}
    either = or_(Case.id.in_(looked_at), Case.pseudonym.in_(drawn))
    wanted = reviewable_cases(viewer).where(either, *_closed_in(engagement))
    return db.scalars(wanted.order_by(Case.code_name).limit(LONGEST)).all()


def scheme_findings_of(db: Session, viewer: Viewer, engagement: Engagement) -> list[SchemeFinding]:
    """Return the findings of an audit that rest on several cases, or on none, for *viewer*."""
    wanted = select(SchemeFinding).where(SchemeFinding.engagement_id == engagement.id)
    found = db.scalars(wanted.order_by(SchemeFinding.made_at, SchemeFinding.id))
    return [one for one in found if may_read(db, viewer, one)]


def samples_for(db: Session, viewer: Viewer, engagement: Engagement) -> Sequence[Sample]:
    """Return the samples that *viewer* drew of the scheme since the audit began.

    The list of another auditor's draw may count a case that this one may not know of.
    """
    wanted = select(Sample).where(
        Sample.account_id == viewer.account_id,
        Sample.scheme == engagement.scheme,
        Sample.drawn_at.is_not(None),
        Sample.announced_at >= engagement.begun_at,
    )
    return db.scalars(wanted.order_by(Sample.number)).all()


def _closed_in(engagement: Engagement) -> tuple[ColumnElement[bool], ...]:
    return (
        Case.scheme == engagement.scheme,
        Case.closed_at >= engagement.closed_from,
        Case.closed_at <= engagement.closed_to,
    )
