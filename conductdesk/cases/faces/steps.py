"""Everything that can be done beside the next step, each in a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk.cases.actions.holding import OPEN_STATES
from conductdesk.cases.closing_acts import Hold
from conductdesk.cases.faces.lifting import LiftFace, waiting_lift
from conductdesk.cases.faces.measures import (
    holds_of,
    measures_of,
    waiting_no_referrals,
    waiting_referrals,
)
from conductdesk.cases.faces.proposals import ProposalFace
from conductdesk.cases.faces.reasons import reasons_of, steps_offered
from conductdesk.cases.joined import can_be_undone
from conductdesk.cases.models import Case
from conductdesk.cases.queries import pack_of
from conductdesk.cases.standing import withdrawal_waits
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission
from conductdesk.schemes.kinds import may_be_inquired
from conductdesk.vault.keys import CaseKeys


@dataclass(frozen=True)
class StepLine:
    """One thing to do: its words, a sentence on it, and where it is done."""

    words: str
    says: str
    endpoint: str
    values: Mapping[str, str | UUID] = field(default_factory=dict)


@dataclass(frozen=True)
class Steps:
    """What can be done now, in two lists."""

    waiting: tuple[StepLine, ...]
    """What somebody waits for."""
    possible: tuple[StepLine, ...]


Offer = tuple[Permission, StepLine, Callable[[Case], bool]]


def _is_open(case: Case) -> bool:
    return case.state in OPEN_STATES


def _can_be_appealed(case: Case) -> bool:
    return case.appeal_until is not None and case.state in (State.DECIDED, State.CARRYING_OUT)


def _always(_case: Case) -> bool:
    return True


def _inquires(case: Case) -> bool:
    return may_be_inquired(case.kind)


def _not_held(column: str) -> Callable[[Case], bool]:
    return lambda case: getattr(case, column) is None


def _open_and(condition: Callable[[Case], bool]) -> Callable[[Case], bool]:
    return lambda case: _is_open(case) and case.joined_to is None and condition(case)


def _may_join(case: Case) -> bool:
    return case.state == State.TRIAGED and case.joined_to is None and _inquires(case)


def _hold(which: Hold, words: str, says: str) -> StepLine:
    return StepLine(words, says, "cases.hold", {"which": which.value})


OFFERS: tuple[Offer, ...] = (
    (
        Permission.HANDLE,
        StepLine("Write to the reporter", "Give the date of the next news.", "cases.messages"),
        _always,
    ),
    (
        Permission.HANDLE,
        StepLine("Add a note", "Dated, and never changed.", "cases.inquiry", {"_anchor": "notes"}),
        _is_open,
    ),
    (
        Permission.HANDLE,
        StepLine(
            "Appoint somebody, or keep somebody away",
            "An investigator, a decision maker, an appeal body, a second person.",
            "cases.people",
        ),
        _inquires,
    ),
    (
        Permission.HANDLE,
        StepLine("Appoint a second person", "Or keep somebody away.", "cases.people"),
        lambda case: not _inquires(case),
    ),
    (
        Permission.HANDLE,
        StepLine(
            "Join it to another case",
            "Where both are about the same matter. It is then looked into there.",
            "cases.joining",
        ),
        _may_join,
    ),
    (
        Permission.HANDLE,
        StepLine("Note what may be shared", "And what was taken back.", "cases.consents"),
        _always,
    ),
    (
        Permission.HANDLE,
        StepLine("Record an appeal", "The day on which it came counts, not today.", "cases.appeal"),
        _can_be_appealed,
    ),
    (
        Permission.HANDLE,
        StepLine(
            "Impose an interim measure",
            "A temporary step that keeps people safe before any finding.",
            "cases.measure",
        ),
        _is_open,
    ),
    (
        Permission.SAFEGUARD,
        StepLine(
            "Refer it to another body",
            "Record what was shared with whom, on what ground.",
            "cases.referral",
        ),
        _is_open,
    ),
    (
        Permission.SAFEGUARD,
        StepLine(
            "Decide against a referral",
            "With reasons, and a second safeguarding officer.",
            "cases.no_referral",
        ),
        _is_open,
    ),
    (
        Permission.SAFEGUARD,
        StepLine(
            "Override confidence",
            "Record what was passed on although somebody did not agree, and why.",
            "cases.override",
        ),
        _always,
    ),
    (
        Permission.SAFEGUARD,
        _hold(
            Hold.SAFEGUARDING,
            "Begin a safeguarding hold",
            "No notice and no interview until the agencies’ advice is on record.",
        ),
        _open_and(_not_held("safeguarding_hold_since")),
    ),
    (
        Permission.SAFEGUARD,
        _hold(Hold.POLICE, "Begin a police pause", "The inquiry stands still for the police."),
        _open_and(_not_held("police_pause_since")),
    ),
    (
        Permission.SAFEGUARD,
        _hold(Hold.LEGAL, "Begin a legal hold", "The case is kept, even past its time."),
        _not_held("legal_hold_since"),
    ),
)
"""Each step with who may take it, and when there is a point in it."""


def steps_of(
    db: Session, case: Case, keys: CaseKeys, powers: frozenset[Permission], me: UUID | None
) -> Steps:
    """Return what the viewer can do on *case* now, beside its next step."""
    waiting = [
        *_withdrawal(db, case),
        *_joining(db, case),
        *_holds(case),
        *_measures(db, case, keys),
        *_referrals(db, case, keys),
        *_seconds(db, case, keys, me),
    ]
    possible = [(permission, line) for permission, line, fits in OFFERS if fits(case)]
    return Steps(
        waiting=(
            *(line for permission, line in waiting if permission in powers),
            *_steps_to_agree_to(db, case, keys, powers, me),
        ),
        possible=(
            *(line for permission, line in possible if permission in powers),
            *_reasons(db, case, powers),
        ),
    )


Waiting = list[tuple[Permission, StepLine]]
Proposed = tuple[ProposalFace | LiftFace, str, str]
"""A proposal, what agreeing to it is called, and where it is done."""


def _steps_to_agree_to(
    db: Session, case: Case, keys: CaseKeys, powers: frozenset[Permission], me: UUID | None
) -> list[StepLine]:
    waiting = [one for one in reasons_of(db, case, keys, powers, me) if one.waits]
    return [
        StepLine(f"Agree to a step: {one.step.lower()}", one.reason, "cases.reasons")
        for one in waiting
    ]


def _reasons(db: Session, case: Case, powers: frozenset[Permission]) -> list[StepLine]:
    wanted = steps_offered(db, case, pack_of(db, case), powers)
    says = f"This scheme asks for one before: {', '.join(wanted.values()).lower()}."
    return [StepLine("Write down the reason for a step", says, "cases.reasons")] if wanted else []


def _withdrawal(db: Session, case: Case) -> Waiting:
    if not (_is_open(case) and withdrawal_waits(db, case)):
        return []
    says = "The reporter does not want to go on. Decide, with reasons, whether the case does."
    return [(Permission.HANDLE, StepLine("Answer the withdrawal", says, "cases.withdrawal"))]


def _joining(db: Session, case: Case) -> Waiting:
    if not can_be_undone(db, case):
        return []
    says = "As long as nothing else is done on either case."
    return [(Permission.HANDLE, StepLine("Undo the joining", says, "cases.parting"))]


def _holds(case: Case) -> Waiting:
    return [
        (
            Permission.SAFEGUARD,
            StepLine(
                f"End the {hold.name.lower()}",
                "Say why, with the advice that it waited for.",
                "cases.hold_end",
                {"which": hold.key},
            ),
        )
        for hold in holds_of(case)
    ]


def _measures(db: Session, case: Case, keys: CaseKeys) -> Waiting:
    return [
        (
            Permission.HANDLE,
            StepLine(
                "Review an interim measure",
                one.what,
                "cases.measure_review",
                {"measure_id": one.id},
            ),
        )
        for one in measures_of(db, case, keys)
    ]


def _referrals(db: Session, case: Case, keys: CaseKeys) -> Waiting:
    return [
        (
            Permission.SAFEGUARD,
            StepLine(
                "Record the answer to a referral",
                f"Referred to: {one.agency}",
                "cases.referral_answer",
                {"referral_id": one.id},
            ),
        )
        for one in waiting_referrals(db, case, keys)
    ]


def _seconds(db: Session, case: Case, keys: CaseKeys, me: UUID | None) -> Waiting:
    found: list[Proposed] = [
        (one, "Agree not to refer something", "cases.no_referral_question")
        for one in waiting_no_referrals(db, case, keys)
    ]
    found += [
        (one, "Agree to let somebody in again", "cases.lift_question")
        for one in waiting_lift(db, case, keys)
    ]
    return [
        (Permission.SECOND, StepLine(words, one.reason, endpoint, {"proposal_id": one.id}))
        for one, words, endpoint in found
        if one.proposed_by != me
    ]
