"""Whether both sides were treated fairly; pure."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations
from uuid import UUID

from conductdesk.cases.models import (
    HEARD,
    Allegation,
    Appointment,
    Evidence,
    Finding,
    Message,
    MessageKind,
    PaperKind,
    RespondentPaper,
)
from conductdesk.policy import Capacity
from conductdesk.review.controls.control import Control, Fault, Verdict
from conductdesk.review.controls.material import Material
from conductdesk.schemes.calendar import local_day

ADVERSE = frozenset({"upheld", "partly_upheld"})

APART = {
    Capacity.INVESTIGATOR: "investigator",
    Capacity.DECISION_MAKER: "decision maker",
    Capacity.APPEAL_BODY: "appeal body",
}


def noticed_first(material: Material) -> Verdict:
    """Pass where a notice and a reply, or a recorded non-reply, come before an adverse finding."""
    adverse = [one for one in material.of(Finding) if one.result in ADVERSE]
    if not adverse:
        return None
    allegations = {one.id: one for one in material.of(Allegation)}
    faults = []
    for finding in adverse:
        allegation = allegations.get(finding.allegation_id)
        if allegation is None:
            faults.append(Fault("A finding belongs to no allegation."))
            continue
        before = {
            paper.kind
            for paper in material.of(RespondentPaper)
            if paper.party_id == allegation.party_id and paper.made_at <= finding.found_at
        }
        if PaperKind.NOTICE not in before:
            faults.append(Fault(f"Allegation {allegation.letter} was upheld without a notice."))
        elif not before & HEARD:
            faults.append(Fault(f"Allegation {allegation.letter} was upheld without a reply."))
    return faults


def weighed_against(material: Material) -> Verdict:
    """Pass where all evidence, that against the allegation too, was considered before a finding."""
    findings = material.of(Finding)
    if not findings:
        return None
    first = min(one.found_at for one in findings)
    items = material.of(Evidence)
    if not items:
        return [Fault("There was a finding without any evidence.")]
    late = [
        one
        for one in items
        if (one.considered_at is None and one.added_at <= first)
        or (one.considered_at is not None and one.added_at <= first < one.considered_at)
    ]
    against = sum(one.bearing == "against" for one in late)
    if not late:
        return []
    return [Fault(f"{len(late)} not considered before the finding, {against} of them against it.")]


def kept_apart(material: Material) -> Verdict:
    """Pass where nobody was two of investigator, decision maker and appeal body."""
    seated: defaultdict[str, set[UUID]] = defaultdict(set)
    for seat in material.of(Appointment):
        seated[seat.capacity].add(seat.account_id)
    if not seated.keys() & APART.keys():
        return None
    return [
        Fault(f"Was {APART[one]} and {APART[other]}.", material.people.pseudonym(account_id))
        for one, other in combinations(APART, 2)
        for account_id in seated[one] & seated[other]
    ]


def reasoned(material: Material) -> Verdict:
    """Pass where each allegation has a finding that stands, which never comes without reasons."""
    allegations = material.of(Allegation)
    if not allegations:
        return None
    standing = {
        one.allegation_id
        for one in material.of(Finding)
        if one.superseded_at is None and one.has_reasons
    }
    return [
        Fault(f"Allegation {one.letter} has no finding with reasons.")
        for one in allegations
        if one.id not in standing
    ]


def told_the_same_day(material: Material) -> Verdict:
    """Pass where on one day each respondent got a letter and the reporter a message."""
    if material.case.decided_at is None:
        return None
    letters: defaultdict[UUID, set[date]] = defaultdict(set)
    for paper in material.of(RespondentPaper):
        if paper.kind == PaperKind.LETTER:
            letters[paper.party_id].add(local_day(paper.dated))
    told = {
        local_day(one.sent_at)
        for one in material.of(Message)
        if one.kind == MessageKind.FEEDBACK and one.sent_at >= material.case.decided_at
    }
    accused = {one.party_id for one in material.of(Allegation)}
    days = set.intersection(told, *(letters[party] for party in accused))
    return [] if days else [Fault("Both sides were not told of the decision on the same day.")]


FAIRNESS = (
    Control(
        key="notice",
        title="Notice before an adverse finding",
        criterion="A notice, and a reply or a recorded non-reply, came before each adverse finding.",
        reference="Procedure: what no scheme can relax",
        rows=frozenset({Allegation, Finding, RespondentPaper}),
        of_case=noticed_first,
    ),
    Control(
        key="evidence",
        title="Evidence against considered",
        criterion="Every item of evidence, for and against, was considered before the finding.",
        reference="Procedure: investigating",
        rows=frozenset({Evidence, Finding}),
        of_case=weighed_against,
    ),
    Control(
        key="apart",
        title="Investigator, decision maker and appeal body distinct",
        criterion="Nobody was more than one of investigator, decision maker and appeal body.",
        reference="Procedure: what no scheme can relax",
        rows=frozenset({Appointment}),
        of_case=kept_apart,
    ),
    Control(
        key="reasons",
        title="Reasons for each allegation",
        criterion="Each allegation has a finding that stands, with its reasons.",
        reference="Procedure: decided",
        rows=frozenset({Allegation, Finding}),
        of_case=reasoned,
    ),
    Control(
        key="same-day",
        title="Both sides told the same day",
        criterion="Each respondent’s letter and the message to the reporter went out on one day.",
        reference="Procedure: decided; clock “letters” of the scheme",
        rows=frozenset({Allegation, Message, RespondentPaper}),
        of_case=told_the_same_day,
    ),
)
