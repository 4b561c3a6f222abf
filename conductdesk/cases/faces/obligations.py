"""Each outcome as an obligation: how far it is, how one can see it, and what can be done now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.cases.actions.proving import PROVES, minutes_proven
from conductdesk.cases.actions.requesting import may_take_longer, untold
from conductdesk.cases.clocks import running_about
from conductdesk.cases.days import hours_in_words, in_words
from conductdesk.cases.endings import tellings_of, unconfirmed
from conductdesk.cases.faces.frame import clock_face
from conductdesk.cases.faces.parties import parties_of
from conductdesk.cases.faces.proposals import ProposalFace, waiting_proposals
from conductdesk.cases.inquiry import outcomes_of
from conductdesk.cases.models import (
    Case,
    EndingTelling,
    HoursProven,
    Outcome,
    OutcomeState,
    ProposalKind,
    Telling,
)
from conductdesk.cases.workflow import State
from conductdesk.policy import Permission
from conductdesk.schemes.kinds import path_of
from conductdesk.schemes.pack import OutcomeKind, Pack
from conductdesk.schemes.reading import REQUEST
from conductdesk.vault.keys import CaseKeys
from conductdesk.vault.models import Compartment

STATES: Mapping[str, str] = {
    OutcomeState.OPEN: "Open",
    OutcomeState.DONE: "Done",
    OutcomeState.WAIVED: "Waived",
    OutcomeState.REFUSED: "Refused",
    OutcomeState.SET_ASIDE: "Set aside on appeal",
}
SHOWN_BY: Mapping[str, str] = {
    "owner": "Whoever must do it shows it to you.",
    "handler": "",
    "second": "Somebody else than the handler records it as done.",
}


@dataclass(frozen=True)
class Act:
    """Something that can be done about an outcome now, and who may."""

    words: str
    endpoint: str
    permission: Permission


@dataclass(frozen=True)
class SeenFace:
    """Hours that were spent, or somebody who was told: each on its day."""

    on: datetime
    who: str
    """How many hours, or who was told."""
    words: str


@dataclass(frozen=True)
class OutcomeFace:
    """One obligation: who must do what, by when, and how far it is."""

    id: UUID
    kind: str
    """With its hours, where it has a number of them."""
    what: str
    owner: str
    about: str
    due_at: datetime
    late: str
    """For how long it is overdue, in words; empty where it is not."""
    state: str
    is_open: bool
    waits: str
    """Until when it is subject to appeal, in words; empty where it is not."""
    notes: tuple[str, ...]
    """How far it is, and how it ends, where there is more to say."""
    seen: tuple[SeenFace, ...]
    proof: str
    waiver: ProposalFace | None
    acts: tuple[Act, ...]


def outcome_faces(
    db: Session, case: Case, keys: CaseKeys, pack: Pack, outcome_id: UUID | None = None
) -> list[OutcomeFace]:
    """Return the outcomes, or only one of them; without a key their words are left out."""
    showing = _Showing(db, case, keys, pack)
    return [showing.face(row) for row in outcomes_of(db, case) if outcome_id in (None, row.id)]


class _Showing:
    """One case's outcomes in the hands of somebody who may read some of it."""

    def __init__(self, db: Session, case: Case, keys: CaseKeys, pack: Pack) -> None:
        self.db, self.case, self.keys, self.pack = db, case, keys, pack
        self.names = {party.id: party.name for party in parties_of(db, case, keys)}
        self.can_read = keys.holds(Compartment.INTERNAL)
        waiting = waiting_proposals(db, case, keys, ProposalKind.WAIVE)
        self.waivers = {one.subject_id: one for one in waiting}

    def face(self, row: Outcome) -> OutcomeFace:
        kind, waits = self.pack.outcome(row.kind), _waits(self.pack, row)
        return OutcomeFace(
            id=row.id,
            kind=_with_hours(kind, row),
            what=self.keys.open(Outcome.what, row) if self.can_read else "",
            owner=self.keys.open(Outcome.owner, row) if self.can_read else "",
            about=self.names.get(row.party_id, "") if row.party_id else "",
            due_at=row.due_at,
            late=self._late(row),
            state=STATES[row.state],
            is_open=row.state == OutcomeState.OPEN,
            waits=waits,
            notes=tuple(self._notes(row, kind)),
            seen=tuple(self._seen(row)) if self.can_read else (),
            proof=self.keys.open(Outcome.proof, row) if self.can_read and row.proof else "",
            waiver=self.waivers.get(row.id),
            acts=tuple(self._acts(row, kind, waits)),
        )

    def _late(self, row: Outcome) -> str:
        own = running_about(self.db, self.case, row.id)
        face = clock_face(own) if own else None
        return face.when if face and face.look == "over" else ""

    def _notes(self, row: Outcome, kind: OutcomeKind) -> Iterator[str]:
        if row.hours:
            proven = hours_in_words(minutes_proven(self.db, row))
            yield f"{proven} of {row.hours} hours proven"
        if row.state != OutcomeState.OPEN:
            return
        if kind.length is not None:
            yield f"It lasts until {in_words(row.due_at)}, and ends by itself."
        elif SHOWN_BY[kind.proof_by]:
            yield SHOWN_BY[kind.proof_by]
        yield from self._confirmed(row)
        if row.kind == REQUEST.key and (left := untold(self.db, self.case, row)):
            yield f"Not told yet: {', '.join(self.names[party.id] for party in left)}"

    def _confirmed(self, row: Outcome) -> Iterator[str]:
        left = unconfirmed(self.db, self.pack, row)
        if left:
            names = ", ".join(self.pack.organisation_named(one).name for one in left)
            told = "Told, not confirmed yet" if tellings_of(self.db, row) else "Not told yet"
            yield f"{told}: {names}"

    def _seen(self, row: Outcome) -> Iterator[SeenFace]:
        hours = select(HoursProven).where(HoursProven.outcome_id == row.id)
        for spent in self.db.scalars(hours.order_by(HoursProven.done_on)):
            many = f"{hours_in_words(spent.minutes)} hours"
            yield SeenFace(spent.done_on, many, self.keys.open(HoursProven.what, spent))
        tellings = select(Telling).where(Telling.outcome_id == row.id)
        for told in self.db.scalars(tellings.order_by(Telling.told_on, Telling.recorded_at)):
            party = self.names.get(told.party_id, "") if told.party_id else ""
            who = self.pack.office(told.office).name if told.office else party
            yield SeenFace(told.told_on, who, self.keys.open(Telling.how, told))
        for one in tellings_of(self.db, row):
            if one.confirmed_at is not None:
                who = self.pack.organisation_named(one.organisation).name
                how = self.keys.open(EndingTelling.how, one) if one.how else "Confirmed here."
                yield SeenFace(one.confirmed_at, who, how)

    def _acts(self, row: Outcome, kind: OutcomeKind, waits: str) -> Iterator[Act]:
        appealed = self.case.state == State.APPEALED
        goes_on = appealed and not kind.waits_for_appeal
        if row.state != OutcomeState.OPEN or not (goes_on or self.case.state == State.CARRYING_OUT):
            return
        if row.hours:
            yield Act("Record hours", "cases.hours", Permission.HANDLE)
        if row.kind == REQUEST.key:
            yield from self._acts_on_request(row)
        if kind.everywhere and not waits:
            yield from self._acts_everywhere(row)
        if not waits and kind.length is None and not unconfirmed(self.db, self.pack, row):
            yield Act("Prove it done", "cases.proof", PROVES[kind.proof_by])
        if row.id not in self.waivers and not appealed and not tellings_of(self.db, row):
            yield Act("Give it up", "cases.waiver", Permission.HANDLE)

    def _acts_everywhere(self, row: Outcome) -> Iterator[Act]:
        if not tellings_of(self.db, row):
            yield Act("Tell every organisation", "cases.telling_all", Permission.HANDLE)
        elif unconfirmed(self.db, self.pack, row):
            yield Act("Record a confirmation", "cases.confirmation", Permission.HANDLE)

    def _acts_on_request(self, row: Outcome) -> Iterator[Act]:
        if untold(self.db, self.case, row):
            yield Act("Record who was told", "cases.telling", Permission.HANDLE)
        if may_take_longer(self.db, self.case, row):
            yield Act("Take longer", "cases.extension", Permission.HANDLE)
        if path_of(self.case.kind).may_refuse:
            yield Act("Refuse it", "cases.request_refusal", Permission.HANDLE)


def _with_hours(kind: OutcomeKind, row: Outcome) -> str:
    if not row.hours:
        return kind.name
    of = f" of the {kind.of_hours} hours a year" if kind.of_hours else " hours"
    return f"{kind.name}, {row.hours}{of}"


def _waits(pack: Pack, row: Outcome) -> str:
    """Say until when an outcome has no effect, because somebody may still appeal, or did."""
    if row.state != OutcomeState.OPEN or not pack.outcome(row.kind).waits_for_appeal:
        return ""
    if row.effective_from is None:
        return "Subject to appeal"
    if clock.now() <= row.effective_from:
        return f"Subject to appeal until {in_words(row.effective_from)}"
    return ""
