"""What an audit leaves behind: itself, and on each closed case its papers, questions and findings.

Whatever somebody wrote is sealed to the `record` of the case that it is about: its auditors hold
that, and so do the officers who answer them.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from conductdesk.db import Base, LoggedRow
from conductdesk.vault.models import Compartment, sealed, sealed_optional


class ByAuditor(LoggedRow):
    """What an auditor wrote on one case."""

    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class Engagement(LoggedRow, Base):
    """One audit: of a scheme, over the cases that were closed in a period."""

    __tablename__ = "engagement"

    scheme: Mapped[str]
    closed_from: Mapped[datetime]
    closed_to: Mapped[datetime]
    """The last moment of the period."""
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    begun_at: Mapped[datetime]
    reported_at: Mapped[datetime | None]
    opinion: Mapped[str | None]
    """`effective`, `improvements` or `ineffective`, as the last report says."""
    report_sha256: Mapped[str | None]
    """Of the PDF that the auditor took away; no copy is kept here."""


class Sample(LoggedRow, Base):
    """One draw of a sample: announced, and then drawn with a seed that nobody knew before."""

    __tablename__ = "sample"
    __table_args__ = (UniqueConstraint("scheme", "number"),)

    scheme: Mapped[str]
    number: Mapped[int]
    """Counts the draws of a scheme, from 1, whoever made them."""
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    announced_at: Mapped[datetime]
    announced_in: Mapped[int]
    """The index of the entry that announced it."""
    method: Mapped[str]
    """One of `review.rules.Method`."""
    words: Mapped[str]
    """What the auditor gave to the seed beforehand; empty where nothing."""
    size: Mapped[int]
    """How many cases were asked for; more than there are means all of them."""
    population: Mapped[str]
    """A line for each case: its pseudonym, a space, its stratum; ascending."""
    population_sha256: Mapped[str]
    checkpoint_size: Mapped[int | None]
    """How many entries the checkpoint covers from which the seed comes."""
    root: Mapped[str | None]
    """Its root hash, in base64."""
    drawn_at: Mapped[datetime | None]
    cases: Mapped[str | None]
    """The pseudonyms of the cases drawn, each on a line, in the order of the draw."""


class WorkingPaper(ByAuditor, Base):
    """What an auditor checked on one case, by the checklist of its scheme."""

    __tablename__ = "working_paper"

    begun_at: Mapped[datetime]
    kept_at: Mapped[datetime]
    signed_at: Mapped[datetime | None]
    """After which nothing in it changes."""
    body: Mapped[bytes] = sealed(Compartment.RECORD)
    """JSON: answer and note of each line, by its key."""


class FindingSteps:
    """How far a finding of the audit has come."""

    made_at: Mapped[datetime]
    grade: Mapped[str]
    """`advisory`, `minor`, `major` or `critical`."""
    owner: Mapped[str]
    """The office that must put it right."""
    due_at: Mapped[datetime]
    replied_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    replied_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]
    proven_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    proven_at: Mapped[datetime | None]
    """Empty again where the auditor did not take the proof."""
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]


class AuditFinding(FindingSteps, ByAuditor, Base):
    """Something that an auditor saw on a case and wants put right."""

    __tablename__ = "audit_finding"

    words: Mapped[bytes] = sealed(Compartment.RECORD)
    """JSON: what was observed, and what is recommended."""
    reply: Mapped[bytes | None] = sealed_optional(Compartment.RECORD)
    proof: Mapped[bytes | None] = sealed_optional(Compartment.RECORD)
    verdict: Mapped[bytes | None] = sealed_optional(Compartment.RECORD)
    """What the auditor says of the proof."""


class SchemeFinding(FindingSteps, LoggedRow, Base):
    """A finding that rests on several cases of an audit, or on none: about the scheme as a whole.

    `words`, `reply`, `proof` and `verdict` are hex of HMAC-SHA256(salt, text); salt and text are
    sealed to each reader (`FindingCopy`).
    """

    __tablename__ = "scheme_finding"

    engagement_id: Mapped[UUID] = mapped_column(ForeignKey("engagement.id"), index=True)
    scheme: Mapped[str]
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    rests_on: Mapped[int]
    """How many cases it was seen on; fewer are left when one of them is destroyed."""
    words: Mapped[str]
    reply: Mapped[str | None]
    proof: Mapped[str | None]
    verdict: Mapped[str | None]


class FindingCase(LoggedRow, Base):
    """One of the cases that a finding rests on."""

    __tablename__ = "finding_case"

    finding_id: Mapped[UUID] = mapped_column(ForeignKey("scheme_finding.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)


class FindingCopy(Base):
    """One part of a finding, in one reader's hands; the finding's own row vouches for it."""

    __tablename__ = "finding_copy"
    __table_args__ = (UniqueConstraint("finding_id", "principal_id", "part"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("scheme_finding.id"))
    principal_id: Mapped[UUID] = mapped_column(ForeignKey("principal.id"), index=True)
    part: Mapped[str]
    """`words`, `reply`, `proof` or `verdict`."""
    text: Mapped[bytes]
    """JSON of salt and text, sealed by `vault.personal`."""


class AuditQuestion(ByAuditor, Base):
    """What an auditor asked about a case, and what an officer answered."""

    __tablename__ = "audit_question"

    asked_at: Mapped[datetime]
    question: Mapped[bytes] = sealed(Compartment.RECORD)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[bytes | None] = sealed_optional(Compartment.RECORD)


class GlassState(StrEnum):
    """What became of an auditor's request to read more than the record."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    ENDED = "ended"


NOT_OVER = (GlassState.WAITING, GlassState.AGREED)
"""In which a request may still give keys."""


class BreakGlass(ByAuditor, Base):
    """That an auditor asked for more of a closed case than its record, and who let them."""

    __tablename__ = "break_glass"

    asked_at: Mapped[datetime]
    parts: Mapped[str]
    """The compartments, with a space between two."""
    ends_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=GlassState.WAITING)
    """A `GlassState`."""
    first_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    first_at: Mapped[datetime | None]
    second_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    """Who agreed as the second, or who refused."""
    second_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    reason: Mapped[bytes] = sealed(Compartment.RECORD)
