"""Loading a pack, with scripts and without, at both widths."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser.conftest import Visit
from tests.browser.looking import Looker
from tests.browser.pages import Officer
from tests.browser.serving import House
from tests.browser.watching import DESK, PHONE
from tests.unit.packs import changed, source_of

NEXT = ("\nversion = 1\n", "\nversion = 2\n")
FASTER = ('acknowledge = "7 days"', 'acknowledge = "3 days"')
WRONG = ('chain = ["liaison"', 'chain = ["liason"')


class Administrator(Officer):
    """Whoever loads packs; every page is also looked at on a phone."""

    widths = (PHONE, DESK)

    def chooses(self, folder: Path, name: str, source: str) -> None:
        """Choose a file, and ask what is in it."""
        (folder / name).write_text(source, "utf-8")
        self.page.set_input_files("input[type=file]", folder / name)
        self.press("Show what is in it")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_pack_is_loaded(
    house: House, visit: Visit, looker: Looker, tmp_path: Path, scripts: bool
) -> None:
    page = visit(scripts=scripts).page()
    somebody = Administrator(page, house, looker, scripts=scripts, who="administrator")
    somebody.signs_in()
    somebody.opens("schemes")
    somebody.follow("Load a pack")
    somebody.look("load a pack")
    somebody.press("Show what is in it")
    somebody.expect("There is a problem", "Choose the file of a scheme pack")
    somebody.look("load a pack, no file")
    somebody.chooses(tmp_path, "wcc.toml", changed(NEXT, FASTER, WRONG))
    somebody.expect("1 mistake in wcc.toml", "“liason”")
    somebody.look("load a pack, with mistakes")
    somebody.chooses(tmp_path, "wcc.toml", changed(NEXT, FASTER))
    somebody.expect("What changes", "“7 days” becomes “3 days”")
    somebody.look("load a pack, preview")
    somebody.press("Activate version 2")
    somebody.expect("The new version is in force", "Version 2, in force")
    somebody.look("scheme")
    somebody.opens("schemes/pack")
    somebody.chooses(tmp_path, "brk.toml", source_of("brk"))
    somebody.expect("The scheme is new", "Nobody holds the office Programme manager")
    somebody.look("load a pack, new scheme")
