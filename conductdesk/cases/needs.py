"""What must be true before a move: the facts of a case, and each need with its sentence; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Route(StrEnum):
    """What the handler chooses at triage."""

    ADVICE = "advice"
    INFORMAL = "informal"
    REFERRAL = "referral"
    LOW_LEVEL = "low_level"
    OUT_OF_SCOPE = "out_of_scope"
    FORMAL = "formal"
    REQUEST = "request"
    """Do what was asked for; nobody is at fault."""


@dataclass(frozen=True)
class MoveFacts:
    """What the kernel needs to know of a case; every default is the answer that refuses."""

    handler_attested: bool = False
    human_message_sent: bool = False
    triage_answered: bool = False
    route: Route | None = None
    routes: frozenset[Route] = frozenset()
    """The routes that the case's kind of intake has."""
    agreement_recorded: bool = False
    allegations: int = 0
    terms_set: bool = False
    investigator: UUID | None = None
    decision_makers: frozenset[UUID] = frozenset()
    """Everybody who decides in this case, or has sat as one who does."""
    deciders_missing: int = 1
    """How many more must be seated before enough of them can agree."""
    voices: int = 0
    """How many members of a panel agree to what is proposed."""
    voices_wanted: int = 1
    """How many must; none where one officer decides."""
    appeal_body: UUID | None = None
    on_safeguarding_hold: bool = True
    on_police_pause: bool = True
    on_legal_hold: bool = True
    notice_served: bool = False
    both_sides_heard: bool = False
    evidence_weighed: bool = False
    report_locked: bool = False
    findings: int = 0
    decided: bool = True
    """Whether it stands decided; an appeal or a reopening undoes that."""
    both_sides_told: bool = False
    appeal_window_open: bool = True
    appeal_recorded: bool = False
    open_items: tuple[str, ...] = ("something",)
    """What keeps the case from closing, in words."""
    feedback_settled: bool = False
    learning_noted: bool = False
    retention_set: bool = False
    second_person: UUID | None = None
    first_person: UUID | None = None
    approver_involved: bool = True
    reason_given: bool = False
    retention_ended: bool = False
    joined: bool = True
    """Whether it is joined to another case, in which it is looked into."""
    other_closed: bool = False
    """Whether that other case is closed."""


@dataclass(frozen=True)
class Need:
    """Something that must be true, and the sentence for whoever finds that it is not."""

    holds: Callable[[MoveFacts], bool]
    otherwise: str


def _separate(facts: MoveFacts) -> bool:
    """Answer whether nobody has two of the three parts: each member of a panel counts."""
    others = [one for one in (facts.investigator, facts.appeal_body) if one is not None]
    return len(others) == len(set(others)) and not facts.decision_makers & set(others)


def route_in(*routes: Route) -> Callable[[MoveFacts], bool]:
    """Return the condition that the route chosen at triage is one of *routes*."""
    return lambda facts: facts.route in routes


ATTESTED = Need(
    lambda facts: facts.handler_attested,
    "Before you go on, say that you have no conflict of interest in this case.",
)
HUMAN_MESSAGE = Need(
    lambda facts: facts.human_message_sent,
    "Write to the reporter first. The automatic message does not count.",
)
TRIAGE_ANSWERED = Need(
    lambda facts: facts.triage_answered and facts.route is not None,
    "Answer every triage question with a reason, and choose a route.",
)
ROUTE_OF_KIND = Need(
    lambda facts: facts.route in facts.routes,
    "What was asked for cannot go this way. Choose a route that its kind has.",
)
NOT_DECIDED = Need(
    lambda facts: not facts.decided,
    "This case was decided. An appeal can change that, or the case is reopened.",
)
ALLEGATIONS_KEPT = Need(
    lambda facts: facts.allegations == 0 or facts.route is Route.FORMAL,
    "There are allegations on this case, and each needs a finding. It goes on as a formal "
    "investigation.",
)
AGREEMENT = Need(
    lambda facts: facts.agreement_recorded,
    "Record what was agreed, by whom and by when, and that those who take part consent.",
)
INFORMAL_ROUTE = Need(route_in(Route.INFORMAL), "The route chosen at triage is not informal.")
FORMAL_ROUTE = Need(
    route_in(Route.FORMAL), "The route chosen at triage is not a formal investigation."
)
NOT_JOINED = Need(
    lambda facts: not facts.joined,
    "This case is joined to another, and is looked into there. Do it on that one.",
)
OTHER_CLOSED = Need(
    lambda facts: not facts.joined or facts.other_closed,
    "This case is joined to another that is not closed yet. It closes after that one.",
)
NO_COURSE_OF_ITS_OWN = Need(
    lambda facts: (
        facts.joined
        or facts.route
        in (Route.ADVICE, Route.REFERRAL, Route.LOW_LEVEL, Route.OUT_OF_SCOPE, Route.REQUEST)
    ),
    "The route chosen at triage goes another way.",
)
TERMS = Need(
    lambda facts: facts.allegations > 0 and facts.terms_set,
    "Set the terms of reference first: at least one allegation by its clause, the questions, "
    "the standard of proof and the due date.",
)
INVESTIGATOR = Need(lambda facts: facts.investigator is not None, "Appoint an investigator first.")
SEPARATE_PEOPLE = Need(
    _separate,
    "The investigator, the decision maker and the appeal body must be different people.",
)
NO_HOLD = Need(
    lambda facts: not facts.on_safeguarding_hold and not facts.on_police_pause,
    "The case is on hold. Record the agencies' advice and end the hold first.",
)
NOTICE = Need(
    lambda facts: facts.notice_served,
    "Record that the respondent was served with notice of every allegation first.",
)
HEARD = Need(
    lambda facts: facts.both_sides_heard,
    "Record the respondent's reply to the notice, or that none came by the date given.",
)
WEIGHED = Need(
    lambda facts: facts.evidence_weighed,
    "Consider each item of evidence first, and record that you looked for evidence against.",
)
REPORT_LOCKED = Need(lambda facts: facts.report_locked, "Lock the report first.")
DECISION_MAKER = Need(
    lambda facts: facts.deciders_missing <= 0,
    "Appoint a decision maker first; where a panel decides, appoint its members.",
)
VOICES = Need(
    lambda facts: facts.voices >= facts.voices_wanted,
    "Not enough members of the panel agree to the proposed decision yet.",
)
ALL_FOUND = Need(
    lambda facts: facts.allegations > 0 and facts.findings >= facts.allegations,
    "Give a finding, with its standard of proof and reasons, for every allegation.",
)
APPEAL_BODY = Need(lambda facts: facts.appeal_body is not None, "Appoint an appeal body first.")
WINDOW_OPEN = Need(lambda facts: facts.appeal_window_open, "The time for an appeal has ended.")
APPEAL_RECORDED = Need(
    lambda facts: facts.appeal_recorded, "Record the appeal and the reasons for each ground first."
)
TOLD = Need(
    lambda facts: facts.both_sides_told,
    "Record that both sides were told of the decision, on the same day, first.",
)
CAN_BE_CARRIED_OUT = Need(
    lambda facts: facts.route is not None,
    "Choose a route first.",
)
NOTHING_OPEN = Need(
    lambda facts: not facts.open_items,
    "Something on this case is still open. Finish it, or have a second person waive it.",
)
FEEDBACK = Need(
    lambda facts: facts.feedback_settled,
    "Give the reporter feedback first, or record why you cannot.",
)
LEARNING = Need(lambda facts: facts.learning_noted, "Note what there is to learn from this first.")
RETENTION = Need(lambda facts: facts.retention_set, "Choose how long the case is kept first.")
TWO_PEOPLE = Need(
    lambda facts: (
        facts.second_person is not None
        and facts.first_person is not None
        and facts.second_person != facts.first_person
    ),
    "A second person must agree. You cannot agree to your own proposal.",
)
NOT_INVOLVED = Need(
    lambda facts: not facts.approver_involved,
    "Somebody who had no part in this case must decide that.",
)
REASON = Need(lambda facts: facts.reason_given, "Give a reason.")
RETENTION_ENDED = Need(
    lambda facts: facts.retention_ended, "The case must be kept until its retention date."
)
NO_LEGAL_HOLD = Need(
    lambda facts: not facts.on_legal_hold, "A legal hold keeps this case from being destroyed."
)
