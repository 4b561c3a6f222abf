"""Packs with something wrong in them, made from good ones."""

from __future__ import annotations

import importlib.resources
import re

import pytest

from conductdesk.cases.packs import kernel_problems
from conductdesk.schemes.reading import PackError, read_pack

BEGIN = "\nversion = 1\n"
"""After this line a pack takes more keys of its own."""


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
