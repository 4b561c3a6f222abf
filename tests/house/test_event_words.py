"""Every entry that a case can leave has words for the people who read its history."""

from __future__ import annotations

import re
from pathlib import Path

from conductdesk.cases.words import EVENTS

CASES = Path(__file__).parents[2] / "conductdesk" / "cases"
TYPE = re.compile(r'event="([a-z_.]+)"')


def test_every_event_of_a_case_has_words() -> None:
    left = {name for file in CASES.rglob("*.py") for name in TYPE.findall(file.read_text("utf-8"))}
    assert left
    assert left <= set(EVENTS)
