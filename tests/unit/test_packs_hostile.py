"""Whatever a file holds, reading it ends in a pack or in sentences, never in a fault."""

from __future__ import annotations

import tomllib
from copy import deepcopy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from conductdesk.cases.packs import kernel_problems
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.reading import PackError, read_pack
from tests.unit.packs import as_file, paths, source_of

SCHEMES = ("bes", "brk", "cmn", "mm", "wcc")

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


FILES = {scheme: tomllib.loads(source_of(scheme)) for scheme in SCHEMES}


@st.composite
def files(draw: st.DrawFn) -> str:
    """A good pack in which up to three values are something else, or gone."""
    pack = deepcopy(FILES[draw(st.sampled_from(SCHEMES))])
    for _each in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(paths(pack))))
        place: Any = pack
        for step in path[:-1]:
            place = place[step]
        if draw(st.booleans()):
            place[path[-1]] = draw(values)
        else:
            del place[path[-1]]
    return as_file(pack)


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
