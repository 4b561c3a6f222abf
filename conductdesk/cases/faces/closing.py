"""What is left to do before a case closes, and what comes after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.copying import latest_audit_copy, need_current_copy
from conductdesk.cases.actions.following_up import check_ins_of, is_asked
from conductdesk.cases.actions.holding import stands_still
from conductdesk.cases.closing_acts import CheckedCopy, Section
from conductdesk.cases.faces.proposals import ProposalFace, waiting_proposals
from conductdesk.cases.masking import still_named
from conductdesk.cases.models import AuditCopy, Case, CheckIn, ProposalKind
from conductdesk.cases.naming import known_on
from conductdesk.cases.needs import MoveFacts
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import BEFORE_CLOSING, State
from conductdesk.refusal import Refused
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment


@dataclass(frozen=True)
class Task:
    """One thing that must be done before the case closes."""

    words: str
    done: bool
    endpoint: str
    hint: str = ""


@dataclass(frozen=True)
class CheckInFace:
    """One question to the reporter after closure."""

    id: UUID
    days: int
    due_at: datetime
    says: str
    can_be_asked: bool


@dataclass(frozen=True)
class ClosingFace:
    """Everything that the page shows."""

    tasks: tuple[Task, ...]
    left: int
    """How many of the tasks are not done."""
    can_close: bool
    """Whether the case is where closing is the next step."""
    closed_at: datetime | None
    keep_until: datetime | None
    may_destroy: bool
    check_ins: tuple[CheckInFace, ...]
    closure: ProposalFace | None
    destruction: ProposalFace | None


def closing_of(db: Session, case: Case, keys: CaseKeys) -> ClosingFace:
    """Return how far the case is from being closed, and what comes after."""
    facts = move_facts(db, case)
    tasks = tuple(_tasks(db, case, facts))
    return ClosingFace(
        tasks=tasks,
        left=sum(not task.done for task in tasks),
        can_close=case.state == State.CARRYING_OUT,
        closed_at=case.closed_at,
        keep_until=case.keep_until,
        may_destroy=facts.retention_ended and not facts.on_legal_hold,
        check_ins=tuple(_check_in(db, one) for one in check_ins_of(db, case)),
        closure=proposal_of(db, case, keys, ProposalKind.CLOSE),
        destruction=proposal_of(db, case, keys, ProposalKind.DESTROY),
    )


def proposal_of(db: Session, case: Case, keys: CaseKeys, kind: ProposalKind) -> ProposalFace | None:
    """Return the proposal of *kind* that waits for a second person."""
    return next(iter(waiting_proposals(db, case, keys, kind)), None)


def copy_of(db: Session, case: Case, keys: CaseKeys) -> tuple[Section, ...]:
    """Return the audit copy that was kept last; empty without one, or without the key to it."""
    found = latest_audit_copy(db, case)
    if found is None or not keys.holds(Compartment.RECORD):
        return ()
    return CheckedCopy.from_json(keys.open(AuditCopy.body, found)).sections


def copy_is_current(db: Session, case: Case) -> bool:
    """Answer whether nothing was written on the case since its audit copy was kept."""
    return not _copy_lacks(db, case)


def named_in(
    db: Session, case: Case, keys: CaseKeys, sections: Sequence[Section]
) -> dict[str, tuple[str, ...]]:
    """Return, by the title of a section, who still seems to be named in it."""
    known = known_on(db, case, keys)
    found = {one.title: tuple(still_named(f"{one.title}\n{one.text}", known)) for one in sections}
    return {title: names for title, names in found.items() if names}


def kept_for(pack: Pack) -> dict[str, str]:
    """Return the scheme's retention classes, by their key, in words."""
    return {one.key: f"{one.name}: {one.keep}" for one in pack.retention}


def _tasks(db: Session, case: Case, facts: MoveFacts) -> list[Task]:
    still_open = "; ".join(facts.open_items)
    held = "End the hold with the agencies’ advice." if stands_still(case) else ""
    return [
        *_begun(case),
        Task("Nothing is open", not facts.open_items, "cases.outcomes", still_open),
        Task("The case is not on hold", not held, "cases.steps", held),
        Task("Feedback to the reporter", facts.feedback_settled, "cases.feedback"),
        Task("What there is to learn", facts.learning_noted, "cases.learning"),
        Task("How long the case is kept", facts.retention_set, "cases.retention"),
        _copy_task(db, case),
    ]


def _begun(case: Case) -> list[Task]:
    """Return what comes before everything else, where the case is not being carried out yet."""
    lacks = BEFORE_CLOSING.get(State(case.state))
    words = "What was chosen or decided is being carried out"
    return [Task(words, done=False, endpoint="cases.outcomes", hint=lacks)] if lacks else []


def _copy_task(db: Session, case: Case) -> Task:
    hint = _copy_lacks(db, case)
    return Task("Copy for the auditors", not hint, "cases.audit_copy", hint)


def _copy_lacks(db: Session, case: Case) -> str:
    try:
        need_current_copy(db, case)
    except Refused as error:
        return str(error)
    return ""


def _check_in(db: Session, row: CheckIn) -> CheckInFace:
    asked = is_asked(db, row)
    return CheckInFace(
        id=row.id,
        days=row.days,
        due_at=row.due_at,
        says=_answer(row, asked=asked),
        can_be_asked=row.answered_at is None and not asked and row.due_at <= clock.now(),
    )


def _answer(row: CheckIn, *, asked: bool) -> str:
    if row.answered_at is None:
        return "Asked, no answer yet" if asked else "To come"
    return "Answered"
