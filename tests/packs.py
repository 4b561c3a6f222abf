"""The packs that come with ConductDesk, for tests that hold for each of them."""

from __future__ import annotations

import importlib.resources
from functools import cache

from conductdesk.cases.packs import kernel_problems
from conductdesk.schemes.pack import Pack
from conductdesk.schemes.reading import read_pack

KEYS = ("bes", "brk", "cmn", "mm", "wcc")


def pack_source(key: str) -> str:
    """Return the TOML text of a pack."""
    folder = importlib.resources.files("conductdesk.schemes") / "packs"
    return (folder / f"{key}.toml").read_text("utf-8")


@cache
def pack_of(key: str) -> Pack:
    """Return a pack, checked as it is when it is put in force."""
    return read_pack(pack_source(key), f"{key}.toml", kernel_problems)
