"""Where a demo may lie, and what it leaves alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from conductdesk.demo.environment import is_loaded, kept_in, new_folder, place_of
from conductdesk.refusal import Refused


def test_a_production_setting_is_refused() -> None:
    with pytest.raises(Refused, match="CONDUCTDESK_PRODUCTION"):
        place_of({"CONDUCTDESK_PRODUCTION": "yes"})


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1", "٨"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Refused, match="PORT"):
        place_of({"PORT": port})


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader")

    with pytest.raises(Refused, match="no demo"):
        is_loaded(tmp_path)


def test_a_folder_of_a_real_installation_is_no_demo_and_nobody_is_told_to_empty_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "settings.env").write_text("CONDUCTDESK_PRODUCTION=yes\n")
    with pytest.raises(Refused, match="is no demo, and is left as it is"):
        is_loaded(tmp_path)
    (tmp_path / "settings.env").write_text("CONDUCTDESK_DEMO=yes\n")
    with pytest.raises(Refused, match="Name another folder"):
        kept_in(tmp_path)


def test_a_failure_while_loading_leaves_no_folder(tmp_path: Path) -> None:
    def fill_half() -> None:
        with new_folder(tmp_path / "demo") as folder:
            (folder / "half").write_text("done")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill_half()
    assert list(tmp_path.iterdir()) == []
