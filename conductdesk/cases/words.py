"""What the desk calls things: states, capacities, routes, findings, and what happened; pure."""

from __future__ import annotations

from collections.abc import Mapping

from conductdesk.cases.concern import Part
from conductdesk.cases.workflow import State

STATES: Mapping[str, str] = {
    State.DRAFT: "Draft",
    State.RECEIVED: "Received",
    State.ACKNOWLEDGED: "Acknowledged",
    State.TRIAGED: "Triaged",
    State.INFORMAL: "Informal",
    State.INVESTIGATING: "Investigating",
    State.REPORTED: "Reported",
    State.DECIDED: "Decided",
    State.APPEALED: "Appealed",
    State.CARRYING_OUT: "Carrying out",
    State.CLOSED: "Closed",
    State.AFTERCARE: "Aftercare",
    State.DESTROYED: "Destroyed",
}

NOT_BEGUN = frozenset({State.DRAFT, State.RECEIVED, State.ACKNOWLEDGED})
"""The states in which nobody has looked into a case yet."""

CAPACITIES: Mapping[str, str] = {
    "handler": "Handler",
    "alternate": "Alternate",
    "safeguarding": "Safeguarding lead",
    "outside": "Outside contact",
    "investigator": "Investigator",
    "decision_maker": "Decision maker",
    "appeal_body": "Appeal body",
    "second": "Second person",
}

ROUTES: Mapping[str, str] = {
    "advice": "Advice",
    "informal": "Informal resolution",
    "referral": "Referral to another body",
    "low_level": "Low-level record",
    "out_of_scope": "Out of scope",
    "formal": "Formal investigation",
    "request": "Do what was asked",
}

ANSWERS: Mapping[str, str] = {"yes": "Yes", "no": "No", "not_sure": "Not sure"}

PARTS: Mapping[str, str] = {
    "respondent": "Person the concern is about",
    "affected": "Person affected",
    "witness": "Saw or heard it",
    "supporter": "Supports the reporter",
    "partner": "Takes part in the mentoring",
    "guardian": "Parent or guardian",
}

ALIASES: Mapping[Part, str] = {
    Part.RESPONDENT: "Respondent",
    Part.AFFECTED: "Affected person",
    Part.WITNESS: "Witness",
    Part.SUPPORTER: "Supporter",
    Part.PARTNER: "Partner",
    Part.GUARDIAN: "Guardian",
}
"""What a party is called where no name may stand; a letter follows."""

MODES: Mapping[str, str] = {
    "named": "Named: those on the case may know the name",
    "confidential": "Confidential: the name is sealed to the handlers",
    "anonymous": "Anonymous: no name is stored",
}

MODES_IN_SHORT: Mapping[str, str] = {
    "named": "Named",
    "confidential": "Confidential. The name is sealed to the handlers",
    "anonymous": "Anonymous. No name is stored",
}
"""The same among the facts of the overview, where nothing has to be said of a name that is known."""

CHANNELS: Mapping[str, str] = {
    "public_form": "By the form",
    "mailbox": "From the messages",
    "telephone": "By telephone",
    "letter": "By letter",
    "email": "By e-mail",
    "in_person": "In person",
}
"""How a concern came in."""

STANDARDS: Mapping[str, str] = {
    "balance": "On the balance of probabilities",
    "clear": "Clear and convincing",
    "beyond_doubt": "Beyond reasonable doubt",
}

FINDINGS: Mapping[str, str] = {
    "upheld": "Upheld",
    "partly_upheld": "Partly upheld",
    "not_upheld": "Not upheld",
    "not_determined": "Not determined",
}

BEARINGS: Mapping[str, str] = {
    "for": "Supports the allegation",
    "against": "Speaks against it",
    "neutral": "Neither",
}

EVENTS: Mapping[str, str] = {
    "concern.received": "Concern received",
    "parties.shown": "Names of the parties shown",
    "no_conflict.attested": "No conflict of interest",
    "officer.recused": "Officer stepped away",
    "officer.left": "Officer left the case",
    "conflict.found": "Officer kept away",
    "lift.proposed": "Letting somebody in again proposed",
    "barrier.lifted": "Officer not kept away any more",
    "officer.appointed": "Officer appointed",
    "organisation.set": "Organisation set",
    "case.read": "Case read",
    "case.reviewed": "Read by an auditor",
    "record.exported": "Exported, to be checked elsewhere",
    "grant.requested": "Key asked for",
    "party.added": "Party added",
    "case.acknowledged": "Acknowledged",
    "case.triaged": "Triaged",
    "message.sent": "Message to the reporter",
    "reporter.wrote": "Message from the reporter",
    "reporter.withdrew": "Reporter does not want to go on",
    "treatment.reported": "Reporter is being treated badly",
    "recovery.opened": "Opened with the recovery key",
    "case.destroyed": "Destroyed",
    "identity.revealed": "Reporter’s name shown",
    "receipt.reissued": "New receipt issued",
    "case.joined": "Joined to another case",
    "case.took_in": "Another case was joined to this one",
    "joining.undone": "Joining undone",
    "receipt.exchanged": "Receipt exchanged by the reporter",
    "note.confirmed": "Reporter says that the note is right",
    "note.corrected": "Reporter corrects the note",
    "terms.set": "Terms of reference set",
    "case.investigation_opened": "Investigation opened",
    "notice.served": "Notice served",
    "reply.recorded": "Reply recorded",
    "reply.none": "No reply by the date given",
    "note.added": "Note added",
    "evidence.added": "Evidence added",
    "text.refused": "Text refused that seemed to name somebody",
    "file.refused": "Harmful file refused",
    "evidence.considered": "Evidence considered",
    "report.locked": "Report locked",
    "decision.proposed": "Decision proposed to the panel",
    "decision.voted": "Vote cast",
    "case.decided": "Findings recorded",
    "sides.told": "Both sides told",
    "appeal.lodged": "Appeal lodged",
    "appeal.concluded": "Appeal decided",
    "outcomes.begun": "Outcomes being carried out",
    "outcome.proven": "Outcome proven done",
    "outcome.waiver_proposed": "Waiver of an outcome proposed",
    "outcome.waived": "Outcome waived",
    "step.prepared": "Reason for a step written down",
    "step.agreed": "Step agreed to",
    "low_level.acted": "Small matter acted on",
    "case.triaged_again": "Another route chosen",
    "hours.proven": "Hours proven",
    "ending.told": "Every organisation told of an end",
    "ending.confirmed": "End confirmed by an organisation",
    "outcome.ended": "Outcome ended by itself",
    "request.told": "Somebody told of the request",
    "request.extended": "Request takes longer",
    "request.refused": "Request refused",
    "hold.begun": "Hold begun",
    "hold.ended": "Hold ended",
    "measure.imposed": "Interim measure begun",
    "measure.reviewed": "Interim measure reviewed",
    "measure.ended": "Interim measure ended",
    "referral.made": "Referral made",
    "referral.answered": "Referral answered",
    "referral.declined": "Referral decided against",
    "override.recorded": "Confidence overridden",
    "agreement.recorded": "Agreement recorded",
    "agreement.ended": "Agreement seen through",
    "learning.noted": "Learning noted",
    "feedback.given": "Feedback given",
    "feedback.withheld": "Feedback not given",
    "retention.chosen": "Retention chosen",
    "audit_copy.checked": "Audit copy checked",
    "closure.proposed": "Closing proposed",
    "case.closed": "Closed",
    "aftercare.begun": "Aftercare begun",
    "check_in.asked": "Check-in sent",
    "check_in.answered": "Check-in answered",
    "aftercare.ended": "Aftercare ended",
    "case.reopened": "Reopened",
    "destruction.proposed": "Destruction proposed",
    "destruction.ordered": "Destruction ordered",
    "grant.made": "Key given",
    "grant.ended": "Key taken back",
    "request.closed": "Waiting key no longer needed",
    "key.published": "Key published",
    "keys.tended": "Keys brought up to date",
    "withdrawal.answered": "Decided whether to go on",
    "outcome.waiver_declined": "Waiver of an outcome declined",
    "no_referral.proposed": "Decision against a referral proposed",
    "proposal.refused": "Proposal not agreed to",
    "consent.noted": "Consent noted",
    "consent.withdrawn": "Consent taken back",
    "file.added": "File added",
    "audit.finding_made": "Finding of the audit",
    "audit.finding_answered": "Reply to a finding of the audit",
    "audit.finding_proven": "Proof given for a finding of the audit",
    "audit.finding_closed": "Finding of the audit closed",
    "audit.finding_returned": "Proof not taken by the auditor",
    "audit.question_asked": "Question from an auditor",
    "audit.question_answered": "Question of an auditor answered",
    "audit.paper_kept": "Working paper kept",
    "audit.paper_signed": "Working paper signed off",
    "break_glass.asked": "More than the record asked for by an auditor",
    "break_glass.agreed": "More than the record agreed to by a first person",
    "break_glass.opened": "More than the record opened to an auditor",
    "break_glass.refused": "More than the record refused to an auditor",
    "break_glass.ended": "More than the record closed to an auditor again",
    "originals.read": "Originals read by an auditor",
    "auditor.recused": "Auditor stepped away",
    "auditor.left": "Keys taken back from a former auditor",
}

QUIET = frozenset({"grant.made", "grant.ended", "rows.recorded", "request.closed", "key.published"})
"""Entries of keys; the full history has them."""

READS = frozenset({"case.read", "parties.shown", "case.reviewed", "originals.read"})
"""Entries that change nothing; the overview leaves them out."""


def state_words(state: str) -> str:
    """Return what the desk calls a state; one that a log alone knows is shown as it is."""
    return STATES.get(state, state)


def tone_of(state: str) -> str:
    """Return the colour of a state's tag: grey as long as nobody has looked into the case."""
    return "grey" if state in NOT_BEGUN else ""


def state_tag(state: str) -> tuple[str, str]:
    """Return the words of a state, and their tone."""
    return state_words(state), tone_of(state)


def event_words(event: str) -> str:
    """Return what the desk calls an entry; an unknown type is shown as it is."""
    return EVENTS.get(event, event.replace(".", ": ").replace("_", " "))


def alias(part: Part, place: int) -> str:
    """Return the stable pseudonym of a party: *Witness B* is the second witness."""
    return f"{ALIASES[part]} {letter(place)}"


def letter(place: int) -> str:
    """Return A for 0, B for 1, and AA after Z."""
    rounds, rest = divmod(place, 26)
    return (letter(rounds - 1) if rounds else "") + chr(ord("A") + rest)
