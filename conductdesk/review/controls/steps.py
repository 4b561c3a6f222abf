"""Whether what needs two people, or a look again, or an end, had it; pure."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from conductdesk.cases.models import (
    STEP,
    InterimMeasure,
    Outcome,
    OutcomeState,
    Proposal,
    ProposalKind,
    Referral,
)
from conductdesk.review.controls.control import Control, Fault, Verdict
from conductdesk.review.controls.material import Columns, LoggedFact, Material, in_days
from conductdesk.schemes.calendar import local_day

MEASURED = ("measure.imposed", "measure.reviewed")


def seconded(material: Material) -> Verdict:
    """Pass where a second person agreed to whatever needs one."""
    proposals = material.of(Proposal)
    faults = [
        Fault(f"Agreed to their own proposal ({_words(one.kind)}).", _by(material, one.settled_by))
        for one in proposals
        if one.agreed and one.settled_by == one.proposed_by
    ]
    agreed = [one for one in proposals if one.agreed]
    reopened = material.case.reopened_at
    if not any(
        one.kind == ProposalKind.CLOSE and (not reopened or one.settled_at > reopened)
        for one in agreed
    ):
        faults.append(Fault("Nobody agreed, as a second person, to close the case."))
    subjects = {one.subject_id for one in agreed}
    waived = [one for one in material.of(Outcome) if one.state == OutcomeState.WAIVED]
    if any(one.id not in subjects for one in waived):
        faults.append(Fault("An outcome was waived without a second person."))
    return faults + [
        Fault(
            f"A step was made without the agreement that the scheme asks for ({_words(one.kind)})."
        )
        for one in proposals
        if one.used_at is not None and not one.agreed and _needs_second(material, one.kind)
    ]


def referred_or_reasoned(material: Material) -> Verdict:
    """Pass where a case at risk was referred, or two people decided with reasons not to."""
    if not material.case.at_risk and material.case.route != "referral":
        return None
    referrals = material.of(Referral)
    if not referrals:
        return [Fault("There is neither a referral nor a decision against one.")]
    agreed = {one.subject_id for one in material.of(Proposal) if one.agreed}
    if any(not one.referred and one.id not in agreed for one in referrals):
        return [Fault("One person alone decided against a referral.")]
    return []


def reviewed_in_time(material: Material) -> Verdict:
    """Pass where each interim measure was reviewed, or ended, by the day its entry gave."""
    measures = material.of(InterimMeasure)
    if not measures:
        return None
    return [fault for one in measures for fault in _overdue(material, one)]


def carried_out(material: Material) -> Verdict:
    """Pass where each outcome was done, with its proof, or given up by two people."""
    outcomes = material.of(Outcome)
    if not outcomes:
        return None
    faults = []
    for one in outcomes:
        if one.state == OutcomeState.OPEN:
            faults.append(Fault(f"An outcome is still open ({_words(one.kind)})."))
        elif one.state == OutcomeState.DONE and one.ended_by is not None and not one.has_proof:
            by = _by(material, one.ended_by)
            faults.append(
                Fault(f"An outcome was called done without proof ({_words(one.kind)}).", by)
            )
    return faults


def _overdue(material: Material, measure: Columns) -> list[Fault]:
    looks = [
        entry
        for entry in material.logged(*MEASURED)
        if measure.id in entry.names("interim_measure")
    ]
    if not looks:
        return [Fault("The log has no entry of an interim measure.")]
    ends = measure.ended_at or material.case.closed_at
    days = [local_day(entry.at) for entry in looks[1:]] + [local_day(ends)]
    late = ((entry, (day - _review_by(entry)).days) for entry, day in zip(looks, days, strict=True))
    return [
        Fault(f"An interim measure was looked at again {in_days(over)} late.", entry=entry.idx)
        for entry, over in late
        if over > 0
    ]


def _review_by(entry: LoggedFact) -> date:
    return date.fromisoformat(str(entry.pub["review_by"]))


def _needs_second(material: Material, kind: str) -> bool:
    stricter = material.pack.stricter.get(kind.removeprefix(STEP))
    return stricter is not None and stricter.second


def _by(material: Material, account_id: UUID | None) -> str:
    return material.people.pseudonym(account_id)


def _words(key: str) -> str:
    return key.replace("_", " ").replace(":", ": ")


STEPS = (
    Control(
        key="second",
        title="Second signature where required",
        criterion="Somebody else agreed to closing, to waivers, and to each step for which the "
        "scheme asks it.",
        reference="Procedure: carrying out, closed; the scheme’s stricter steps",
        rows=frozenset({Outcome, Proposal}),
        of_case=seconded,
    ),
    Control(
        key="referral",
        title="Referral, or a reasoned non-referral",
        criterion="A case with a risk of harm was referred, or two people decided against it.",
        reference="Procedure: triaged; clock “referral” of the scheme",
        rows=frozenset({Proposal, Referral}),
        of_case=referred_or_reasoned,
    ),
    Control(
        key="measures",
        title="Interim measures reviewed before they expired",
        criterion="Each interim measure was reviewed or ended by the day that was set for it.",
        reference="Procedure: beside any state; clock “interim_review” of the scheme",
        rows=frozenset({InterimMeasure}),
        entries=frozenset(MEASURED),
        of_case=reviewed_in_time,
    ),
    Control(
        key="obligations",
        title="Obligations completed",
        criterion="Each outcome was proven done, or given up by a second person with a reason.",
        reference="Procedure: carrying out",
        rows=frozenset({Outcome}),
        of_case=carried_out,
    ),
)
