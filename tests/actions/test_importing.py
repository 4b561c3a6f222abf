"""A file is imported as one act, once; importing it again changes nothing."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conductdesk.participants.actions.drawing_up import DrawnImport, draw_up_import, preview_import
from conductdesk.participants.actions.importing import RegisterMoved, take_in_import
from conductdesk.participants.manifest import unaccounted_rows
from conductdesk.participants.models import Membership, Participant, RoutingIndex
from conductdesk.participants.plan import Plan
from conductdesk.participants.queries import ties_of
from conductdesk.participants.rules import Acceptance, Age, GroupKind, Person
from conductdesk.participants.spreadsheet import read_sheet
from conductdesk.refusal import Refused
from tests.actions.register_steps import GROUPS, PEOPLE, QUILL, THISTLEWOOD, TIES, Kept
from tests.cast import Cast


def drawn(kept: Kept, text: str, who: str = "liaison") -> DrawnImport:
    sheet = read_sheet([text.encode()])
    db, register, keys = kept.cast.db, kept.register, kept.keys(who)
    seen: list[int] = []
    return draw_up_import(db, register, keys, sheet=sheet, progress=seen.append, **kept.by(who))


def bring_in(kept: Kept, text: str, who: str = "liaison") -> DrawnImport:
    """Import a file."""
    what = drawn(kept, text, who)
    db, register, keys = kept.cast.db, kept.register, kept.keys(who)
    take_in_import(db, register, keys, drawn=what, sha256="0" * 64, **kept.by(who))
    db.commit()
    return what


def previewed(kept: Kept, text: str) -> Plan:
    sheet = read_sheet([text.encode()])
    return preview_import(kept.cast.db, kept.register, kept.keys(), sheet=sheet, **kept.by())


@pytest.mark.both_backends
def test_three_files_make_a_register_with_one_entry_each(cast: Cast, kept: Kept) -> None:
    for text in (PEOPLE, GROUPS, TIES):
        bring_in(kept, text)
    people = kept.people("lead")
    assert people["Barnaby Thistlewood"] == Person(
        name="Barnaby Thistlewood",
        role="mentor",
        ref="M-1",
        email="b@members.example",
        organisation="north",
        age=Age.ADULT,
        accepted=(Acceptance(date(2026, 3, 27), "2024"),),
    )
    assert people["Clementine Quill"].age is Age.UNDER_18
    assert len(people) == 3
    assert cast.db.query(Membership).count() == 2
    assert len(ties_of(cast.db, kept.keys(), kept.register)) == 2
    imported = kept.entries()[1:]
    assert [entry["type"] for entry in imported] == ["register.imported"] * 3
    assert imported[0]["pub"] == {
        "added": 3,
        "changed": 0,
        "kind": "participants",
        "rows": 3,
        "unchanged": 0,
    }
    assert kept.verdict().problem is None
    assert unaccounted_rows(cast.db, kept.register) == []


@pytest.mark.both_backends
def test_what_was_imported_is_in_the_index(cast: Cast, kept: Kept) -> None:
    bring_in(kept, PEOPLE)
    assert kept.facts("Clementine Quill").under_age
    assert kept.facts("Rooke, Dorothea").organisation == "south"
    for text in (GROUPS, TIES):
        bring_in(kept, text)
    for name in ("Barnaby Thistlewood", "Clementine Quill", "Dorothea Rooke"):
        assert kept.facts(name).tied == {cast["chair"].id}, name
    bring_in(kept, PEOPLE.replace("Clementine Quill", "Clementine Umber"))
    assert kept.facts("Clementine Umber").tied == {cast["chair"].id}
    assert not kept.facts("Clementine Quill").under_age
    assert cast.db.query(RoutingIndex).count() == 3


@pytest.mark.parametrize("text", [PEOPLE, GROUPS, TIES])
def test_importing_again_changes_nothing(cast: Cast, kept: Kept, text: str) -> None:
    for one in (PEOPLE, GROUPS, TIES):
        bring_in(kept, one)
    again = drawn(kept, text)
    assert (again.plan.added, again.plan.changed, again.plan.problem_count) == (0, 0, 0)
    assert again.plan.unchanged == again.plan.rows
    assert not any((again.changes.added, again.changes.changed, again.index))
    with pytest.raises(Refused, match="nothing in this file"):
        bring_in(kept, text)


names = st.sampled_from(["Ada Byron-Invented", "Bo Li", "Cy", "D’Arcy Éloïse", "李 娜"])
rows = st.fixed_dictionaries(
    {
        "ref": st.sampled_from([f"R-{n}" for n in range(6)]),
        "name": names,
        "role": st.sampled_from(["mentor", "Mentee", "CO-MENTOR"]),
        "age_band": st.sampled_from(["", "under 18", "18+", "Adult"]),
        "code_version": st.just("2024"),
        "accepted_on": st.sampled_from(["2026-01-01", "01/02/2026"]),
        "ended_on": st.sampled_from(["", "2026-05-05"]),
    }
)
files = st.lists(rows, max_size=6, unique_by=lambda row: row["ref"])


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=files, second=files)
def test_whatever_a_file_holds_a_second_import_of_it_changes_nothing(
    kept: Kept, first: list[dict[str, str]], second: list[dict[str, str]]
) -> None:
    for content in (first, second):
        text = as_csv(content)
        if drawn(kept, text).plan.changes_something:
            bring_in(kept, text)
        plan = previewed(kept, text)
        assert (plan.added, plan.changed, plan.problem_count) == (0, 0, 0)
        assert plan.unchanged == len(content)
    assert unaccounted_rows(kept.cast.db, kept.register) == []


def as_csv(content: list[dict[str, str]]) -> str:
    headings = ("ref", "name", "role", "age_band", "code_version", "accepted_on", "ended_on")
    lines = [",".join(headings), *(",".join(row[name] for name in headings) for row in content)]
    return "\n".join(lines)


def test_a_preview_writes_nothing(cast: Cast, kept: Kept) -> None:
    plan = previewed(kept, PEOPLE)
    assert plan.added == 3
    assert plan.examples[0].who == "Barnaby Thistlewood"
    assert cast.db.query(Participant).count() == 0
    assert kept.register.version == 0
    assert len(kept.entries()) == 1


def test_a_file_with_one_mistake_is_not_imported_at_all(cast: Cast, kept: Kept) -> None:
    wrong = PEOPLE + "M-4,,mentor,,,,,\n"
    plan = previewed(kept, wrong)
    assert (plan.added, plan.problem_count, plan.problems[0].row) == (3, 1, 5)
    with pytest.raises(Refused, match="Look at the preview"):
        bring_in(kept, wrong)
    assert cast.db.query(Participant).count() == 0


def test_an_import_that_was_drawn_up_before_a_change_is_not_taken_in(kept: Kept) -> None:
    what = drawn(kept, PEOPLE)
    kept.add(QUILL)
    with pytest.raises(RegisterMoved, match="meanwhile"):
        take_in_import(kept.cast.db, kept.register, kept.keys(), drawn=what, sha256="", **kept.by())


@pytest.mark.parametrize("who", ["investigator", "auditor", "administrator", "outsider"])
def test_whoever_does_not_keep_the_register_imports_nothing(kept: Kept, who: str) -> None:
    with pytest.raises(Refused, match="receive concerns"):
        drawn(kept, PEOPLE, who)
    what = drawn(kept, PEOPLE)
    with pytest.raises(Refused, match="receive concerns"):
        take_in_import(
            kept.cast.db, kept.register, kept.keys(), drawn=what, sha256="", **kept.by(who)
        )


def test_somebody_entered_by_hand_is_found_again_by_their_reference(kept: Kept) -> None:
    kept.add(THISTLEWOOD)
    plan = bring_in(kept, PEOPLE).plan
    assert (plan.added, plan.changed) == (2, 1)
    assert kept.people()["Barnaby Thistlewood"].email == "b@members.example"


def test_nobody_renames_by_a_file_whom_they_are_tied_to(kept: Kept) -> None:
    for text in (PEOPLE, GROUPS, TIES):
        bring_in(kept, text)
    renamed = PEOPLE.replace("Clementine Quill", "Somebody Else")
    assert drawn(kept, renamed, "chair").plan.problem_count == 1
    assert drawn(kept, renamed, "liaison").plan.problem_count == 0


def test_progress_is_told_every_thousand_rows(kept: Kept) -> None:
    lines = [f"R-{n},Person Number{n},mentee" for n in range(2_500)]
    sheet = read_sheet(["\n".join(["ref,name,role", *lines]).encode()])
    seen: list[int] = []
    db, register, keys = kept.cast.db, kept.register, kept.keys()
    draw_up_import(db, register, keys, sheet=sheet, progress=seen.append, **kept.by())
    assert seen == [1_000, 2_000]


def test_groups_of_every_kind_can_be_imported(cast: Cast, kept: Kept) -> None:
    bring_in(kept, PEOPLE)
    triad = "group,kind,ref\n" + "".join(f"T,{GroupKind.TRIAD},M-{n}\n" for n in (1, 2, 3))
    assert bring_in(kept, triad).plan.added == 3
    assert cast.db.query(Membership).count() == 3
