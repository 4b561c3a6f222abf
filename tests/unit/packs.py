"""Packs with something wrong in them, made from good ones."""

from __future__ import annotations

import importlib.resources
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from conductdesk.cases.packs import kernel_problems
from conductdesk.schemes.reading import PackError, read_pack

BEGIN = "\nversion = 1\n"
"""After this line a pack takes more keys of its own."""


Path = tuple[str | int, ...]
"""The way to a value in a file: keys and places."""


def source_of(scheme: str) -> str:
    """Return the TOML text of one of the packs that come with ConductDesk."""
    packs = importlib.resources.files("conductdesk.schemes") / "packs"
    return (packs / f"{scheme}.toml").read_text("utf-8")


def changed(*changes: tuple[str, str], source: str | None = None) -> str:
    """Return the `wcc` pack (or *source*) with the first of each text replaced."""
    text = source_of("wcc") if source is None else source
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def with_key(line: str) -> tuple[str, str]:
    """Return the change that adds a key to the beginning of a pack."""
    return BEGIN, f"{BEGIN}{line}\n"


def without(name: str, source: str) -> str:
    """Return *source* without the line that begins with `name =`."""
    found, count = re.subn(rf"(?m)^{re.escape(name)} = .*\n", "", source, count=1)
    assert count == 1, name
    return found


def problems_of(source: str) -> tuple[str, ...]:
    """Return what is wrong with a pack."""
    with pytest.raises(PackError) as refused:
        read_pack(source, "pack.toml", kernel_problems)
    return refused.value.problems


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


def as_file(pack: dict[str, Any]) -> str:
    """Return a whole pack as TOML, each of its keys on one line."""
    return "\n".join(f"{json.dumps(key)} = {as_toml(one)}" for key, one in pack.items())
