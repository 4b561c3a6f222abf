"""Who will read a concern is said truly, also where two people hold one office."""

from __future__ import annotations

from uuid import uuid4

from conductdesk.intake.readers import readers_of
from conductdesk.routing.rules import Holder, route
from conductdesk.schemes.pack import Pack
from tests.cast import a_concern
from tests.packs import pack_of

WCC = pack_of("wcc")


def who_reads(pack: Pack, holders: tuple[Holder, ...]) -> list[tuple[str, str]]:
    """Return each line of those who read all of a concern: who, and the end of what is said."""
    concern = a_concern()
    lines = readers_of(pack, route(pack, holders, concern.facts()), concern)
    return [(line.who, line.says.split(". ")[1]) for line in lines if line.reads == "all"]


def test_a_second_holder_of_an_office_has_a_line_of_their_own() -> None:
    two = (Holder(uuid4(), "liaison"), Holder(uuid4(), "liaison", 2))
    assert who_reads(WCC, (two[0], Holder(uuid4(), "chair"))) == [
        ("The mentoring liaison officer", "This person is in charge."),
        ("The chair", "This person stands in when the first is away."),
    ]
    assert who_reads(WCC, (*two, Holder(uuid4(), "chair"))) == [
        ("The mentoring liaison officer", "This person is in charge."),
        (
            "The mentoring liaison officer, another person",
            "This person stands in when the first is away.",
        ),
    ]
