"""What an import would change: counted for the preview, and written by the import itself; pure.

A file says how things are. A cell that is empty empties what was there, a column that is missing
leaves it, and so does a person who is missing. What somebody accepted is only ever added to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from conductdesk.participants.plan_problems import elsewhere, missing, own, twice
from conductdesk.participants.rules import EVERYBODY, Acceptance, Age, Person, Theirs
from conductdesk.participants.spreadsheet import Cells, FileKind, Problem, Sheet, day_in
from conductdesk.people.rules import email_problem

MOST_PROBLEMS = 100
"""So many are shown; all are counted."""
MOST_EXAMPLES = 20
LONGEST_VERSION = 40
REPORT_EVERY = 1_000

FIELDS: Mapping[str, str] = {
    "ref": "the reference",
    "name": "the name",
    "email": "the e-mail address",
    "role": "the role",
    "organisation": "the organisation",
    "age": "the age band",
    "accepted": "what was accepted",
    "ended_on": "the last day",
}

AGES: Mapping[str, Age] = {
    "": Age.NOT_KNOWN,
    "not known": Age.NOT_KNOWN,
    "unknown": Age.NOT_KNOWN,
    "under 18": Age.UNDER_18,
    "<18": Age.UNDER_18,
    "18 or over": Age.ADULT,
    "18+": Age.ADULT,
    "adult": Age.ADULT,
}

Progress = Callable[[int], None]
"""Told now and then how many rows are done."""


@dataclass(frozen=True)
class Example:
    """One thing that would change."""

    who: str
    what: str


@dataclass
class Plan:
    """What an import would do, counted."""

    kind: FileKind
    rows: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    absent: int = 0
    """How many in the register are not in the file; they stay as they are."""
    problem_count: int = 0
    problems: list[Problem] = field(default_factory=list)
    examples: list[Example] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        """Whether there is anything to import, and nothing in the way."""
        return self.problem_count == 0 and self.added + self.changed > 0

    def refuse(self, *problems: Problem) -> None:
        """Count what is wrong, and keep the first of it."""
        self.problem_count += len(problems)
        self.problems += problems[: max(0, MOST_PROBLEMS - len(self.problems))]

    def add(self, who: str, what: str = "New") -> None:
        """Count something new."""
        self.added += 1
        self._show(who, what)

    def change(self, who: str, what: str) -> None:
        """Count something that is written anew."""
        self.changed += 1
        self._show(who, what)

    def _show(self, who: str, what: str) -> None:
        if len(self.examples) < MOST_EXAMPLES:
            self.examples.append(Example(who, what))


@dataclass(frozen=True)
class Words:
    """What a scheme lets a file say."""

    roles: tuple[str, ...]
    organisations: frozenset[str]
    """Empty: any."""
    today: date
    theirs: Theirs = EVERYBODY
    """Whose entries the importer keeps."""


@dataclass(frozen=True)
class Present:
    """Who is in the register already, by reference; the text is `Person.to_json`."""

    people: Mapping[str, tuple[UUID, str]]
    own: frozenset[UUID] = frozenset()
    """Those who are tied to whoever imports: they do not rename them."""


@dataclass(frozen=True)
class PersonPlanned:
    """Somebody whom an import writes."""

    id: UUID
    person: Person
    is_new: bool


def plan_people(
    sheet: Sheet, words: Words, present: Present, plan: Plan, progress: Progress
) -> Iterator[PersonPlanned]:
    """Yield everybody whom a file adds or changes, and count into *plan*."""
    seen: set[str] = set()
    for cells in rows_of(sheet, plan, progress):
        ref = cells["ref"]
        problems = [*missing(cells, ("ref", "name", "role")), *twice(cells, seen)]
        seen.add(ref)
        row_id, text = present.people.get(ref, (None, ""))
        before = Person.from_json(text) if text else None
        person = _person(cells, sheet.columns, words, before, problems)
        if before and before.name != person.name and row_id in present.own:
            problems.append(own(cells))
        problems += elsewhere(cells, words.theirs, before, person)
        if problems:
            plan.refuse(*problems)
        elif before is None or row_id is None:
            plan.add(person.name)
            yield PersonPlanned(uuid4(), person, is_new=True)
        elif before == person:
            plan.unchanged += 1
        else:
            plan.change(person.name, _differences(before, person))
            yield PersonPlanned(row_id, person, is_new=False)
    plan.absent = sum(1 for _ref in _absent(present, words.theirs, seen))


def rows_of(sheet: Sheet, plan: Plan, progress: Progress) -> Iterator[Cells]:
    """Yield the rows of a file that are rows, count them, and note those that are none."""
    for row in sheet.rows:
        plan.rows += 1
        if plan.rows % REPORT_EVERY == 0:
            progress(plan.rows)
        if isinstance(row, Problem):
            plan.refuse(row)
        else:
            yield row


def differing(before: Person, after: Person) -> list[str]:
    """Return the words for what is not the same of two people."""
    return [words for key, words in FIELDS.items() if getattr(before, key) != getattr(after, key)]


def _person(
    cells: Cells,
    columns: frozenset[str],
    words: Words,
    before: Person | None,
    problems: list[Problem],
) -> Person:
    """Return the person of a row over what was known *before*; what is wrong goes to *problems*."""
    person = before or Person(name="", role="", ref=cells["ref"])
    said: dict[str, Any] = {"name": cells["name"], "role": _role(cells, words, problems)}
    if "email" in columns:
        said["email"] = _email(cells, problems)
    if "organisation" in columns:
        said["organisation"] = _organisation(cells, words, problems)
    if "age_band" in columns:
        said["age"] = _age(cells, problems)
    if "ended_on" in columns:
        said["ended_on"] = _day(cells, "ended_on", problems)
    acceptance = _acceptance(cells, words, problems)
    person = replace(person, **said)
    return person.having_accepted(acceptance) if acceptance else person


def _role(cells: Cells, words: Words, problems: list[Problem]) -> str:
    role = cells["role"].casefold()
    known = {one.casefold(): one for one in words.roles}
    if role and role not in known:
        remedy = f"Use one of: {', '.join(words.roles)}."
        problems.append(cells.problem("role", f"The scheme has no role “{cells['role']}”.", remedy))
    return known.get(role, "")


def _email(cells: Cells, problems: list[Problem]) -> str:
    email = cells["email"]
    if email and email_problem(email.lower()):
        remedy = "Write it like name@example.org, or leave it empty."
        problems.append(cells.problem("email", f"“{email}” is not an e-mail address.", remedy))
    return email


def _organisation(cells: Cells, words: Words, problems: list[Problem]) -> str:
    key = cells["organisation"]
    if key and words.organisations and key not in words.organisations:
        remedy = f"Use one of: {', '.join(sorted(words.organisations))}."
        problems.append(
            cells.problem("organisation", f"The scheme has no organisation “{key}”.", remedy)
        )
    return key


def _age(cells: Cells, problems: list[Problem]) -> Age:
    text = cells["age_band"].casefold().replace("_", " ")
    if text not in AGES:
        remedy = "Write “under 18”, “18 or over” or “not known”."
        problems.append(cells.problem("age_band", f"“{cells['age_band']}” is no age band.", remedy))
    return AGES.get(text, Age.NOT_KNOWN)


def _acceptance(cells: Cells, words: Words, problems: list[Problem]) -> Acceptance | None:
    version, on = cells["code_version"], _day(cells, "accepted_on", problems)
    if not version and on is None:
        return None
    if not version or on is None:
        if not cells["accepted_on"] or on is not None:
            lacking = "accepted_on" if version else "code_version"
            remedy = "Fill both in, or leave both empty."
            problems.append(
                cells.problem(lacking, "A version needs a day, and a day a version.", remedy)
            )
        return None
    if on > words.today:
        remedy = "Write the day on which it was accepted."
        problems.append(cells.problem("accepted_on", "This day has not come yet.", remedy))
    if len(version) > LONGEST_VERSION:
        remedy = f"Use {LONGEST_VERSION} characters or less."
        problems.append(cells.problem("code_version", "This is too long.", remedy))
    return Acceptance(on, version)


def _day(cells: Cells, column: str, problems: list[Problem]) -> date | None:
    day = day_in(cells, column)
    if isinstance(day, Problem):
        problems.append(day)
        return None
    return day


def _absent(present: Present, theirs: Theirs, seen: Collection[str]) -> Iterator[str]:
    """Yield whoever is kept by the importer, and is not in the file."""
    for ref, (_id, text) in present.people.items():
        if ref not in seen and (theirs.is_all or theirs.has(Person.from_json(text))):
            yield ref


def _differences(before: Person, after: Person) -> str:
    return f"Changes {', '.join(differing(before, after))}"
