"""Tables of a case: what came in, who is on it, what was found, and what follows."""

from __future__ import annotations

from conductdesk.cases.models.auditing import (
    AuditFinding,
    AuditQuestion,
    BreakGlass,
    Engagement,
    FindingCase,
    FindingCopy,
    FindingSteps,
    Sample,
    SchemeFinding,
    WorkingPaper,
)
from conductdesk.cases.models.case import (
    NEVER,
    Appointment,
    Barrier,
    Case,
    CaseClock,
    CaseRead,
    Party,
)
from conductdesk.cases.models.closure import AuditCopy, CheckIn, Proposal, TieCheck
from conductdesk.cases.models.correspondence import Concern, Consent, Message, Reporter
from conductdesk.cases.models.inquiry import (
    Allegation,
    Document,
    DocumentKind,
    Draft,
    DraftKind,
    Evidence,
    Finding,
    RespondentPaper,
)
from conductdesk.cases.models.outcome import (
    Appeal,
    HoursProven,
    InterimMeasure,
    Outcome,
    Override,
    Referral,
    Telling,
)
from conductdesk.cases.models.panel import ProposedDecision, Vote

__all__ = [
    "NEVER",
    "Allegation",
    "Appeal",
    "Appointment",
    "AuditCopy",
    "AuditFinding",
    "AuditQuestion",
    "Barrier",
    "BreakGlass",
    "Case",
    "CaseClock",
    "CaseRead",
    "CheckIn",
    "Concern",
    "Consent",
    "Document",
    "DocumentKind",
    "Draft",
    "DraftKind",
    "Engagement",
    "Evidence",
    "Finding",
    "FindingCase",
    "FindingCopy",
    "FindingSteps",
    "HoursProven",
    "InterimMeasure",
    "Message",
    "Outcome",
    "Override",
    "Party",
    "Proposal",
    "ProposedDecision",
    "Referral",
    "Reporter",
    "RespondentPaper",
    "Sample",
    "SchemeFinding",
    "Telling",
    "TieCheck",
    "Vote",
    "WorkingPaper",
]
