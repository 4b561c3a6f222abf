"""A description that names a post is recognised, whatever was answered about posts."""

from __future__ import annotations

import pytest

from conductdesk.routing.posts import described
from tests.packs import KEYS, pack_of


@pytest.mark.parametrize(
    ("typed", "key", "offices"),
    [
        ("the mentoring liaison officer", "wcc", ("liaison",)),
        ("Liason Officer", "wcc", ("liaison",)),
        ("the mentoring officer", "wcc", ("liaison",)),
        ("our chairwoman", "wcc", ("chair",)),
        ("vice-chair", "wcc", ("chair",)),
        ("somebody from safe-guarding", "wcc", ("safeguarding",)),
        ("my mentor Isolde from the committee", "wcc", ("committee",)),
        ("your outside contact", "wcc", ("outside",)),
        ("one of the staff", "bes", ("conduct",)),
        ("the trustee", "bes", ("trustee",)),
        ("the programme manager", "brk", ("manager", "deputy")),
        ("the child protection officer", "brk", ("child_protection",)),
        ("somebody in HR", "cmn", ("hr",)),
        ("the network co-ordinator", "cmn", ("network",)),
        ("the staff of Mentor::Me", "mm", ("staff",)),
    ],
)
def test_a_description_means_the_offices_whose_telling_words_it_has(
    typed: str, key: str, offices: tuple[str, ...]
) -> None:
    assert described(typed, pack_of(key)) == offices


@pytest.mark.parametrize("key", KEYS)
def test_every_office_is_meant_by_its_name_and_by_its_plain_name(key: str) -> None:
    pack = pack_of(key)
    for office in pack.offices:
        assert office.key in described(office.name, pack)
        assert office.key in described(f"I think {office.plain}", pack)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "😀", "my mentor", "my mentoring partner", "a member of my triad", "a child"),
        *("a tall man with red hair from WCC UK", "an officer", "Barnaby Thistlewood"),
    ],
)
def test_common_words_mean_no_office(typed: str) -> None:
    assert [described(typed, pack_of(key)) for key in KEYS] == [()] * len(KEYS)
