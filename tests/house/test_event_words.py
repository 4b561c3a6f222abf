"""Every entry that a case can leave has words for the people who read its history."""

from __future__ import annotations

import re
from pathlib import Path

from conductdesk.cases.words import EVENTS

CODE = Path(__file__).parents[2] / "conductdesk"
ON_CASES = ("cases", "review")
TYPE = re.compile(r'event="([a-z_.]+)"')


def test_every_event_of_a_case_has_words() -> None:
    files = (file for folder in ON_CASES for file in (CODE / folder).rglob("*.py"))
    left = {name for file in files for name in TYPE.findall(file.read_text("utf-8"))}
    assert left
    assert left <= set(EVENTS)
