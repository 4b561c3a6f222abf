"""Begin an audit of a scheme, and report on it: both are entries in the scheme's log."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.audit.record import Event, Pub, append
from conductdesk.cases.days import end_of
from conductdesk.cases.models import Engagement
from conductdesk.policy import Viewer
from conductdesk.refusal import Refused
from conductdesk.review.actions.reviewing import need_auditor
from conductdesk.schemes.calendar import ZONE, iso_day

OPINIONS: Mapping[str, str] = {
    "effective": "The controls work",
    "improvements": "The controls work, with improvements needed",
    "ineffective": "The controls do not work",
}
"""What an audit may come to."""


@dataclass(frozen=True)
class Period:
    """Of which scheme the cases are looked at, and from when to when they were closed."""

    scheme: str
    closed_from: date
    closed_to: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.closed_to < self.closed_from:
            raise Refused("The last day must not be before the first.")


def begin_audit(db: Session, *, actor: Viewer, period: Period) -> Engagement:
    """Begin an audit of the cases that were closed in a period."""
    need_auditor(actor, period.scheme)
    begun = Engagement(
        scheme=period.scheme,
        closed_from=datetime.combine(period.closed_from, time(), ZONE),
        closed_to=end_of(period.closed_to),
        account_id=actor.account_id,
        begun_at=clock.now(),
    )
    db.add(begun)
    _record(db, actor, begun, "audit.begun", {})
    return begun


def report_audit(
    db: Session,
    *,
    actor: Viewer,
    engagement: Engagement,
    opinion: str,
    pdf: bytes,
    counts: Mapping[str, int],
) -> str:
    """Leave the entry with the report's SHA-256, and return it; the report itself is not kept.

    *counts* says how many cases, papers and findings it has: numbers without personal data. The
    entry of a later report names the one that it replaces, so none is replaced in silence.
    """
    need_auditor(actor, engagement.scheme)
    if engagement.account_id != actor.account_id:
        raise Refused("Only whoever began an audit reports on it. Begin one of your own.")
    if opinion not in OPINIONS:
        raise Refused("Choose what the audit comes to.")
    replaces: dict[str, Pub] = {}
    if engagement.report_sha256 is not None:
        replaces["replaces"] = engagement.report_sha256
    engagement.reported_at, engagement.opinion = clock.now(), opinion
    engagement.report_sha256 = sha256 = hashlib.sha256(pdf).hexdigest()
    facts: dict[str, Pub] = {**counts, **replaces, "opinion": opinion, "sha256": sha256}
    _record(db, actor, engagement, "audit.reported", facts)
    return sha256


def _record(
    db: Session, actor: Viewer, engagement: Engagement, event: str, more: Mapping[str, Pub]
) -> None:
    facts: dict[str, Pub] = {
        "closed_from": iso_day(engagement.closed_from),
        "closed_to": iso_day(engagement.closed_to),
        **more,
    }
    append(db, engagement.scheme, [Event(event, actor.pseudonym, facts)])
