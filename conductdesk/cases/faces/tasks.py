"""What an inquiry still needs, in its order, and which of it the viewer can do now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from conductdesk.cases.faces.inquiry import InquiryFace, RespondentFace, waiting_evidence
from conductdesk.cases.inquiry import evidence_of
from conductdesk.cases.models import Case
from conductdesk.cases.needs import MoveFacts
from conductdesk.cases.queries import facts_of, members_of, pack_of
from conductdesk.cases.standing import move_facts
from conductdesk.cases.workflow import CLOSED_STATES, State
from conductdesk.policy import Permission, Viewer, may

APART = "The investigator, the decision maker and the appeal body are different people"
BEFORE = (State.TRIAGED,)
DURING = (State.INVESTIGATING,)
BEGUN = (State.TRIAGED, State.INVESTIGATING)
HEARING = (State.INVESTIGATING, State.REPORTED)


@dataclass(frozen=True)
class Abilities:
    """What the viewer may do on this case."""

    handle: bool
    investigate: bool
    decide: bool

    @property
    def inquire(self) -> bool:
        """Whether the viewer takes part in the inquiry."""
        return self.handle or self.investigate


@dataclass(frozen=True)
class Task:
    """One thing that an inquiry needs."""

    key: str
    words: str
    button: str
    says: str
    """What stands beside it: what is missing, or when it was done."""
    done: bool
    endpoint: str = ""
    """Where the viewer does it or looks at it; empty where there is nothing for them yet."""
    mine: bool = False
    """Whether the viewer can do it now."""
    arguments: Mapping[str, object] = field(default_factory=dict)
    posts: bool = False
    """True where one button does it all."""


@dataclass(frozen=True)
class Standing:
    """What the tasks are computed from."""

    state: State
    can: Abilities
    facts: MoveFacts
    items: int
    waiting: int
    report_current: bool
    members: int
    """How many decide in this scheme: one officer, or a panel."""
    sitting: int
    """How many of them are appointed."""

    def now(self, may_do: bool, *states: State) -> bool:
        """Answer whether the viewer can do something that belongs in *states*."""
        return may_do and self.state in states

    @property
    def held(self) -> bool:
        """Whether nobody may approach the respondent."""
        return self.facts.on_safeguarding_hold or self.facts.on_police_pause


@dataclass(frozen=True)
class WorkFace:
    """What an inquiry still needs, and what the viewer can do about it."""

    tasks: tuple[Task, ...]
    next: Task | None
    """The first thing that is not done and that the viewer can do."""
    formal: bool
    held: bool
    may_note: bool


def work_of(db: Session, case: Case, viewer: Viewer, inquiry: InquiryFace) -> WorkFace:
    """Return what there is to do in *inquiry*, for its page."""
    here = standing_of(db, case, viewer)
    tasks = tasks_of(here, inquiry)
    return WorkFace(
        tasks=tasks,
        next=next((task for task in tasks if not task.done and task.mine), None),
        formal=case.route == "formal" and case.joined_to is None,
        held=here.held,
        may_note=here.can.inquire and here.state not in CLOSED_STATES,
    )


def abilities_of(db: Session, case: Case, viewer: Viewer) -> Abilities:
    """Return what *viewer* may do on *case*."""
    facts = facts_of(db, case)
    return Abilities(
        handle=may(viewer, Permission.HANDLE, facts),
        investigate=may(viewer, Permission.INVESTIGATE, facts),
        decide=may(viewer, Permission.DECIDE, facts),
    )


def investigates_now(db: Session, case: Case, viewer: Viewer) -> bool:
    """Answer whether *viewer* can weigh the evidence and write the report now."""
    return case.state == State.INVESTIGATING and abilities_of(db, case, viewer).investigate


def standing_of(db: Session, case: Case, viewer: Viewer) -> Standing:
    """Return what the tasks of *case* are computed from."""
    evidence, facts = evidence_of(db, case), move_facts(db, case)
    return Standing(
        state=State(case.state),
        can=abilities_of(db, case, viewer),
        facts=facts,
        items=len(evidence),
        waiting=waiting_evidence(evidence),
        report_current=facts.report_locked,
        members=pack_of(db, case).decision.members,
        sitting=len(members_of(db, case)),
    )


def tasks_of(here: Standing, inquiry: InquiryFace) -> tuple[Task, ...]:
    """Return what the inquiry needs, in the order in which it is done."""
    hearing = [
        task for side in inquiry.respondents for task in (_notice(here, side), _say(here, side))
    ]
    return (
        _terms(here, inquiry),
        _appoint_investigator(here),
        _begin(here),
        *hearing,
        _evidence(here),
        _report(here),
        _appoint_deciders(here),
        _decision(here),
    )


def _terms(here: Standing, inquiry: InquiryFace) -> Task:
    count, done = len(inquiry.allegations), inquiry.terms is not None
    can = here.now(here.can.handle, *BEGUN)
    return Task(
        key="terms",
        words="Terms of reference",
        button="Set the terms",
        says=f"{count} allegation{'s' * (count != 1)}"
        if done
        else "Allegations by clause, questions, standard of proof, due date",
        done=done,
        endpoint="cases.terms" if can else "",
        mine=can,
    )


def _appoint_investigator(here: Standing) -> Task:
    done = here.facts.investigator is not None
    return _appoint(here, "investigator", "Investigator", "" if done else APART, done=done)


def _appoint_deciders(here: Standing) -> Task:
    """Ask for whoever decides; a panel's seats are filled one after the other."""
    done = here.sitting >= here.members
    if here.members == 1:
        return _appoint(here, "decision_maker", "Decision maker", "" if done else APART, done=done)
    says = f"{here.sitting} of {here.members} members appointed"
    return _appoint(here, "decision_maker", "Panel", says, done=done)


def _appoint(here: Standing, capacity: str, words: str, says: str, *, done: bool) -> Task:
    can = here.can.handle and not done
    return Task(
        key=capacity,
        words=words,
        button=f"Appoint the {words.lower()}",
        says=says,
        done=done,
        endpoint="cases.appointment" if can else "",
        mine=can,
        arguments={"capacity": capacity},
    )


def _begin(here: Standing) -> Task:
    ready = here.facts.terms_set and here.facts.investigator is not None
    can = ready and here.now(here.can.handle, *BEFORE)
    return Task(
        key="begin",
        words="Open the investigation",
        button="Open the investigation",
        says="" if ready else "After the terms are set and an investigator is appointed",
        done=here.state not in BEFORE,
        endpoint="cases.investigation" if can else "",
        mine=can,
        posts=True,
    )


def _notice(here: Standing, side: RespondentFace) -> Task:
    can = not here.held and here.now(here.can.inquire, *DURING)
    return Task(
        key=f"notice-{side.id}",
        words=f"Notice to {side.name}",
        button=f"Record the notice to {side.name}",
        says="On hold: no notice and no interview"
        if here.held
        else f"Of allegation {side.letters}",
        done=side.served,
        endpoint="cases.notice" if can else "",
        mine=can,
        arguments={"party_id": side.id},
    )


def _say(here: Standing, side: RespondentFace) -> Task:
    can = side.served and here.now(here.can.inquire, *HEARING)
    return Task(
        key=f"reply-{side.id}",
        words=f"Reply of {side.name}",
        button=f"Record the reply of {side.name}",
        says="A reply, or a dated record that none came",
        done=side.heard,
        endpoint="cases.reply" if can else "",
        mine=can,
        arguments={"party_id": side.id},
    )


def _evidence(here: Standing) -> Task:
    if not here.items:
        says = "None yet. Look for what supports it, and for what speaks against it"
    else:
        says = f"{here.items} item{'s' * (here.items != 1)}, {here.waiting} to consider"
    return Task(
        key="evidence",
        words="Evidence for and against",
        button="Go to the evidence",
        says=says,
        done=here.items > 0 and here.waiting == 0,
        endpoint="cases.evidence",
        mine=here.now(here.can.inquire, *BEGUN),
    )


def _report(here: Standing) -> Task:
    can = here.now(here.can.investigate, *DURING)
    ready = here.facts.both_sides_heard and not here.waiting
    return Task(
        key="report",
        words="Report",
        button="Write the report",
        says="Locked"
        if here.report_current
        else "After both sides had their say, and all evidence was considered",
        done=here.report_current,
        endpoint="cases.report" if can or here.report_current else "",
        mine=can and ready,
    )


def _decision(here: Standing) -> Task:
    done = 0 < here.facts.allegations <= here.facts.findings
    can = here.now(here.can.decide, State.REPORTED)
    return Task(
        key="decision",
        words="Decision",
        button="Decide",
        says="A finding on every allegation, and what follows",
        done=done,
        endpoint="cases.decision" if can or done else "",
        mine=can,
    )
