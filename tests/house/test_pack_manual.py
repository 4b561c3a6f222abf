"""What the manual of scheme packs shows by hand is right: its examples, its messages, its links."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from conductdesk.cases.packs import kernel_problems
from conductdesk.schemes.reading import every_key, read_pack
from dev.pack_manual import MANUAL, PART
from tests.unit.packs import changed, paths, problems_of

TOML = re.compile(r"```toml\n(.*?)```", re.DOTALL)
MESSAGE = re.compile(r"^my-society\.toml: (.*)$", re.MULTILINE)
LINK = re.compile(r"\]\(#([a-z-]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def by_hand() -> str:
    """Return the manual without what is made."""
    return PART.sub("", MANUAL.read_text("utf-8"))


def keys_in(file: dict[str, Any]) -> set[str]:
    """Return the keys of a file as the parser describes them; own words under `when` are free."""
    found = {
        ".".join("[]" if isinstance(step, int) else step for step in path).replace(".[]", "[]")
        for path in paths(file)
    }
    return {key for key in found if not key.endswith("]") and "when." not in key}


def test_every_example_uses_keys_that_there_are() -> None:
    known = {key.path for key in every_key()}
    examples = TOML.findall(by_hand())
    assert len(examples) >= 8
    for example in examples:
        assert keys_in(tomllib.loads(example)) <= known, example


def test_every_key_is_used_somewhere_in_the_manual() -> None:
    words = MANUAL.read_text("utf-8")
    missing = [key.path for key in every_key() if key.path.rpartition(".")[2] not in words]
    assert missing == []


def test_the_messages_are_those_that_a_mistake_brings() -> None:
    broken = changed(
        ('chain = ["liaison"', 'chain = ["liason"'),
        ('feedback = "3 months"', 'feedback = "4 months"'),
    )
    shown = MESSAGE.findall(by_hand())
    assert sorted(shown) == sorted(problems_of(broken))


def test_every_link_within_the_manual_leads_to_a_heading() -> None:
    headings = {
        re.sub(r"[^a-z -]", "", title.lower()).replace(" ", "-")
        for title in HEADING.findall(by_hand())
    }
    links = set(LINK.findall(by_hand()))
    assert links
    assert links <= headings


def test_the_examples_fit_into_a_pack() -> None:
    added = [one for one in TOML.findall(by_hand()) if one.startswith(("[[q", "[d", "[[out"))]
    added += [one.partition("\n")[2] for one in TOML.findall(by_hand()) if "[[stricter]]" in one]
    source = changed(("\n[clocks]", "\n".join(["", *added, "[clocks]"])))
    pack = read_pack(source, "wcc.toml", kernel_problems)
    assert [question.key for question in pack.questions] == [
        "online",
        "where_online",
        "relationship",
    ]
    assert pack.decision.voices == 2
    assert pack.stricter["close"].second
