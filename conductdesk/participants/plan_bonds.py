"""What a file of groups, or of ties, would change; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID, uuid4

from conductdesk.participants.plan import Plan, Progress, rows_of
from conductdesk.participants.rules import MEMBERS, Bond, Group, GroupKind, Place, TieKind
from conductdesk.participants.spreadsheet import Cells, Problem, Sheet, day_in

TIE_WORDS: Mapping[str, TieKind] = {
    "manages": TieKind.MANAGES,
    "managed by": TieKind.MANAGED_BY,
    "family": TieKind.FAMILY,
    "same person": TieKind.SAME,
}
UNKNOWN = "Nobody in the register has the reference “{ref}”."
IMPORT_FIRST = "Import the participants first, or correct the reference."


@dataclass(frozen=True)
class PlacePlanned:
    """A place that an import writes, and its group where that is new too."""

    place: Place
    is_new: bool
    group: Group | None = None


@dataclass(frozen=True)
class PresentGroups:
    """The people of the register by reference, its groups by theirs, and who is in them."""

    people: Mapping[str, UUID]
    groups: Mapping[str, tuple[UUID, Group]]
    places: Mapping[UUID, Mapping[UUID, Place]]
    """By group, then by participant."""


@dataclass(frozen=True)
class _Listed:
    """One row of a file of groups."""

    cells: Cells
    participant_id: UUID
    kind: GroupKind
    since: date | None
    until: date | None


def plan_groups(
    sheet: Sheet, present: PresentGroups, today: date, plan: Plan, progress: Progress
) -> Iterator[PlacePlanned]:
    """Yield every place in a group that a file adds or changes, and count into *plan*."""
    listed: dict[str, dict[UUID, _Listed]] = defaultdict(dict)
    for cells in rows_of(sheet, plan, progress):
        row = _listed(cells, present)
        if not isinstance(row, _Listed):
            plan.refuse(*row)
        elif row.participant_id in listed[cells["group"]]:
            plan.refuse(cells.problem("ref", "This person is in the group twice.", "Keep one row."))
        else:
            listed[cells["group"]][row.participant_id] = row
    for ref, rows in listed.items():
        problem = _group_problem(ref, list(rows.values()), present, today)
        if problem is not None:
            plan.refuse(problem)
        else:
            yield from _plan_group(ref, rows.values(), present, plan)
    plan.absent = len(present.groups.keys() - listed.keys())


@dataclass(frozen=True)
class PresentTies:
    """The people of the register by reference, the officers by address, and the ties there are."""

    people: Mapping[str, UUID]
    officers: Mapping[str, UUID]
    bonds: frozenset[Bond]
    """In their canonical form."""


def plan_ties(sheet: Sheet, present: PresentTies, plan: Plan, progress: Progress) -> Iterator[Bond]:
    """Yield every tie that a file adds, and count into *plan*; no file takes a tie out."""
    seen: set[Bond] = set()
    for cells in rows_of(sheet, plan, progress):
        bond = _bond(cells, present)
        if isinstance(bond, Problem):
            plan.refuse(bond)
        elif bond.canonical in present.bonds | seen:
            plan.unchanged += 1
        else:
            seen.add(bond.canonical)
            other = cells["other_ref"] or cells["officer_email"]
            plan.add(cells["ref"], f"{cells['tie'].replace('_', ' ')} {other}")
            yield bond
    plan.absent = len(present.bonds) - plan.unchanged


def _listed(cells: Cells, present: PresentGroups) -> _Listed | list[Problem]:
    problems = [
        cells.problem(column, "This cell is empty.", f"Every row needs a {column}.")
        for column in ("group", "kind", "ref")
        if not cells[column]
    ]
    kind = cells["kind"].casefold()
    if kind and kind not in list(GroupKind):
        remedy = "Write pairing, triad or group."
        problems.append(cells.problem("kind", f"There is no kind “{cells['kind']}”.", remedy))
    if cells["ref"] and cells["ref"] not in present.people:
        problems.append(cells.problem("ref", UNKNOWN.format(ref=cells["ref"]), IMPORT_FIRST))
    since, until = day_in(cells, "from"), day_in(cells, "to")
    problems += [day for day in (since, until) if isinstance(day, Problem)]
    if problems or isinstance(since, Problem) or isinstance(until, Problem):
        return problems
    if since and until and until < since:
        return [cells.problem("to", "This day is before the first.", "Change one of the two.")]
    return _Listed(cells, present.people[cells["ref"]], GroupKind(kind), since, until)


def _group_problem(
    ref: str, rows: list[_Listed], present: PresentGroups, today: date
) -> Problem | None:
    """Return what is wrong with a group as a whole, at its last row."""
    last, kinds = rows[-1].cells, {row.kind for row in rows}
    known = present.groups.get(ref)
    if len(kinds | ({known[1].kind} if known else set())) > 1:
        remedy = "Give the other group a reference of its own."
        return last.problem("kind", f"“{ref}” has two kinds.", remedy)
    span = MEMBERS[rows[0].kind]
    places = present.places.get(known[0], {}) if known else {}
    listed = {row.participant_id for row in rows}
    others = [place for one, place in places.items() if one not in listed]
    here = [*(row.until for row in rows), *(place.until for place in others)]
    now = [end for end in here if end is None or end >= today]
    if len(here) >= span.start and len(now) < span.stop:
        return None
    told = f"A {rows[0].kind} has {_number(span)} people, and “{ref}” has {len(now)}."
    return last.problem("group", told, "Add who is missing, or give those who left a day in “to”.")


def _plan_group(
    ref: str, rows: Iterable[_Listed], present: PresentGroups, plan: Plan
) -> Iterator[PlacePlanned]:
    known = present.groups.get(ref)
    group_id = known[0] if known else uuid4()
    places = present.places.get(group_id, {})
    for row in rows:
        group = None if known else Group(row.kind, ref)
        known = known or (group_id, Group(row.kind, ref))
        before = places.get(row.participant_id)
        after = _place(row, group_id, before)
        if before is None:
            plan.add(f"{ref}: {row.cells['ref']}")
            yield PlacePlanned(after, is_new=True, group=group)
        elif before == after:
            plan.unchanged += 1
        else:
            plan.change(f"{ref}: {row.cells['ref']}", "Changes the days")
            yield PlacePlanned(after, is_new=False)


def _place(row: _Listed, group_id: UUID, before: Place | None) -> Place:
    """Return somebody's place as the file has it; a column that it lacks stays as it was."""
    place = before or Place(uuid4(), group_id, row.participant_id, None, None)
    if "from" in row.cells.values:
        place = replace(place, since=row.since)
    return replace(place, until=row.until) if "to" in row.cells.values else place


def _bond(cells: Cells, present: PresentTies) -> Bond | Problem:
    kind = TIE_WORDS.get(cells["tie"].casefold().replace("_", " "))
    other, officer = cells["other_ref"], cells["officer_email"].lower()
    for column in ("ref", "other_ref"):
        if cells[column] not in present.people and (cells[column] or column == "ref"):
            return cells.problem(column, UNKNOWN.format(ref=cells[column]), IMPORT_FIRST)
    if kind is None:
        remedy = f"Write one of: {', '.join(TIE_WORDS)}."
        return cells.problem("tie", f"There is no tie “{cells['tie']}”.", remedy)
    if bool(other) == bool(officer):
        remedy = "Fill in other_ref or officer_email, and leave the other one empty."
        return cells.problem("other_ref", "A tie has one other end.", remedy)
    if officer and officer not in present.officers:
        remedy = "Use the address with which the officer signs in."
        return cells.problem("officer_email", "No officer has this address.", remedy)
    if other == cells["ref"] or (other and kind is TieKind.SAME):
        remedy = "Name another person."
        return cells.problem("other_ref", "Nobody is tied to themselves.", remedy)
    ends = (present.people.get(other), present.officers.get(officer))
    return Bond(present.people[cells["ref"]], kind, *ends)


def _number(span: range) -> str:
    return str(span.start) if len(span) == 1 else f"{span.start} to {span.stop - 1}"
