"""A pack in plain words: all of it, what changes, and who receives what as a picture."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from conductdesk.schemes.changes import changes
from conductdesk.schemes.describing import sections
from conductdesk.schemes.drawing import BOLD, BOLD_LETTER, LETTER, NARROW, WIDE, Measures, draw
from conductdesk.schemes.lanes import lanes
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.reading import PackError, read_pack
from conductdesk.schemes.staffing import gaps
from tests.unit.packs import as_file, changed, paths, source_of, with_key

SCHEMES = ("bes", "brk", "cmn", "mm", "wcc")
FIRST_TWO = 1
MANY = 60
"""Of each list the first two rows are tried: the others are read by the same lines."""
PHONE = 290
"""Pixels of content on a page that is 320 wide."""
OTHERS: tuple[Any, ...] = (
    "Otherwise",
    "WLS",
    "9",
    "11 working days",
    "5 days",
    "afterwards",
    "owner",
    date(2025, 1, 1),
    True,
    False,
    19,
    ["Otherwise"],
    ["investigate", "decide", "appeal", "second"],
    ["chair", "outside", "liaison"],
)
"""What a value can be instead, so that the pack is still a good one."""


def pack_of(scheme: str) -> Pack:
    return read_pack(source_of(scheme), scheme)


def with_other(scheme: str, path: tuple[str | int, ...]) -> Pack | None:
    """Return the pack with another value at *path*, or None where nothing else can stand there."""
    for other in OTHERS:
        file = deepcopy(tomllib.loads(source_of(scheme)))
        place: Any = file
        for step in path[:-1]:
            place = place[step]
        if type(place[path[-1]]) is not type(other) or place[path[-1]] == other:
            continue
        place[path[-1]] = other
        try:
            return read_pack(as_file(file), scheme)
        except PackError:
            continue
    return None


def test_whatever_a_pack_says_is_said_in_plain_words() -> None:
    said = sections(pack_of("wcc"))
    tried, silent = 0, []
    for path in paths(tomllib.loads(source_of("wcc"))):
        like_others = any(isinstance(step, int) and step > FIRST_TWO for step in path)
        if like_others or path[-1] in ("key", "version"):
            continue
        other = with_other("wcc", path)
        if other is not None and other != pack_of("wcc"):
            tried += 1
            silent += [path] if sections(other) == said else []
    assert silent == []
    assert tried > MANY


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_changes_from_a_pack_to_itself(scheme: str) -> None:
    assert changes(pack_of(scheme), pack_of(scheme)) == ()


def test_what_changes_is_said_field_by_field() -> None:
    after = changed(
        with_key('left_out = ["settle_informally"]'),
        ('acknowledge = "7 days"', 'acknowledge = "3 days"'),
        ('plain = "the chair"', 'plain = "the chair"\nreports_to = "committee"'),
        ('key = "apology"\nname = "Apology"', 'key = "words"\nname = "A word of regret"'),
        ('name = "Warning"', 'name = "Written warning"'),
        (
            'key = "advice"\nname = "Advice"\n',
            'key = "advice"\nname = "Advice"\nproof_by = "owner"\n',
        ),
    )
    found = {one.title: one.sentences for one in changes(pack_of("wcc"), read_pack(after, "wcc"))}
    assert found == {
        "Offices": ("Chair, reports to: nothing becomes “Committee member”.",),
        "Clocks": ("A person writes to the reporter: “7 days” becomes “3 days”.",),
        "Who decides, and what needs more": (
            "New: Settle informally (not part of this procedure).",
        ),
        "Outcomes": (
            "Advice, shown to be done by: “the handler” becomes “whoever has to do it”.",
            "New: A word of regret (shown to be done by: the handler).",
            "“Warning” becomes “Written warning”.",
            "Gone: Apology (shown to be done by: the handler).",
        ),
    }


def test_a_new_order_is_said() -> None:
    kinds = '[[kinds]]\nkey = "advice"\nname = "I am a mentor, and I need advice"\nhint = "You do not name the person you mentor."\n\n'
    moved = changed(
        (kinds, ""), ('[[kinds]]\nkey = "concern"', f'{kinds}[[kinds]]\nkey = "concern"')
    )
    found = changes(pack_of("wcc"), read_pack(moved, "wcc"))
    assert [one.title for one in found] == ["What the form offers"]
    assert found[0].sentences[0].startswith("The order becomes: I am a mentor, and I need advice,")


@pytest.mark.parametrize("measures", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_picture_holds_every_word_in_its_box_and_no_box_on_another(
    scheme: str, measures: Measures
) -> None:
    pack = pack_of(scheme)
    held = {post: ["Wilhelmina Featherstonehaugh-Marchbanks", "Jo"] for post in pack.posts}
    drawn = draw(lanes(pack, held), measures)
    for place, box in enumerate(drawn.boxes):
        assert min(box.x, box.y) > 0
        assert box.x + box.width < drawn.width
        assert box.y + box.height < drawn.height
        for other in drawn.boxes[place + 1 :]:
            beside = box.x + box.width < other.x or other.x + other.width < box.x
            assert beside or box.y + box.height < other.y
        for line in box.lines:
            letter = BOLD_LETTER if line.look in BOLD else LETTER
            assert line.x + len(line.text) * letter <= box.x + box.width
            assert box.y < line.y < box.y + box.height
    assert measures is WIDE or drawn.width <= PHONE


def test_every_way_that_something_can_take_is_a_lane() -> None:
    pack = pack_of("brk")
    found = lanes(pack, {"manager": ["Ottoline Marsh"]})
    assert [lane.begins for lane in found] == [
        "“Is it about a romantic or sexual relationship between a mentor and a mentee?” "
        "is answered “yes, or not sure”",
        "Somebody chose “I am not happy with how my personal data is used”",
        "Everything else that comes in",
        "A child, an adult at risk, or a risk of harm: as well",
        "The reporter asks for somebody outside: as well",
    ]
    first = found[0].stops
    assert [stop.office for stop in first] == [
        "Child-protection officer",
        "Programme manager",
        "Outside contact",
    ]
    assert [stop.at_once for stop in first] == [True, True, False]
    assert first[0].holders == ("Nobody yet",)


def test_the_seats_go_to_people_as_routing_gives_them() -> None:
    pack = pack_of("wcc")
    held = {"liaison": ["Ada", "Bo"], "chair": ["Cy"], "safeguarding": ["Di", "Ed"]}
    two = lanes(pack, held)[1:]  # after that of complaints about personal data
    assert [stop.does for stop in two[0].stops] == [
        "One is in charge, one can stand in",
        "If those before are kept away",
        "If those before are kept away",
    ]
    assert two[1].stops[0].does == "One of them hears of it, too"
    one = lanes(pack, {"liaison": ["Ada"], "chair": ["Cy", "Bo"]})[1:]
    assert [stop.does for stop in one[0].stops][:2] == [
        "Is in charge",
        "One of them reads it too, and can stand in",
    ]
    assert [stop.at_once for stop in one[0].stops] == [True, True, False]


def test_where_each_organisation_has_its_own_a_gap_names_the_organisation() -> None:
    pack = pack_of("cmn")
    held = {post: [post] for post in pack.posts}
    assert gaps(pack, held) == []
    del held["hr/harbour"]
    assert gaps(pack, held) == [
        "Nobody holds the office HR partner, Harbour Aid (invented). Give it to somebody under People."
    ]


def test_an_office_without_which_nobody_hears_an_appeal_is_a_gap() -> None:
    alone = ('takes = ["investigate", "appeal", "second"]', 'takes = ["investigate", "second"]')
    pack = read_pack(changed(alone, source=source_of("cmn")), "cmn")
    assert gaps(pack, {post: [post] for post in pack.posts}) == [
        "Where all who hold the office Outside contact are named, nobody can hear an appeal. "
        'Let another one do it, too: add "appeal" to its `takes` in the pack.'
    ]


def test_a_panel_with_too_few_members_is_a_gap() -> None:
    panel = '[decision]\nby = "panel"\nmembers = 3\nmajority = "2/3"\n\n[clocks]'
    pack = read_pack(changed(("[clocks]", panel)), "wcc")
    held = {post: [f"{post} holder"] for post in pack.posts}
    assert gaps(pack, {**held, "chair": []}) == [
        "Nobody holds the office Chair. Give it to somebody under People.",
        "Fewer than 3 people can decide. Fill one of: Chair, Committee member, Outside contact.",
    ]
