"""Whatever a file holds, reading it ends in a pack or in sentences, never in a fault."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conductdesk.cases.packs import kernel_problems
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.reading import PackError, read_pack
from tests.unit.packs import source_of

SCHEMES = ("bes", "brk", "cmn", "mm", "wcc")
Path = tuple[str | int, ...]

words = st.text(st.characters(codec="utf-8"), max_size=12)
KNOWN = "outside|liaison|concern|13|yes|appeal|close|0 days|4 months|99999999999999999999 days|2/0"
known_words = st.sampled_from(["", "organisation", "panel", "choice", "routing", *KNOWN.split("|")])
plain = st.one_of(
    known_words, words, st.integers(), st.booleans(), st.floats(allow_nan=False), st.dates()
)
values = st.recursive(
    plain,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(known_words, words), inner, max_size=4),
    ),
    max_leaves=8,
)


def as_toml(value: Any) -> str:
    """Return a value as TOML writes it within a line."""
    if isinstance(value, dict):
        pairs = (f"{json.dumps(key)} = {as_toml(one)}" for key, one in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(one) for one in value) + "]"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value).replace("\x7f", "\\u007f")


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the way to each value in a file."""
    below: Any = ()
    if isinstance(value, dict):
        below = value.items()
    if isinstance(value, list):
        below = enumerate(value)
    for key, one in below:
        yield (*path, key)
        yield from paths(one, (*path, key))


FILES = {scheme: tomllib.loads(source_of(scheme)) for scheme in SCHEMES}


@st.composite
def files(draw: st.DrawFn) -> str:
    """A good pack in which up to three values are something else, or gone."""
    pack = json.loads(
        json.dumps(FILES[draw(st.sampled_from(SCHEMES))], default=lambda day: f"day {day}")
    )
    for _each in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(paths(pack))))
        place: Any = pack
        for step in path[:-1]:
            place = place[step]
        if draw(st.booleans()):
            place[path[-1]] = draw(values)
        else:
            del place[path[-1]]
    text = "\n".join(f"{json.dumps(key)} = {as_toml(one)}" for key, one in pack.items())
    return text.replace('"day 2024-01-01"', "2024-01-01")


def outcome(text: str) -> Pack | tuple[str, ...]:
    """Return the pack, or what is wrong with it."""
    try:
        return read_pack(text, "pack.toml", kernel_problems)
    except PackError as error:
        return error.problems


@given(files())
@settings(max_examples=100, deadline=None)
def test_a_pack_is_read_whole_or_refused_in_words(text: str) -> None:
    found = outcome(text)
    assert isinstance(found, Pack) or (found and all(line.strip() for line in found))


@given(st.text(max_size=200))
def test_a_text_of_any_kind_is_refused_in_words(text: str) -> None:
    assert outcome(text)
