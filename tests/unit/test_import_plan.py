"""What a file would change is worked out row by row, and whatever is wrong is said in a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest

from conductdesk.participants.plan import (
    MOST_PROBLEMS,
    PersonPlanned,
    Plan,
    Present,
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
from conductdesk.participants.rules import (
    Acceptance,
    Age,
    Bond,
    Group,
    GroupKind,
    Person,
    Place,
    TieKind,
)
from conductdesk.participants.spreadsheet import read_sheet

TODAY = date(2026, 11, 22)
WORDS = Words(("mentor", "mentee"), frozenset(), TODAY)
HEADINGS = "ref,name,role,email,organisation,age_band,code_version,accepted_on,ended_on"
FULL = "M-1,Barnaby Thistlewood,Mentor,b@members.example,north,under 18,2024,2026-03-27,"
PERSON = Person(
    name="Barnaby Thistlewood",
    role="mentor",
    ref="M-1",
    email="b@members.example",
    organisation="north",
    age=Age.UNDER_18,
    accepted=(Acceptance(date(2026, 3, 27), "2024"),),
)
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
PEOPLE = {"M-1": ONE, "M-2": TWO, "M-3": THREE}


def people(
    *lines: str, present: Present | None = None, words: Words = WORDS
) -> tuple[Plan, list[PersonPlanned]]:
    sheet = read_sheet(["\n".join(lines).encode()])
    plan = Plan(sheet.kind)
    return plan, list(plan_people(sheet, words, present or Present({}), plan, lambda _rows: None))


def known(*persons: Person) -> Present:
    return Present({one.ref: (PEOPLE[one.ref], one.to_json()) for one in persons})


def test_a_new_row_is_somebody_new() -> None:
    plan, planned = people(HEADINGS, FULL)
    assert [one.person for one in planned] == [PERSON]
    assert (plan.added, plan.changed, plan.unchanged, plan.rows) == (1, 0, 0, 1)
    assert plan.examples[0].who == "Barnaby Thistlewood"
    assert plan.changes_something


def test_the_same_row_again_changes_nothing() -> None:
    plan, planned = people(HEADINGS, FULL, present=known(PERSON))
    assert planned == []
    assert plan.unchanged == 1
    assert not plan.changes_something


def test_an_empty_cell_empties_and_a_missing_column_leaves() -> None:
    emptied = "M-1,Barnaby Thistlewood,mentor,,,,,,"
    _plan, planned = people(HEADINGS, emptied, present=known(PERSON))
    assert planned[0].id == ONE
    assert planned[0].person == replace(PERSON, email="", organisation="", age=Age.NOT_KNOWN)
    _plan, planned = people("ref,name,role", "M-1,Barnaby Quill,mentor", present=known(PERSON))
    assert planned[0].person == replace(PERSON, name="Barnaby Quill")


def test_what_was_accepted_is_added_and_never_taken_away() -> None:
    later = FULL.replace("2024,2026-03-27", "2025,22/11/2026")
    plan, planned = people(HEADINGS, later, present=known(PERSON))
    assert planned[0].person.accepted == (*PERSON.accepted, Acceptance(TODAY, "2025"))
    assert plan.examples[0].what == "Changes what was accepted"


def test_whoever_is_not_in_the_file_stays_and_is_counted() -> None:
    other = replace(PERSON, ref="M-2", name="Somebody Else")
    plan, planned = people(HEADINGS, FULL, present=known(PERSON, other))
    assert planned == []
    assert plan.absent == 1


@pytest.mark.parametrize(
    ("line", "column", "sentence"),
    [
        (",A,mentor,,,,,,", "ref", "empty"),
        ("1,,mentor,,,,,,", "name", "empty"),
        ("1,A,,,,,,,", "role", "empty"),
        ("1,A,sponsor,,,,,,", "role", "no role “sponsor”"),
        ("1,A,mentor,nowhere,,,,,", "email", "not an e-mail"),
        ("1,A,mentor,,,17,,,", "age_band", "no age band"),
        ("1,A,mentor,,,,2024,,", "accepted_on", "needs a day"),
        ("1,A,mentor,,,,,2026-01-01,", "code_version", "needs a day"),
        ("1,A,mentor,,,,2024,soon,", "accepted_on", "not a day"),
        ("1,A,mentor,,,,2024,2027-01-01,", "accepted_on", "not come yet"),
        (f"1,A,mentor,,,,{'2' * 41},2026-01-01,", "code_version", "too long"),
        ("1,A,mentor,,,,,,never", "ended_on", "not a day"),
    ],
)
def test_a_mistake_is_said_with_its_row_its_column_and_what_to_do(
    line: str, column: str, sentence: str
) -> None:
    plan, planned = people(HEADINGS, "9,Fine,mentor,,,,,,", line)
    assert [one.person.ref for one in planned] == ["9"]
    assert [(one.row, one.column) for one in plan.problems] == [(3, column)]
    assert sentence in plan.problems[0].sentence
    assert plan.problems[0].remedy.endswith(".")
    assert not plan.changes_something


def test_a_reference_that_stands_twice_is_a_mistake() -> None:
    plan, planned = people(HEADINGS, FULL, FULL.replace("Barnaby", "Other"))
    assert len(planned) == 1
    assert plan.problems[0].row == 3
    assert "twice" in plan.problems[0].sentence


def test_only_the_organisations_of_the_scheme_are_taken_where_it_lists_any() -> None:
    words = replace(WORDS, organisations=frozenset({"north", "south"}))
    assert people(HEADINGS, FULL, words=words)[0].problem_count == 0
    plan, _planned = people(HEADINGS, FULL.replace("north", "west"), words=words)
    assert plan.problems[0].remedy == "Use one of: north, south."


def test_nobody_renames_somebody_they_are_tied_to() -> None:
    present = replace(known(PERSON), own=frozenset({ONE}))
    assert people(HEADINGS, FULL, present=present)[0].problem_count == 0
    plan, planned = people(HEADINGS, FULL.replace("Barnaby", "Other"), present=present)
    assert planned == []
    assert "You are tied" in plan.problems[0].sentence


def test_all_mistakes_are_counted_and_the_first_hundred_shown() -> None:
    plan, _planned = people("ref,name,role", *(f"{n},,mentor" for n in range(MOST_PROBLEMS + 50)))
    assert plan.problem_count == MOST_PROBLEMS + 50
    assert len(plan.problems) == MOST_PROBLEMS


GROUPS = "group,kind,ref,from,to"


def groups(
    *lines: str, present: PresentGroups | None = None, headings: str = GROUPS
) -> tuple[Plan, list[PlacePlanned]]:
    sheet = read_sheet(["\n".join([headings, *lines]).encode()])
    plan, known_ones = Plan(sheet.kind), present or PresentGroups(PEOPLE, {}, {})
    return plan, list(plan_groups(sheet, known_ones, TODAY, plan, lambda _rows: None))


def a_pairing(**days: date) -> PresentGroups:
    """Return a register with one pairing, `P-1`, of the first two people."""
    group_id, spans = uuid4(), {"since": None, "until": None, **days}
    places = {one: Place(uuid4(), group_id, one, **spans) for one in (ONE, TWO)}
    known_group = {"P-1": (group_id, Group(GroupKind.PAIRING, "P-1"))}
    return PresentGroups(PEOPLE, known_group, {group_id: places})


def test_a_pairing_comes_with_both_people_and_its_days() -> None:
    plan, planned = groups("P-1,pairing,M-1,2026-01-01,", "P-1,Pairing,M-2,2026-01-01,2026-06-01")
    assert [one.group for one in planned] == [Group(GroupKind.PAIRING, "P-1"), None]
    assert {one.place.participant_id: one.place.until for one in planned} == {
        ONE: None,
        TWO: date(2026, 6, 1),
    }
    assert len({one.place.group_id for one in planned}) == 1
    assert plan.added == 2


def test_the_same_pairing_again_changes_nothing() -> None:
    plan, planned = groups("P-1,pairing,M-1,,", "P-1,pairing,M-2,,", present=a_pairing())
    assert planned == []
    assert (plan.unchanged, plan.absent) == (2, 0)


def test_whoever_leaves_a_pairing_makes_room_for_the_next() -> None:
    present = a_pairing()
    plan, planned = groups("P-1,pairing,M-2,,2026-11-01", "P-1,pairing,M-3,,", present=present)
    assert plan.problem_count == 0
    assert [one.is_new for one in planned] == [False, True]


def test_a_column_that_a_file_of_groups_lacks_stays_as_it_was() -> None:
    since = date(2025, 1, 1)
    present = a_pairing(since=since)
    lines = ("P-1,pairing,M-1,2026-11-01", "P-1,pairing,M-2,2026-11-01")
    _plan, planned = groups(*lines, present=present, headings="group,kind,ref,to")
    assert {one.place.since for one in planned} == {since}


@pytest.mark.parametrize(
    ("lines", "row", "sentence"),
    [
        (["P-1,pairing,M-1,,"], 2, "has 2 people, and “P-1” has 1"),
        ([f"P-1,pairing,M-{n},," for n in (1, 2, 3)], 4, "has 2 people, and “P-1” has 3"),
        (["T,triad,M-1,,", "T,triad,M-2,,"], 3, "has 3 people"),
        (["P-1,pair,M-1,,"], 2, "no kind “pair”"),
        (["P-1,pairing,M-9,,"], 2, "reference “M-9”"),
        (["P-1,,M-1,,"], 2, "empty"),
        (["P-1,pairing,M-1,2026-02-01,2026-01-01"], 2, "before the first"),
        (["P-1,pairing,M-1,x,"], 2, "not a day"),
        (["P-1,pairing,M-1,,", "P-1,pairing,M-1,,", "P-1,pairing,M-2,,"], 3, "twice"),
        (["P-1,pairing,M-1,,", "P-1,triad,M-2,,"], 3, "two kinds"),
    ],
)
def test_what_is_wrong_with_a_group_is_said(lines: list[str], row: int, sentence: str) -> None:
    plan, _planned = groups(*lines)
    assert plan.problems[0].row == row
    assert sentence in plan.problems[0].sentence


TIES = "ref,tie,other_ref,officer_email"
OFFICER = UUID(int=9)


def ties(*lines: str, bonds: frozenset[Bond] = frozenset()) -> tuple[Plan, list[Bond]]:
    sheet = read_sheet(["\n".join([TIES, *lines]).encode()])
    plan = Plan(sheet.kind)
    present = PresentTies(PEOPLE, {"chair@cast.example": OFFICER}, bonds)
    return plan, list(plan_ties(sheet, present, plan, lambda _rows: None))


def test_a_tie_goes_to_a_participant_or_to_an_officer() -> None:
    plan, planned = ties("M-1,manages,M-2,", "M-1,Same person,,Chair@cast.example")
    assert planned == [
        Bond(ONE, TieKind.MANAGES, other_id=TWO),
        Bond(ONE, TieKind.SAME, account_id=OFFICER),
    ]
    assert plan.added == 2


def test_a_tie_that_is_known_from_the_other_end_is_not_new() -> None:
    bonds = frozenset({Bond(TWO, TieKind.MANAGES, other_id=ONE).canonical})
    plan, planned = ties("M-1,managed by,M-2,", "M-1,managed_by,M-2,", bonds=bonds)
    assert planned == []
    assert plan.unchanged == 2
    plan, planned = ties("M-1,family,M-2,", "M-2,family,M-1,")
    assert len(planned) == 1


@pytest.mark.parametrize(
    ("line", "column", "sentence"),
    [
        ("M-9,family,M-2,", "ref", "M-9"),
        ("M-1,family,M-9,", "other_ref", "M-9"),
        ("M-1,friend,M-2,", "tie", "no tie “friend”"),
        ("M-1,family,,", "other_ref", "one other end"),
        ("M-1,family,M-2,chair@cast.example", "other_ref", "one other end"),
        ("M-1,family,,nobody@cast.example", "officer_email", "No officer"),
        ("M-1,family,M-1,", "other_ref", "themselves"),
        ("M-1,same person,M-2,", "other_ref", "themselves"),
        (",family,M-2,", "ref", "reference “”"),
    ],
)
def test_what_is_wrong_with_a_tie_is_said(line: str, column: str, sentence: str) -> None:
    plan, planned = ties(line)
    assert planned == []
    assert plan.problems[0].column == column
    assert sentence in plan.problems[0].sentence
