"""Read a file against the register: what it would change, and the sealed rows of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy.orm import Session

from conductdesk import clock
from conductdesk.db import NewRow
from conductdesk.participants.actions.grouping import group_row, membership_row
from conductdesk.participants.actions.keeping import participant_row
from conductdesk.participants.actions.recording import Changes, check_keeper
from conductdesk.participants.actions.tying import tie_row
from conductdesk.participants.actions.uploading import check_sheet
from conductdesk.participants.index import index_rows
from conductdesk.participants.models import Register
from conductdesk.participants.plan import (
    PersonPlanned,
    Plan,
    Present,
    Progress,
    Words,
    plan_people,
)
from conductdesk.participants.plan_bonds import (
    PlacePlanned,
    PresentGroups,
    PresentTies,
    plan_groups,
    plan_ties,
)
from conductdesk.participants.queries import (
    groups_of,
    open_people,
    places_of_register,
    theirs_of,
    tied_in,
    ties_of,
)
from conductdesk.participants.rules import Bond
from conductdesk.participants.spreadsheet import FileKind, Sheet
from conductdesk.people.queries import accounts
from conductdesk.policy import Viewer
from conductdesk.schemes.calendar import local_day
from conductdesk.schemes.pack import Pack
from conductdesk.vault.keys import CaseKeys


@dataclass
class DrawnImport:
    """An import that is not stored yet: its counts, and its sealed rows."""

    version: int
    """The register's, when it was drawn up."""
    plan: Plan
    changes: Changes = field(default_factory=Changes)
    index: list[NewRow] = field(default_factory=list)
    reindexed: list[UUID] = field(default_factory=list)
    """Those whose old rows in the index go."""
    tied: frozenset[UUID] = frozenset()
    """The accounts that are tied to one of these, who may have another name now."""


def preview_import(
    db: Session, register: Register, keys: CaseKeys, *, pack: Pack, actor: Viewer, sheet: Sheet
) -> Plan:
    """Return what importing a file would change. Nothing is sealed or kept."""
    check_keeper(actor, pack)
    planning = _Planning(db, register, keys, pack, actor, sheet, Plan(sheet.kind), _silent)
    for _one in planning.steps():
        pass
    return planning.plan


def draw_up_import(
    db: Session,
    register: Register,
    keys: CaseKeys,
    *,
    pack: Pack,
    actor: Viewer,
    sheet: Sheet,
    progress: Progress,
) -> DrawnImport:
    """Seal every row that a file changes, for `take_in_import` to store. This only reads."""
    check_keeper(actor, pack)
    plan = Plan(sheet.kind)
    planning = _Planning(db, register, keys, pack, actor, sheet, plan, progress)
    drawn = DrawnImport(register.version, plan)
    for step in planning.steps():
        if isinstance(step, PersonPlanned):
            _draw_person(planning, drawn, step)
        elif isinstance(step, PlacePlanned):
            _draw_place(planning, drawn, step)
        else:
            drawn.changes.added.append(tie_row(register, keys, step))
    drawn.changes.vouch()
    return drawn


@dataclass
class _Planning:
    """Everything that a plan is made from."""

    db: Session
    register: Register
    keys: CaseKeys
    pack: Pack
    actor: Viewer
    sheet: Sheet
    plan: Plan
    progress: Progress

    def __post_init__(self) -> None:
        self.tied = tied_in(self.db, self.keys, self.register)
        self.theirs = theirs_of(self.actor, self.pack)

    def steps(self) -> Iterator[PersonPlanned | PlacePlanned | Bond]:
        """Yield what the file changes, one after the other."""
        check_sheet(self.sheet, self.theirs)
        if self.sheet.kind is FileKind.PARTICIPANTS:
            words, present = self._words(), self._present()
            yield from plan_people(self.sheet, words, present, self.plan, self.progress)
        elif self.sheet.kind is FileKind.GROUPS:
            groups, today = self._groups(), self._words().today
            yield from plan_groups(self.sheet, groups, today, self.plan, self.progress)
        else:
            yield from plan_ties(self.sheet, self._ties(), self.plan, self.progress)

    def _words(self) -> Words:
        organisations = frozenset(one.key for one in self.pack.organisations)
        today = local_day(clock.now())
        return Words(self.pack.participants, organisations, today, self.theirs)

    def _present(self) -> Present:
        people = {
            person.ref: (row_id, person.to_json())
            for row_id, person in open_people(self.db, self.keys, self.register)
            if person.ref
        }
        own = {one for one, accounts in self.tied.items() if self.actor.account_id in accounts}
        return Present(people, frozenset(own))

    def _refs(self) -> dict[str, UUID]:
        opened = open_people(self.db, self.keys, self.register)
        return {person.ref: row_id for row_id, person in opened if person.ref}

    def _groups(self) -> PresentGroups:
        known = groups_of(self.db, self.keys, self.register)
        groups = {group.ref: (row_id, group) for row_id, group in known if group.ref}
        return PresentGroups(self._refs(), groups, places_of_register(self.db, self.register))

    def _ties(self) -> PresentTies:
        known = ties_of(self.db, self.keys, self.register)
        officers = {account.email: account.id for account in accounts(self.db)}
        bonds = frozenset(tie.bond.canonical for tie in known)
        return PresentTies(self._refs(), officers, bonds)


def _draw_person(planning: _Planning, drawn: DrawnImport, step: PersonPlanned) -> None:
    register, keys = planning.register, planning.keys
    rows = drawn.changes.added if step.is_new else drawn.changes.changed
    rows.append(participant_row(register, keys, step.id, step.person))
    if not step.is_new:
        drawn.reindexed.append(step.id)
        drawn.tied |= planning.tied.get(step.id, frozenset())
    people = [(step.id, step.person)]
    drawn.index += index_rows(keys.keystore, register.scheme, people, planning.tied)


def _draw_place(planning: _Planning, drawn: DrawnImport, step: PlacePlanned) -> None:
    register, keys = planning.register, planning.keys
    if step.group is not None:
        drawn.changes.added.append(group_row(register, keys, step.place.group_id, step.group))
    rows = drawn.changes.added if step.is_new else drawn.changes.changed
    rows.append(membership_row(register, step.place))


def _silent(_rows: int) -> None:
    pass
