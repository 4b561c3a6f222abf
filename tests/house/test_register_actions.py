"""Every act on a register asks who acts, and its entry has words for the people who read them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path

from conductdesk.participants.words import EVENTS

ACTIONS = Path(__file__).parents[2] / "conductdesk" / "participants" / "actions"
TYPE = re.compile(r'"((?:register|participant)\.[a-z_]+)"')
WRITES = {"record", "store"}

ASKED_OTHERWISE: Mapping[str, str] = {
    "tend_registers": "it gives what the policy says to those whom it names",
    "leave_registers": "an administrator ends an office, and reads nothing",
    "ask_registers_anew": "it asks for what the policy says, and gives nothing",
    "recover_register": "two parts of the recovery key open it",
}
"""The acts that do not call `check_keeper`, each with the reason."""


def calls_of() -> dict[str, set[str]]:
    """Return which functions each function of the folder calls, by name."""
    calls: dict[str, set[str]] = {}
    for path in sorted(ACTIONS.glob("*.py")):
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                inner = (one for one in ast.walk(node) if isinstance(one, ast.Call))
                calls[node.name] = {one.func.id for one in inner if isinstance(one.func, ast.Name)}
    return calls


def reaches(name: str, wanted: set[str], calls: Mapping[str, set[str]]) -> bool:
    """Answer whether a function calls one of *wanted*, itself or through another one."""
    if name in wanted:
        return True
    return any(reaches(one, wanted, calls) for one in calls.get(name, set()) - {name})


def test_every_act_on_a_register_asks_who_acts_or_says_why_not() -> None:
    calls = calls_of()
    acts = {
        name
        for name in calls
        if not name.startswith("_") and name not in WRITES and reaches(name, WRITES, calls)
    }
    assert len(acts) > 14, sorted(acts)
    asking = {name for name in acts if reaches(name, {"check_keeper"}, calls)}
    assert acts - asking == set(ASKED_OTHERWISE)


def test_every_entry_of_a_register_has_words() -> None:
    left = {name for path in ACTIONS.glob("*.py") for name in TYPE.findall(path.read_text("utf-8"))}
    assert len(left) > 12
    assert left <= set(EVENTS)
    assert {name for name in EVENTS if TYPE.fullmatch(f'"{name}"')} == left
