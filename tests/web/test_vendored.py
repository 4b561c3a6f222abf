from __future__ import annotations

import hashlib
import re

import pytest

from conductdesk.web.assets import STATIC

NOTICE = (STATIC / "VENDORED.md").read_text(encoding="utf-8")
OURS = {"brand.css", "early.js", "idle.js", "mark.svg", "start.js"}
VENDORED = dict(re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|", NOTICE, re.MULTILINE))


def test_every_static_file_is_ours_or_in_the_notice() -> None:
    files = {path.name for path in STATIC.iterdir()} - {"VENDORED.md"}

    assert files == OURS | set(VENDORED)


@pytest.mark.parametrize("name", sorted(VENDORED))
def test_a_vendored_file_is_what_the_notice_says(name: str) -> None:
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == VENDORED[name]


@pytest.mark.parametrize("path", sorted(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_no_style_sheet_asks_for_another_file_or_names_what_is_not_ours(path: object) -> None:
    text = (STATIC / getattr(path, "name", "")).read_text(encoding="utf-8").lower()

    for word in ("url(", "@import", "gds transport", "@font-face", "crest.svg", "crown.svg"):
        assert word not in text


@pytest.mark.parametrize("name", ["early.js", "idle.js", "start.js"])
def test_our_scripts_need_neither_eval_nor_inline_code(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")

    assert not re.search(r"eval\(|innerHTML|new Function|document\.write", text)
